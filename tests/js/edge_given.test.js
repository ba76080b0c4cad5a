/**
 * What the owner and the runtime give a handler fails, at once or later, or says nothing for ever: no call is placed twice, and
 * each answer is true.
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { freshKey, handlerConfig, memoryStore, ORIGIN } from "./harness/handler.js";
import { hurry } from "./harness/soon.js";

/** @import { EdgeConfig } from "#quickcall/edge" */

/** A server that answers each call, and what it was asked. */
function kazoo() {
  /** @type {string[]} */
  const sent = [];
  const data = {
    application_name: "transfer",
    application_response: "SUCCESS",
    endpoints: [{ outbound_call_id: `${"a".repeat(36)}-quickcall` }],
  };
  const fetch = async (/** @type {any} */ url) => {
    sent.push(String(url));
    return Response.json({ status: "success", data });
  };
  return { sent, fetch };
}

/** @param {Partial<EdgeConfig>} more @returns {EdgeConfig} */
const config = (more) => ({
  ...handlerConfig({ baseUrl: "https://kazoo.example.com/v2" }, "canary-token", ORIGIN),
  visitor: () => "192.0.2.1",
  ...more,
});

/** @param {string} key @param {string} [body] */
const request = (key, body = JSON.stringify({ endpoint: "sales", number: "+14155550100" })) =>
  new Request("https://handler.example.com/", {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "application/json", "idempotency-key": key },
    body,
  });

/** Code and outcome of an answer. @param {Promise<Response>} response */
async function told(response) {
  const { state, error } = /** @type {any} */ (await (await response).json());
  return error ? `${error.code} ${error.outcome}` : `${state} placed`;
}

/** Logs that fail. @type {[string, () => unknown][]} */
const LOGS = [
  ["rejects", () => Promise.reject(new Error("full"))],
  ["rejects later", () => new Promise((_, reject) => setTimeout(reject, 1))],
  [
    "gives what throws when it is looked at",
    () =>
      new Proxy(
        {},
        {
          get() {
            throw new Error("full");
          },
        },
      ),
  ],
];
for (const [name, log] of LOGS) {
  test(`a log that ${name} ends no process`, async () => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch, log }));
    assert.equal(await told(handler(request(freshKey()))), "started placed");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(sent.length, 1);
  });
}

/** Contexts that fail. @type {[string, any][]} */
const CONTEXTS = [
  [
    "throws",
    {
      waitUntil() {
        throw new TypeError("Illegal invocation");
      },
    },
  ],
  ["rejects", { waitUntil: () => Promise.reject(new Error("over")) }],
  ["is no function", { waitUntil: 5 }],
];
for (const [name, context] of CONTEXTS) {
  test(`a call goes on where \`waitUntil\` ${name}`, async () => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch }));
    const key = freshKey();
    assert.equal(await told(handler(request(key), {}, context)), "started placed");
    assert.equal(await told(handler(request(key), {}, context)), "started placed");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(sent.length, 1);
  });
}

const never = () => new Promise(() => {});

/** A store that gives what comes of a step only when `delayed` lets it. @param {(step: number) => unknown} delayed */
function slowStore(delayed) {
  const store = memoryStore();
  let steps = 0;
  return {
    /** @type {any} */
    async update(/** @type {string[]} */ names, /** @type {any} */ step) {
      steps += 1;
      const result = store.update(names, step);
      await delayed(steps);
      return result;
    },
  };
}
/** @param {number} place */
const hangsAt = (place) => slowStore((step) => (step === place ? never() : undefined));

/** What says nothing for ever: how long the answer takes, what it is, what is dialled. @type {[string, any, number, string, number][]} */
const SILENT = [
  ["`visitor`", { visitor: never }, 10, "unavailable not_placed", 0],
  ["the guard, of a key", { guard: hangsAt(1), verify: () => true }, 10, "unavailable not_placed", 0],
  ["the guard, when the call is reserved", { guard: hangsAt(1) }, 10, "unavailable not_placed", 0],
  ["the guard, when an answer is kept", { guard: hangsAt(2) }, 11, "started placed", 1],
  [
    "the guard, whenever an answer is kept",
    { guard: slowStore((step) => (step > 1 ? never() : undefined)) },
    32,
    "started placed",
    1,
  ],
];
for (const [name, more, most, expected, dialled] of SILENT) {
  test(`${name}: what says nothing for ever is not waited for`, async (context) => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch, ...more }));
    const { seconds, value } = await hurry(context, () => told(handler(request(freshKey()))), 60);
    assert.equal(value, expected);
    assert(seconds <= most && seconds >= most - 2, `${seconds} s`);
    assert.equal(sent.length, dialled);
  });
}

test("a configuration that never comes is asked for again", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  context.mock.method(console, "log", () => {});
  const handler = createHandler(() => {
    asked += 1;
    return asked === 1 ? /** @type {any} */ (never()) : config({ fetch });
  });
  const { seconds, value } = await hurry(context, () => told(handler(request(freshKey()))), 60);
  assert.deepEqual([seconds, value], [10, "unavailable not_placed"]);
  const key = freshKey();
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(await told(handler(request(key))), "started placed");
  assert.deepEqual([asked, sent.length], [2, 1]);
});

test("a repeat of a call that is under way is answered where the guard says nothing any more", async (context) => {
  const { fetch } = kazoo();
  const guard = slowStore((step) => (step > 2 ? never() : undefined));
  const handler = createHandler(config({ fetch, guard, authToken: /** @type {any} */ (never) }));
  const key = freshKey();
  const first = handler(request(key));
  first.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { value } = await hurry(context, () => told(handler(request(key))), 120);
  assert.equal(value, "in_progress unknown");
});

test("a reservation that comes too late is taken back, and its key and limits are free again", async (context) => {
  const { sent, fetch } = kazoo();
  /** @type {() => void} */
  let arrive = () => {};
  const late = new Promise((/** @type {(given?: undefined) => void} */ resolve) => {
    arrive = resolve;
  });
  const guard = slowStore((step) => (step === 1 ? late : undefined));
  const handler = createHandler(config({ fetch, guard, limits: { total: "1/day" } }));
  const key = freshKey();
  /** @type {Promise<unknown>[]} */
  const held = [];
  const host = { waitUntil: (/** @type {Promise<unknown>} */ work) => held.push(work) };
  const { value } = await hurry(
    context,
    () => told(handler(request(key), {}, /** @type {any} */ (host))),
    60,
  );
  context.mock.timers.reset();
  assert.equal(value, "unavailable not_placed");
  arrive();
  await Promise.all(held);
  assert.equal(sent.length, 0);
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(sent.length, 1);
});

for (const [passed, expected, dialled] of /** @type {[number, string, number][]} */ ([
  [10_000, "started placed", 1],
  [10_001, "unavailable not_placed", 0],
])) {
  test(`a process that stood still for ${passed} ms: ${expected}`, async (context) => {
    const { sent, fetch } = kazoo();
    context.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const guard = slowStore((step) => step === 1 && context.mock.timers.tick(passed));
    const handler = createHandler(config({ fetch, guard, limits: { total: "1/day" } }));
    const key = freshKey();
    assert.equal(await told(handler(request(key))), expected);
    assert.equal(sent.length, dialled);
    // Where nothing was dialled, nothing is left behind.
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(await told(handler(request(key))), "started placed");
    assert.equal(sent.length, 1);
  });
}
