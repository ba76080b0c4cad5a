/**
 * A key that is held down is one press, in each browser: some give a click for every repeat, also where the focus went meanwhile.
 * Calls are counted at the simulator.
 * @module
 */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { BROWSERS, launch } from "./harness/browsers.js";

/** @type {typeof import("#quickcall/edge")} */
const { createHandler } = await import(new URL("../../pkg/dist/edge.js", import.meta.url).href);

const TOKEN = "canary-token-held-key";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "quickcall-held-"));
  simulator = await startSimulator({
    speed: 20,
    token: TOKEN,
    rateLimit: false,
    www: folder,
    package: fileURLToPath(new URL("../../pkg", import.meta.url)),
  });
  handler = await serve(createHandler(handlerConfig(simulator, TOKEN, simulator.origin)));
});
after(async () => {
  handler?.close();
  await simulator?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A phone that is busy: its call is over at once, and a next press would call again. */
const BUSY = "+14155550101";

/** What Enter is held down on, and how many calls there are then. */
const CASES = [true, false].flatMap((isLink) => [
  { isLink, confirm: "none", calls: 1, state: "failed" },
  { isLink, confirm: "press", calls: 0, state: "confirming" },
  { isLink, confirm: "dialog", calls: 0, state: "confirming" },
]);

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

for (const name of BROWSERS) {
  test(`${name}: Enter held down is one press, and answers no question`, async () => {
    const browser = await launch(name);
    try {
      for (const { isLink, confirm, calls, state } of CASES) {
        await simulator.clear();
        const content = isLink
          ? `<a id="pressed" href="tel:${BUSY}">Call us</a>`
          : `<quickcall-button id="pressed" handler="${handler.url}" endpoint="sales" number="${BUSY}" confirm="${confirm}">Call us</quickcall-button>`;
        await writeFile(join(folder, "page.html"), `<!doctype html><title>A page</title>${content}`);
        const page = await browser.newPage();
        await page.goto(`${simulator.origin}/page.html`);
        await page.evaluate(
          async (handler, confirm) => {
            const path = "/quickcall/dist/element.js";
            const { enhanceTelLinks } = await import(path);
            enhanceTelLinks(document, { handler, endpoint: "sales", confirm });
            const scope = /** @type {any} */ (globalThis);
            scope.repeats = 0;
            addEventListener(
              "keydown",
              ({ repeat }) => {
                if (repeat) scope.repeats += 1;
              },
              true,
            );
            document.getElementById("pressed")?.focus();
          },
          handler.url,
          confirm,
        );
        await page.keyboard.down("Enter");
        await pause(500);
        for (let repeats = 15; repeats > 0; repeats--) {
          await page.keyboard.down("Enter");
          await pause(30);
        }
        await page.keyboard.up("Enter");
        await pause(300);
        const found = await page.evaluate(() => ({
          repeats: /** @type {any} */ (globalThis).repeats,
          state: document.getElementById("pressed")?.getAttribute("data-state"),
        }));
        assert.deepEqual(
          { ...found, calls: (await simulator.calls()).length },
          { repeats: 15, state, calls },
          `${isLink ? "a link" : "a button"}, ${confirm}`,
        );
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
}
