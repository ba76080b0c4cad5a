/**
 * Answers of a handler that a page is given to another request: a service worker that keeps what comes by its URL does that where the
 * network fails, whatever the method is.
 * @module
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { init, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow } from "#quickcall/events";
import { config, kazoo } from "./harness/answering_kazoo.js";
import { ORIGIN } from "./harness/handler.js";

before(() => init());

/**
 * A page with such a service worker before its handler.
 * @param {(sent: number) => Response | undefined} server What the handler's server answers in its place, by how many calls it was asked.
 */
function page(server = () => undefined) {
  const { fetch } = kazoo();
  /** @type {string[]} */
  const sent = [];
  const answer = async (/** @type {any} */ url) => server(sent.push(String(url))) ?? fetch(url);
  const handler = createHandler(config({ fetch: answer, visitorOptions: ["timeout"] }));
  const state = { isOffline: false, isLost: false, isChanged: false, asked: 0, sent };
  /** @type {Response | undefined} */
  let kept;
  const asked = async (/** @type {any} */ url, /** @type {any} */ init) => {
    state.asked += 1;
    const request = new Request(url, { ...init, headers: { ...init.headers, Origin: ORIGIN } });
    if (state.isChanged) request.headers.set("idempotency-key", "k".repeat(20));
    const answer = state.isOffline ? undefined : await handler(request);
    if (answer && !state.isLost) kept = answer;
    if (!kept) throw new TypeError("Failed to fetch");
    return kept.clone();
  };
  const url = "https://handler.example.com/call";
  const quickcall = new Quickcall({ handler: url, fetch: asked, deadlineMargin: 0 });
  return {
    state,
    call: (/** @type {string} */ number, how = {}) => quickcall.call(call(number), how),
    follow: (/** @type {string} */ number, /** @type {string} */ key) =>
      follow({ handler: url, call: call(number), key, fetch: /** @type {any} */ (asked) }).next(),
  };
}

/** @param {string} number */
const call = (number) => ({ endpoint: "sales", number, timeout: 4 });

/** @param {Promise<unknown>} promise */
const outcomeOf = (promise) =>
  promise.then(
    () => "placed",
    ({ code, outcome }) => `${code} ${outcome}`,
  );

test("a call that reached nobody is not told as placed by the answer to another call", async () => {
  const { state, call } = page();
  assert.equal(await outcomeOf(call("+14155570001")), "placed");
  state.isOffline = true;
  const told = await outcomeOf(call("+14155570002"));
  // It is not asked again: where a key was changed on its way, the right one would be a second call.
  assert.deepEqual([told, state.sent.length, state.asked], ["bad_response unknown", 1, 2]);
});

/** What a server answers whose phone is busy. */
const busy = () =>
  Response.json(
    {
      status: "error",
      error: "500",
      message: "quickcall initiation failed",
      data: { error_message: "USER_BUSY" },
    },
    { status: 500 },
  );

test("nor is one that was dialled told as not placed", async () => {
  const { state, call } = page((sent) => (sent === 1 ? busy() : undefined));
  const first = await outcomeOf(call("+14155570003"));
  state.isLost = true;
  const told = await outcomeOf(call("+14155570004"));
  assert.deepEqual(
    [first, told, state.sent.length],
    ["originate_failed not_placed", "bad_response unknown", 2],
  );
});

test("once the network is back its key tells what became of the call", async () => {
  const { state, call } = page();
  const key = "a-key-of-the-test";
  assert.equal(await outcomeOf(call("+14155570005")), "placed");
  state.isLost = true;
  const told = await outcomeOf(call("+14155570006", { key }));
  assert.deepEqual([told, state.sent.length], ["bad_response unknown", 2]);
  state.isLost = false;
  assert.equal(await outcomeOf(call("+14155570006", { key })), "placed");
  assert.equal(state.sent.length, 2);
});

test("a key that was changed on its way is no second call", async () => {
  const { state, call } = page();
  state.isChanged = true;
  const told = await outcomeOf(call("+14155570007"));
  assert.deepEqual([told, state.sent.length, state.asked], ["bad_response unknown", 1, 1]);
});

test("nor is one that is followed", async () => {
  const { state, call, follow } = page((sent) => (sent === 2 ? busy() : undefined));
  const key = "a-key-to-follow";
  const placed = await outcomeOf(call("+14155570008", { key }));
  // Another page of the same site.
  const other = await outcomeOf(call("+14155570009"));
  state.isOffline = true;
  const told = await outcomeOf(follow("+14155570008", key));
  assert.deepEqual([placed, other, told], ["placed", "originate_failed not_placed", "bad_response unknown"]);
});

test("nor is it told of the steps of another call", async () => {
  const step = (/** @type {string} */ key) => {
    const headers = { "content-type": "text/event-stream", "idempotency-key": key };
    return async () => new Response('data: {"state":"connected"}\n\n', { headers });
  };
  const key = "a-key-to-follow";
  const steps = (/** @type {string} */ of) =>
    follow({ handler: "https://handler.example.com/call", call: call("+14155570008"), key, fetch: step(of) });
  assert.deepEqual((await steps(key).next()).value, { state: "connected" });
  assert.equal(await outcomeOf(steps("a-key-of-another").next()), "bad_response unknown");
});

test("nor is it waited for the end of the other call", async () => {
  let isLetGoOf = false;
  const endless = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(":\n\n")),
    cancel() {
      isLetGoOf = true;
    },
  });
  const headers = { "content-type": "text/event-stream", "idempotency-key": "a-key-of-another" };
  const steps = follow({
    handler: "https://handler.example.com/call",
    call: call("+14155570008"),
    key: "a-key-to-follow",
    fetch: async () => new Response(endless, { headers }),
  });
  assert.equal(await outcomeOf(steps.next()), "bad_response unknown");
  assert.equal(isLetGoOf, true);
});
