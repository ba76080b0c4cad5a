/**
 * The demo page as it is heard, and where the focus is.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { axe, call, complaints, dialled, focused, listen, page, text } from "./harness/demo_page.js";

describe("who hears the demo page", () => {
  it("keeps the focus at Call, and hears that it is busy and what became of the call", async () => {
    const heard = await listen();
    await page.fill("#field-number", "(415) 555-0106");
    await page.focus("#call");
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("#call", "aria-disabled"), "true");
    assert.equal(await page.getAttribute("#call", "aria-busy"), "true");
    assert.equal(await focused(), "call");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".outcome");
    assert.equal(await focused(), "call");
    assert.equal(await page.getAttribute("#call", "aria-disabled"), "false");
    assert.equal(await page.getAttribute("#call", "aria-busy"), "false");
    const [first, last, ...more] = await heard();
    assert.match(first ?? "", /^Calling\./);
    assert.match(last ?? "", /^Your phone was answered\. /);
    assert.deepEqual(more, []);
    assert.deepEqual(await dialled(), ["4155550106"]);
    assert.deepEqual(complaints, []);
  });

  it("has one polite region, without the seconds that pass", async () => {
    const regions = await page.evaluate(() =>
      [...document.querySelectorAll("[aria-live], [role=status], [role=log], [role=alert], output")]
        .filter((region) => region.getAttribute("aria-live") !== "off")
        .map(({ id }) => id),
    );
    assert.deepEqual(regions, ["announced"]);
    const heard = await listen();
    await page.fill("#field-number", "(415) 555-0109");
    await page.click("#call");
    await page.waitForFunction(() => / 2 s$/.test(document.querySelector("#progress")?.textContent ?? ""));
    assert.equal((await heard()).length, 1);
  });

  it("calls nothing by a press while something is wrong, and is led to what it is", async () => {
    await page.fill("#field-id", "");
    await page.fill("#field-timeout", "601");
    const note = /^Look at these before you call: Id of the user or device, Ring time\.$/;
    assert.match(await text("#call-note"), note);
    assert.match((await page.getAttribute("#call", "aria-describedby")) ?? "", /\bcall-note$/);
    for (const key of ["Enter", "Space"]) {
      await page.focus("#call");
      await page.keyboard.press(key);
      assert.equal(await focused(), "field-id");
      assert.match(await text("#issues-id"), /required/);
    }
    await page.fill("#field-id", "a".repeat(32));
    await page.focus("#call");
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "field-timeout");
    await page.fill("#field-timeout", "");
    assert.ok(await page.isHidden("#call-note"));
    await page.fill("#field-number", "users");
    await page.focus("#call");
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "field-number");
    assert.ok(await page.isHidden("#progress"));
    assert.deepEqual(await dialled(), []);
  });

  it("keeps its place when it stops waiting, and when it calls again", async () => {
    const heard = await listen();
    await page.fill("#field-number", "(415) 555-0109");
    await page.click("#call");
    await page.focus("#abort");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".outcome.unknown");
    assert.equal((await heard()).join(" ").match(/whether the call was placed/g)?.length, 1);
    assert.equal(await focused(), "heading-dialled");
    await page.focus("#again");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#abort:visible");
    assert.equal(await focused(), "heading-dialled");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "call");
    assert.deepEqual(await axe(), []);
  });

  it("hears the steps of a call, and keeps its place when it hangs up", async () => {
    const heard = await listen();
    await page.check("#field-follow");
    await call("(415) 555-0100");
    await page.waitForSelector('[data-step="answered"].done');
    await page.focus("#hangup");
    await page.keyboard.press("Enter");
    await page.waitForSelector('[data-step="ended"].done');
    assert.equal(await focused(), "heading-dialled");
    const all = (await heard()).join("\n");
    assert.match(all, /^The phone rings\.$/m);
    assert.match(all, /^Kazoo was asked to hang up\.$/m);
    assert.match(all, /^The call has ended, NORMAL_CLEARING, lasted \d+ s\.$/m);
    assert.deepEqual(await axe(), []);
  });

  it("reads of a step that was not told that it was not", async () => {
    await page.check("#field-follow");
    await call("(415) 555-0100");
    await page.waitForSelector('[data-step="ringing"].done');
    assert.match(await text('[data-step="ended"]'), /^Not told: /);
    assert.match(await text('[data-step="ringing"]'), /^The phone rings/);
  });
});

describe("who hears what is wrong", () => {
  it("hears it once, politely, and not with every key", async () => {
    const heard = await listen();
    await page.focus("#field-timeout");
    await page.keyboard.type("6666", { delay: 30 });
    await page.waitForTimeout(300);
    assert.deepEqual(await heard(), []);
    await page.waitForFunction(() => document.querySelector("#announced")?.textContent);
    await page.keyboard.type("6", { delay: 30 });
    await page.waitForTimeout(1_300);
    const [first, ...more] = await heard();
    assert.match(first ?? "", /^Ring time, error: /);
    assert.deepEqual(more, []);
    await page.fill("#field-timeout", "20");
    await page.waitForFunction(() =>
      /any more/.test(document.querySelector("#announced")?.textContent ?? ""),
    );
    assert.deepEqual((await heard()).slice(1), ["Nothing is wrong any more."]);
  });

  it("is told at a var's own field what is wrong with it", async () => {
    /** What is said of a field besides its name. @param {string} label @param {number} row */
    const field = async (label, row) => {
      const at = page.getByLabel(`${label} of the var`).nth(row);
      const ids = (await at.getAttribute("aria-describedby")) ?? "";
      return [await at.getAttribute("aria-invalid"), await text(`#${ids}`)];
    };
    for (const [row, name, value] of /** @type {const} */ ([
      [0, "page", "pricing"],
      [1, "bad key", "1"],
      [2, "empty", ""],
    ])) {
      await page.click("#add-var");
      await page.getByLabel("Name of the var").nth(row).fill(name);
      await page.getByLabel("Value of the var").nth(row).fill(value);
    }
    assert.deepEqual(await field("Name", 0), ["false", ""]);
    assert.deepEqual(await field("Value", 0), ["false", ""]);
    const [isNameWrong, name] = await field("Name", 1);
    assert.equal(isNameWrong, "true");
    assert.match(name ?? "", /unsafe_character/);
    assert.equal((await field("Value", 1))[0], "false");
    const [isValueWrong, value] = await field("Value", 2);
    assert.equal(isValueWrong, "true");
    assert.match(value ?? "", /required/);
    assert.equal((await field("Name", 2))[0], "false");
    assert.deepEqual(await axe(), []);
  });

  it("is told at the second of two vars with one name, and nothing is dialled", async () => {
    for (const row of [0, 1]) {
      await page.click("#add-var");
      await page.getByLabel("Name of the var").nth(row).fill("page");
      await page.getByLabel("Value of the var").nth(row).fill(`${row}`);
    }
    assert.equal(await text(".var:nth-child(1) .issues"), "");
    assert.match(await text(".var:nth-child(2) .issues"), /there already.*duplicate_key/);
    const invalid = page.getByLabel("Name of the var").nth(1);
    assert.equal(await invalid.getAttribute("aria-invalid"), "true");
    assert.equal(await page.getAttribute("#call", "aria-disabled"), "true");
    await page.getByRole("button", { name: "Remove" }).first().click();
    assert.equal(await text(".var .issues"), "");
    assert.match(await text("#body"), /"page": "1"/);
  });
});
