/**
 * Keys that are held down on the button, on a link and in the dialog, in Chromium: one press, which confirms nothing.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { button, dialled, handler, inner, open, page, reached } from "./harness/button_page.js";

describe("a key that is held down", () => {
  it("confirms nothing, in a button as in a link", async () => {
    const link = '<a href="tel:+14155550106">Call</a>';
    await open(button('number="+14155550100" confirm="press"') + link);
    await page.evaluate(async (url) => {
      const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
      enhanceTelLinks(document, { handler: url, endpoint: "sales", confirm: "press" });
    }, handler.url);
    for (const place of ["quickcall-button", "a"]) {
      await page.focus(place === "a" ? place : inner);
      await page.keyboard.down("Enter");
      await page.waitForSelector(`${place}[data-state="confirming"]`);
      await page.waitForTimeout(700);
      await page.keyboard.down("Enter");
      await page.waitForTimeout(300);
      assert.equal(await page.getAttribute(place, "data-state"), "confirming");
      await page.keyboard.up("Enter");
    }
    assert.deepEqual(await dialled(), []);
  });

  it("does not answer the dialog that it opened", async () => {
    await open(button('number="+14155550100" confirm="dialog"'));
    await page.focus(inner);
    await page.keyboard.down("Enter");
    const yes = page.locator("dialog[open] [part=confirm]");
    await yes.waitFor();
    await page.waitForTimeout(450);
    await page.keyboard.down("Enter");
    await page.waitForTimeout(200);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "confirming");
    assert.deepEqual(await dialled(), []);
    await page.keyboard.up("Enter");
    await page.keyboard.press("Enter");
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });
});

it("a space bar that goes up calls the number that stood there when it went down", async () => {
  await open(button());
  await page.focus(inner);
  await page.keyboard.down(" ");
  await page.evaluate(() =>
    document.querySelector("quickcall-button")?.setAttribute("number", "+14155559999"),
  );
  await page.keyboard.up(" ");
  await reached("started");
  assert.deepEqual(await dialled(), ["+14155550100"]);
});
