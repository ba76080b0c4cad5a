/**
 * The button, and links that call, in documents that scripts of another one fill: frames and windows. In Chromium.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { button, complaints, dialled, handler, open, page } from "./harness/button_page.js";

/** @import { FrameLocator, Page } from "playwright-core" */

/** @param {string} where An expression for the other document. */
const move = (where) =>
  page.evaluate((where) => {
    const other = /** @type {Document} */ (Function(`return ${where}`)());
    const scope = /** @type {any} */ (globalThis);
    scope.button ??= document.querySelector("quickcall-button");
    other.body.append(scope.button);
  }, where);
const IN_FRAME = 'document.querySelector("iframe").contentDocument';
const asking = () => button('number="+14155550100" confirm="dialog"');

/** @param {Page | FrameLocator} place */
const widthOf = (place) =>
  place
    .locator("quickcall-button [part=icon]")
    .evaluate((icon) => Number.parseFloat(getComputedStyle(icon).width));

/** @param {Page | FrameLocator} place */
async function callFrom(place) {
  const width = await widthOf(place);
  assert.ok(width > 0 && width < 40, `an icon of ${width} px`);
  await place.locator("quickcall-button [part=button]").click();
  const yes = place.locator("dialog[open] [part=confirm]");
  await yes.waitFor();
  const look = await yes.evaluate((button) => getComputedStyle(button).backgroundColor);
  assert.equal(look, "rgb(11, 107, 75)");
  await page.waitForTimeout(450);
  await yes.click();
  await place.locator('quickcall-button[data-state="started"]').waitFor();
  assert.deepEqual(await dialled(), ["+14155550100"]);
  assert.deepEqual(complaints, []);
}

describe("a button that is moved", () => {
  it("into a frame looks as before, asks and calls", async () => {
    await open(`${asking()}<iframe></iframe>`);
    await move(IN_FRAME);
    await callFrom(page.frameLocator("iframe"));
  });

  it("into a window of its own, too", async () => {
    await open(asking());
    const [popup] = await Promise.all([
      page.waitForEvent("popup"),
      page.evaluate(() => {
        /** @type {any} */ (globalThis).popup = window.open("about:blank", "", "width=400,height=400");
      }),
    ]);
    await move("popup.document");
    await callFrom(popup);
  });

  it("into a document without a window is no error there, and calls from the next page", async () => {
    await open(asking());
    await move("document.implementation.createHTMLDocument()");
    await move("document");
    await callFrom(page);
  });

  it("and comes back, too", async () => {
    await open(`${asking()}<iframe></iframe>`);
    await move(IN_FRAME);
    await move("document");
    await callFrom(page);
  });
});

it("buttons of one document share their look", async () => {
  await open(`${asking()}${asking()}`);
  const shared = await page.evaluate(() => {
    const sheets = [...document.querySelectorAll("quickcall-button")].map(
      (button) => button.shadowRoot?.adoptedStyleSheets ?? [],
    );
    return sheets.length === 2 && sheets.every((list) => list.length === 1 && list[0] === sheets[0]?.[0]);
  });
  assert.equal(shared, true);
});

it("links of a frame call when a script of the page around it asks for that", async () => {
  await open("<iframe></iframe>");
  await page.evaluate(async (url) => {
    const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
    const inside = /** @type {Document} */ (document.querySelector("iframe")?.contentDocument);
    inside.body.innerHTML = '<a href="tel:+14155550100"><b>Call us</b></a>';
    enhanceTelLinks(inside, { handler: url, endpoint: "sales", confirm: "dialog" });
  }, handler.url);
  const frame = page.frameLocator("iframe");
  await frame.locator("b").click();
  const yes = frame.locator("dialog[open] [part=confirm]");
  await yes.waitFor();
  await page.waitForTimeout(450);
  await yes.click();
  await frame.locator('a[data-state="started"]').waitFor();
  assert.deepEqual(await dialled(), ["+14155550100"]);
  const said = frame.locator("[data-quickcall-notice] [part=message]");
  await frame.locator("[data-quickcall-notice] .said").waitFor();
  assert.equal(await said.textContent(), "You are being connected.");
  const look = await frame
    .locator("[data-quickcall-notice]")
    .evaluate((host) => [getComputedStyle(host).position, getComputedStyle(host).display]);
  assert.deepEqual(look, ["fixed", "flex"]);
});
