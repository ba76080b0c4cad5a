/**
 * A button after an unknown outcome, in Chromium: only what is said of that very call ends the doubt.
 */

import assert from "node:assert/strict";
import { it } from "node:test";
import {
  button,
  dialled,
  open,
  openDirect,
  page,
  press,
  pressAgain,
  reached,
  said,
  told,
} from "./harness/button_page.js";

const state = () => page.getAttribute("quickcall-button", "data-state");

/** Presses until the button is asked to call after its question. */
async function pressAndConfirm() {
  await press();
  await reached("confirming");
  await said();
  await pressAgain();
}

/** @param {Record<string, unknown> | undefined} options */
const setOptions = (options) =>
  page.evaluate((options) => {
    /** @type {any} */ (document.querySelector("quickcall-button")).options = options;
  }, options);

/**
 * Answers in the place of handlers, one answer after the other.
 * @param {{ status: number, code: string, outcome: string }[]} answers
 * @returns {Promise<(string | undefined)[][]>} Where each request went, with which key.
 */
async function answer(answers) {
  /** @type {(string | undefined)[][]} */
  const requests = [];
  await page.route("**/call", (route) => {
    const request = route.request();
    const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    if (request.method() !== "POST") return route.fulfill({ headers });
    const { status, ...error } = answers[requests.length] ?? { status: 500 };
    requests.push([new URL(request.url()).pathname, request.headers()["idempotency-key"]]);
    return route.fulfill({ status, headers, json: { error: { ...error, message: "No." } } });
  });
  return requests;
}
const UNKNOWN = { status: 504, code: "unknown", outcome: "unknown" };

it("a repeat that was never sent forgets nothing", async () => {
  await openDirect('number="4155550109"');
  await press();
  while ((await dialled()).length === 0) await page.waitForTimeout(20);
  await page.keyboard.press("Escape");
  await reached("unknown");
  await page.evaluate(() => {
    const scope = /** @type {any} */ (globalThis);
    /** @type {any} */ (document.querySelector("quickcall-button")).authToken = () => {
      scope.isAsked = true;
      return new Promise(() => {});
    };
  });
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).isAsked);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[0] === "error");
  assert.equal(await state(), "unknown");
  assert.match((await said()) ?? "", /Your phone may ring all the same/);
  await press();
  await page.waitForTimeout(200);
  assert.equal(await state(), "confirming");
  assert.deepEqual(await dialled(), ["4155550109"]);
});

it("a repeat asks about the call that was sent, whatever the options are since", async () => {
  /** @type {(string | null)[][]} */
  const sent = [];
  await open(button('number="+14155550107"'));
  page.on("request", (request) => {
    if (request.method() !== "POST") return;
    sent.push([request.headers()["idempotency-key"] ?? "", request.postData()]);
  });
  await press();
  await reached("unknown");
  await setOptions({ timeout: 3 });
  await pressAndConfirm();
  while (sent.length < 2) await page.waitForTimeout(20);
  await reached("unknown");
  assert.deepEqual(sent[1], sent[0]);
  assert.match((await said()) ?? "", /could not confirm/);
  assert.deepEqual(await dialled(), ["+14155550107"]);
});

it("what a repeat is told of its key says nothing of the call, and the next one has a key of its own", async () => {
  await open(button());
  const mismatch = { status: 422, code: "key_mismatch", outcome: "not_placed" };
  const refused = { status: 403, code: "destination_refused", outcome: "not_placed" };
  const requests = await answer([UNKNOWN, mismatch, refused]);
  await press();
  await reached("unknown");
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[1] === "key_mismatch");
  assert.equal(await state(), "unknown");
  assert.match((await said()) ?? "", /could not confirm/);
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[1] === "destination_refused");
  const keys = requests.map(([, key]) => key);
  assert.equal(keys[1], keys[0]);
  assert.notEqual(keys[2], keys[0]);
});

it("a refusal of another number leaves the first call as unknown as it was", async () => {
  await open(button('number="+14155550109"'));
  await press();
  while ((await dialled()).length === 0) await page.waitForTimeout(20);
  await page.keyboard.press("Escape");
  await reached("unknown");
  await page.evaluate(() =>
    document.querySelector("quickcall-button")?.setAttribute("number", "+19005550100"),
  );
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[1] === "destination_refused");
  assert.equal(await state(), "unknown");
  assert.equal(await said(), "This number cannot be called from here.");
  await press();
  assert.equal(await state(), "confirming");
});

it("what is said of the call ends the doubt", async () => {
  await open(button());
  const busy = { status: 502, code: "originate_failed", outcome: "not_placed" };
  await answer([UNKNOWN, busy]);
  await press();
  await reached("unknown");
  await pressAndConfirm();
  await reached("failed");
  assert.deepEqual((await told()).at(-1), ["error", "originate_failed"]);
});

it("an old key is sent to its own handler only", async () => {
  await open('<quickcall-button handler="call" endpoint="sales" number="+14155550100"></quickcall-button>');
  const requests = await answer([UNKNOWN, UNKNOWN]);
  await press();
  await reached("unknown");
  await page.evaluate(() => history.pushState(null, "", "/deep/page.html"));
  await pressAndConfirm();
  while (requests.length < 2) await page.waitForTimeout(20);
  const [first = [], second = []] = requests;
  assert.deepEqual([first[0], second[0]], ["/call", "/deep/call"]);
  assert.notEqual(second[1], first[1]);
});
