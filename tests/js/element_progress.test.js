/**
 * What the button and links hear of a call that was placed, in Chromium: what they say of its end, and when they stop listening.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import { complaints, open, page, press, reached, said } from "./harness/button_page.js";
import { startStreamingHandler } from "./harness/streaming_handler.js";

/** How a button follows its calls, as docs/element.md says it. */
const RECIPE = /```js\n(button\.progress[\s\S]+?)```/
  .exec(readFileSync(new URL("../../docs/element.md", import.meta.url), "utf8"))?.[1]
  ?.replace("quickcall/events", "/quickcall/dist/events.js");

/** @type {import("./harness/streaming_handler.js").StreamingHandler} */
let streaming;
before(async () => {
  streaming = await startStreamingHandler();
});
after(() => streaming?.close());
beforeEach(() => {
  Object.assign(streaming, { calls: 0, begun: 0, steps: [{ state: "answered" }], state: "started" });
});

/** Opens a page with one button that follows its calls. @param {string} [more] */
async function openFollowing(more = "") {
  await open(
    `<div id="place"><quickcall-button handler="${streaming.url}" endpoint="sales" number="+14155550100" ${more}>Call us</quickcall-button></div>`,
  );
  await page.evaluate(`{ const button = document.querySelector("quickcall-button"); ${RECIPE} }`);
}
const reset = () =>
  page.evaluate(() => /** @type {any} */ (document.querySelector("quickcall-button")).reset());

describe("an end without an answer", () => {
  for (const hangupCause of ["NO_ANSWER", "USER_BUSY", "CALL_REJECTED", "USER_NOT_REGISTERED"]) {
    it(`is not told of one's own phone once that was answered: ${hangupCause}`, async () => {
      for (const [state, steps] of /** @type {const} */ ([
        ["started", []],
        ["started", [{ state: "answered" }]],
        ["accepted", [{ state: "ringing" }, { state: "answered" }]],
        ["accepted", [{ state: "connected" }]],
      ])) {
        Object.assign(streaming, { state, steps });
        await openFollowing();
        await press();
        await reached(state);
        await streaming.opened(1);
        streaming.tell({ state: "ended", hangupCause });
        await page.getByText("The call has ended.").waitFor();
        await page.context().close();
      }
      await open("");
    });
  }

  it("is told of it where it was not", async () => {
    Object.assign(streaming, { state: "accepted", steps: [{ state: "ringing" }] });
    await openFollowing();
    await press();
    await reached("accepted");
    await streaming.opened(1);
    streaming.tell({ state: "ended", hangupCause: "NO_ANSWER" });
    await page.getByText("Your phone was not answered.").waitFor();
  });
});

it("the next call is shown as what it is, whatever was heard of the one before", async () => {
  await openFollowing('cooldown="0"');
  await press();
  await page.getByText("You answered. The number is being called.").waitFor();
  // No answer comes, until the page is closed: a route that is taken away would let the call go, and the next test count it.
  await page.route(streaming.url, () => {});
  await page.evaluate(() => {
    const button = /** @type {any} */ (document.querySelector("quickcall-button"));
    button.reset();
    button.call().catch(() => {});
  });
  await reached("calling");
  assert.equal(await said(), "Calling. When your phone rings, answer it to be connected.");
  // Longer than the first one's rest.
  await page.waitForTimeout(700);
  assert.equal(await page.getAttribute("quickcall-button", "data-state"), "calling");
});

describe("a stream is let go of", () => {
  it("when the button is reset: as many calls can follow each other as one likes", async () => {
    await openFollowing('cooldown="0"');
    for (let call = 1; call <= 8; call++) {
      await press();
      await reached("started");
      await page.getByText("You answered. The number is being called.").waitFor();
      await reset();
      await reached("idle");
      await streaming.opened(0);
      assert.deepEqual([streaming.calls, streaming.begun], [call, call]);
    }
    assert.deepEqual(complaints, []);
  });

  it("when it is reset by whoever is told of the call", async () => {
    await openFollowing('cooldown="0"');
    await page.evaluate(() => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.addEventListener("quickcall-placed", () => button.reset());
    });
    await press();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)?.[0] === "placed");
    await reached("idle");
    await streaming.opened(0);
    await page.waitForTimeout(200);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "idle");
    assert.deepEqual([streaming.calls, streaming.open], [1, 0]);
  });

  it("when the button is gone, and one that comes back is idle after its cool-down", async () => {
    await openFollowing('cooldown="0"');
    await press();
    await reached("started");
    await streaming.opened(1);
    // One that is moved goes on.
    await page.evaluate(() => {
      const button = /** @type {Element} */ (document.querySelector("quickcall-button"));
      document.body.append(button);
    });
    await page.waitForTimeout(300);
    assert.equal(streaming.open, 1);
    assert.equal(await said(), "You answered. The number is being called.");
    await page.evaluate(() => {
      const button = /** @type {Element} */ (document.querySelector("quickcall-button"));
      button.remove();
      Object.assign(globalThis, { button });
    });
    await streaming.opened(0);
    await page.evaluate(() => document.body.append(/** @type {any} */ (globalThis).button));
    await reached("idle");
    assert.deepEqual(complaints, []);
  });

  it("when links are left alone", async () => {
    await open('<a href="tel:+14155550100">Call</a>');
    await page.evaluate(async (handler) => {
      const path = "/quickcall/dist/";
      const [{ enhanceTelLinks }, { follow }] = await Promise.all([
        import(`${path}element.js`),
        import(`${path}events.js`),
      ]);
      const progress = (/** @type {any} */ _, /** @type {any} */ asked) => follow(asked);
      const stop = enhanceTelLinks(document, { handler, endpoint: "sales", progress });
      Object.assign(globalThis, { stop });
    }, streaming.url);
    await page.click("a");
    await page.waitForSelector('a[data-state="started"]');
    await streaming.opened(1);
    await page.evaluate(() => /** @type {any} */ (globalThis).stop());
    await streaming.opened(0);
  });

  it("also where a page's own source fails at that, or never does it", async () => {
    const sources = [
      "return() { throw new Error('hostile'); }",
      "return: () => Promise.reject(new Error('hostile'))",
      "return: () => new Promise(() => {})",
      "get return() { throw new Error('hostile'); }",
      "return: 5",
    ];
    await openFollowing('cooldown="0"');
    for (const [count, source] of sources.entries()) {
      await page.evaluate((source) => {
        const make = new Function(`return {
          next: () => (this.wasTold ? new Promise(() => {}) : ((this.wasTold = true), Promise.resolve({ value: { state: "connected" } }))),
          ${source},
          [Symbol.asyncIterator]() { return this; },
        }`);
        const button = /** @type {any} */ (document.querySelector("quickcall-button"));
        button.progress = () => make.call({});
      }, source);
      await press();
      await reached("started");
      await page.getByText("You are connected.").waitFor();
      await reset();
      await reached("idle");
      assert.equal(streaming.calls, count + 1);
    }
    await page.waitForTimeout(100);
    assert.deepEqual(complaints, []);
  });
});
