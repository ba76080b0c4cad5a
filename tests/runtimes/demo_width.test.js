/**
 * The demo page is no wider than a phone, in the three engines of browsers: nobody has to move it sideways.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startSimulator } from "../js/harness/simulator.js";
import { chromium, firefox, webkit } from "./harness/browsers.js";

/** In a frame, because a window of WebKitGTK cannot be that narrow; of another page, because the demo's own policy allows no frame. */
const MEASURE = `(() => {
  const frame = document.querySelector("iframe");
  if (!frame) {
    document.documentElement.innerHTML = '<iframe src="/" style="width: 390px"></iframe>';
    return "";
  }
  const inside = frame.contentDocument;
  if (!inside?.querySelector("#field-numberFilter") || inside.querySelector("#server-note").hidden) return "";
  const { clientWidth, scrollWidth } = inside.documentElement;
  return JSON.stringify({ clientWidth, scrollWidth });
})()`;

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
before(async () => {
  simulator = await startSimulator({ www: "www", package: "pkg" });
});
after(() => simulator?.stop());

for (const [name, start] of Object.entries({ Chromium: chromium, Firefox: firefox, WebKitGTK: webkit })) {
  test(`${name}: the demo page fits a phone`, { timeout: 120_000 }, async () => {
    const browser = await start();
    try {
      const { clientWidth, scrollWidth } = await browser.ask(`${simulator.origin}/_simulator/about`, MEASURE);
      assert.ok(clientWidth > 300, `the page is ${clientWidth} px wide`);
      assert.ok(scrollWidth <= clientWidth, `${scrollWidth} is wider than ${clientWidth}`);
    } finally {
      await browser.close();
    }
  });
}
