/**
 * A press of the button in Chromium whose scripts or module are not there yet: how long it waits, and what ends that. What was dialled is
 * counted at the simulator.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  button,
  dialled,
  open,
  openDirect,
  page,
  press,
  reached,
  said,
  told,
} from "./harness/button_page.js";

describe("a press", () => {
  it("waits a minute for the script that calls, and no phone rings then", async () => {
    const script = "**/call_by_handler.js";
    await open(button());
    await page.route(script, () => {});
    try {
      await page.evaluate(() => {
        const inTime = window.setTimeout;
        /** @type {any} */ (window).setTimeout = (
          /** @type {() => void} */ work,
          /** @type {number} */ wait,
        ) => inTime(work, wait / 200);
      });
      await press();
      await reached("failed");
      assert.equal(
        await said(),
        "The button could not be loaded. No phone rings. Reload the page and try again.",
      );
      assert.deepEqual(await dialled(), []);
    } finally {
      await page.unroute(script);
    }
  });

  it("says what went wrong, in English, where the scripts of the words do not come either", async () => {
    const scripts = /\/call_(words|by_handler)\.js$/;
    for (const more of [
      "",
      'number="+14155550100" confirm="press"',
      'number="+14155550100" confirm="dialog"',
    ]) {
      await open(button(more || undefined));
      await page.route(scripts, (route) => route.fulfill({ status: 404 }));
      await press();
      await reached("failed");
      assert.equal(await said(), "The call was not placed: a script could not be loaded.");
      const message = page.locator("quickcall-button [part=message]");
      assert.deepEqual(
        [await message.getAttribute("lang"), await message.getAttribute("dir")],
        ["en", "ltr"],
      );
      await page.evaluate(() => /** @type {any} */ (document.querySelector("quickcall-button")).reset());
      assert.equal(await message.textContent(), "");
      assert.deepEqual(await dialled(), []);
      await page.context().close();
    }
    await open("");
  });

  it("waits a minute for the WebAssembly, and Escape ends that", async () => {
    await openDirect('number="4155550100"');
    await page.evaluate(() => {
      const scope = /** @type {any} */ (globalThis);
      scope.WebAssembly.instantiate = () => new Promise(() => {});
      const inTime = window.setTimeout;
      scope.setTimeout = (/** @type {() => void} */ work, /** @type {number} */ wait) =>
        inTime(work, wait / 12);
    });
    await press();
    await reached("calling");
    await page.waitForTimeout(300);
    await page.keyboard.press("Escape");
    await reached("failed");
    assert.deepEqual((await told()).at(-1), ["error", "aborted"]);
    await press();
    await reached("calling");
    await reached("failed");
    assert.deepEqual((await told()).at(-1), ["error", "load_failed"]);
    assert.deepEqual(await dialled(), []);
  });

  it("that a sleep of the machine kept back is none: nobody expects it any more", async () => {
    await open("");
    let wake = () => {};
    const awake = /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        wake = resolve;
      })
    );
    await page.route("**/call_by_handler.js", async (route) => {
      await awake;
      await route.continue();
    });
    await page.evaluate((html) => {
      const main = /** @type {Element} */ (document.querySelector("main"));
      main.innerHTML = html;
    }, button('number="+14155550100"'));
    await press();
    await reached("calling");
    await page.evaluate(() => {
      const now = Date.now.bind(Date);
      // Timers stand still in a sleep, and only clocks go on.
      Date.now = () => now() + 3_600_000;
    });
    wake();
    await reached("failed");
    assert.deepEqual((await told()).at(-1), ["error", "load_failed"]);
    assert.deepEqual(await dialled(), []);
    await page.unroute("**/call_by_handler.js");
  });

  it("that is taken back while the script that calls is loaded is over at once", async () => {
    await open("");
    await page.route("**/call_by_handler.js", () => {});
    const code = await page.evaluate(async (html) => {
      /** @type {Element} */ (document.querySelector("main")).innerHTML = html;
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      const called = button.call();
      button.abort();
      return called.catch((/** @type {any} */ { code, outcome }) => [code, outcome]);
    }, button('number="+14155550100"'));
    assert.deepEqual(code, ["aborted", "not_placed"]);
    await page.unroute("**/call_by_handler.js");
  });
});
