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
      [...document.querySelectorAll("[aria-live], [role=status], [role=log], [role=alert]")].map(
        ({ id }) => id,
      ),
    );
    assert.deepEqual(regions, ["announced"]);
    const heard = await listen();
    await page.fill("#field-number", "(415) 555-0109");
    await page.click("#call");
    await page.waitForFunction(() => / 2 s$/.test(document.querySelector("#progress")?.textContent ?? ""));
    assert.equal((await heard()).length, 1);
  });

  it("calls nothing by a press while something is wrong", async () => {
    await page.fill("#field-number", "users");
    await page.focus("#call");
    for (const key of ["Enter", "Space"]) await page.keyboard.press(key);
    assert.equal(await focused(), "call");
    assert.ok(await page.isHidden("#progress"));
    assert.deepEqual(await dialled(), []);
  });

  it("keeps its place when it stops waiting, and when it calls again", async () => {
    await page.fill("#field-number", "(415) 555-0109");
    await page.click("#call");
    await page.focus("#abort");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".outcome.unknown");
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
