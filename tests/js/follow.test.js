/**
 * What a page follows of its call, through a handler and without a token: the steps, how they end, and what is said where there are none.
 */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { QuickcallError } from "#quickcall";
import { follow } from "#quickcall/events";
import { freshKey, memoryStore, serve } from "./harness/handler.js";
import {
  another,
  codeOf,
  handler,
  handlerEvents,
  inPage,
  place,
  said,
  simulator,
  states,
  TOKEN,
  USER,
} from "./harness/relaying.js";
import { startSimulator } from "./harness/simulator.js";
import { hurry } from "./harness/soon.js";
import { startStreamingHandler } from "./harness/streaming_handler.js";

test("a page follows the call that it placed to its end, and that places none", async () => {
  // The far party rings for two seconds: a relay on a slow machine, too, has its socket by then.
  const slow = await startSimulator({ speed: 2, token: TOKEN, rateLimit: false });
  const events = { url: (await slow.about()).events, WebSocket };
  const served = await serve(another({ baseUrl: slow.baseUrl, events }));
  try {
    const call = { endpoint: "sales", number: "+14155550100" };
    const key = freshKey();
    await place(call, key, served.url);
    const steps = await states(call, key, { handler: served.url });
    assert.deepEqual(
      steps.map(({ state }) => state),
      ["answered", "connected", "ended"],
    );
    assert.equal(steps.at(-1)?.hangupCause, "NORMAL_CLEARING");
    assert.deepEqual(Object.keys(steps[1] ?? {}), ["state"]);
    assert.equal((await slow.calls()).length, 1);
  } finally {
    served.close();
    await slow.stop();
  }
});

test("a call that is not blocking is followed while it rings, and to its end", async () => {
  // It rings for three seconds: a relay on a slow machine, too, has its socket by then.
  const slow = await startSimulator({ speed: 0.33, token: TOKEN, rateLimit: false });
  const events = { url: (await slow.about()).events, WebSocket };
  const served = await serve(another({ baseUrl: slow.baseUrl, events }));
  try {
    const call = { endpoint: "sales", number: "+14155550198", blocking: false };
    const key = freshKey();
    await place(call, key, served.url);
    const steps = follow({ handler: served.url, call, key, fetch: inPage });
    assert.deepEqual((await steps.next()).value, { state: "answered" });
    await steps.return();
  } finally {
    served.close();
    await slow.stop();
  }
  const call = { endpoint: "sales", number: "+14155550106", blocking: false };
  const key = freshKey();
  await place(call, key);
  assert.equal((await states(call, key)).at(-1)?.state, "ended");
});

test("one that is over says so", { timeout: 120_000 }, async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const key = freshKey();
  await place(call, key);
  await states(call, key);
  assert.deepEqual(
    (await states(call, key)).map(({ state }) => state),
    ["answered", "ended"],
  );
});

test("one that was not placed is told as it was when it was asked for", async () => {
  const call = { endpoint: "sales", number: "+14155550101" };
  const key = freshKey();
  const told = (/** @type {Promise<unknown>} */ asked) =>
    asked.then(
      () => "told",
      ({ code, outcome, hangupCause }) => [code, outcome, hangupCause],
    );
  const refused = ["originate_failed", "not_placed", "USER_BUSY"];
  assert.deepEqual(await told(place(call, key)), refused);
  assert.deepEqual(await told(states(call, key)), refused);
});

test("what cannot be asked is told before anything is sent, and says nothing of the call", async () => {
  const right = {
    handler: handler.url,
    call: { endpoint: "sales", number: "+14155550106" },
    key: freshKey(),
  };
  /** @type {Record<string, unknown>} */
  const loop = {};
  loop.loop = loop;
  const throws = () => {
    throw new Error("a getter");
  };
  const unreadable = Object.defineProperty({ ...right }, "key", { get: throws });
  /** @type {[unknown, string, string][]} */
  const wrong = [
    [{ ...right, handler: "" }, "required", "handler"],
    [{ ...right, handler: " " }, "required", "handler"],
    [{ ...right, handler: undefined }, "required", "handler"],
    [{ ...right, handler: { toString: throws } }, "wrong_type", "handler"],
    [{ ...right, key: undefined }, "required", "key"],
    [{ ...right, key: "" }, "required", "key"],
    [{ ...right, call: undefined }, "wrong_type", "call"],
    [{ ...right, call: loop }, "wrong_type", "call"],
    [{ ...right, signal: new AbortController() }, "wrong_type", "signal"],
    [unreadable, "wrong_type", "what"],
    [undefined, "required", "handler"],
  ];
  let sent = 0;
  const fetch = globalThis.fetch;
  globalThis.fetch = async () => {
    sent += 1;
    return new Response(null, { status: 500 });
  };
  try {
    for (const [what, code, name] of wrong) {
      const error = await follow(/** @type {any} */ (what))
        .next()
        .then(
          () => assert.fail("it was to fail"),
          (error) => error,
        );
      assert.ok(error instanceof QuickcallError, String(error));
      assert.deepEqual([error.code, error.outcome], ["invalid", "unknown"]);
      assert.deepEqual([error.issues[0]?.code, error.issues[0]?.path], [code, [name]]);
      assert.match(error.message, new RegExp(`^The call cannot be followed: ${name}: .`));
    }
  } finally {
    globalThis.fetch = fetch;
  }
  assert.equal(sent, 0);
});

test("a call that cannot be followed is not told as one that was not placed", async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const key = freshKey();
  /** @param {Promise<unknown>} promise */
  const told = (promise) =>
    promise.then(
      () => assert.fail("it was to fail"),
      ({ code, outcome }) => [code, outcome],
    );
  let works = true;
  const memory = memoryStore();
  /** @type {import("#quickcall/edge").Store} */
  const store = {
    update(names, step) {
      if (!works) throw new Error("The database is away.");
      return memory.update(names, step);
    },
  };
  // Nothing listens there.
  const deaf = await serve(another({ events: { ...handlerEvents, url: "ws://127.0.0.1:9" }, guard: store }));
  try {
    assert.equal((await place(call, key, deaf.url)).state, "started");
    assert.deepEqual(await told(states(call, key, { handler: deaf.url })), ["not_followed", "unknown"]);
    assert.deepEqual(await told(states(call, freshKey(), { handler: deaf.url })), [
      "unknown_call",
      "unknown",
    ]);
    const odd = { ...call, colour: "red" };
    assert.deepEqual(await told(states(odd, key, { handler: deaf.url })), ["bad_request", "unknown"]);
    await assert.rejects(
      states({ ...call, number: "+14155560100" }, key, { handler: deaf.url }),
      ({ code, outcome, message }) =>
        code === "key_mismatch" &&
        outcome === "unknown" &&
        !/not placed/.test(message) &&
        /`options`/.test(message),
    );
    works = false;
    assert.deepEqual(await told(states(call, key, { handler: deaf.url })), ["not_followed", "unknown"]);
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    deaf.close();
  }
  // A page's origin is missing here: that stops the following, and says nothing of the call.
  await assert.rejects(
    states(call, key, { fetch: globalThis.fetch }),
    ({ code, outcome, message }) =>
      code === "origin_refused" &&
      outcome === "unknown" &&
      /^The call cannot be followed\. The handler said: this page may not /.test(message) &&
      /must send one of them as `Origin`\.$/.test(message),
  );
  const refusing = () => Promise.reject(new Error("no"));
  assert.deepEqual(await told(states(call, key, { fetch: refusing })), ["network", "unknown"]);
  const signal = AbortSignal.abort();
  assert.deepEqual(await told(states(call, key, { signal })), ["aborted", "unknown"]);
});

test("only what a handler says of the call itself is told as its outcome", async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  for (const [status, code, outcome] of /** @type {const} */ ([
    [502, "originate_failed", "not_placed"],
    [400, "invalid", "not_placed"],
    [403, "destination_refused", "not_placed"],
    [404, "unknown_endpoint", "not_placed"],
    [503, "dry_run", "not_placed"],
    [502, "token_failed", "unknown"],
    [503, "unavailable", "unknown"],
    [429, "limited", "unknown"],
  ])) {
    const error = { code, outcome: "not_placed", message: "The handler's words." };
    const fetch = async () => Response.json({ error }, { status });
    const told = await states(call, freshKey(), { fetch }).catch((error) => error);
    assert.deepEqual([told.code, told.outcome, told.status], [code, outcome, status]);
    assert.equal(told.message === error.message, outcome === "not_placed", code);
  }
});

test("what answers is no handler: only steps are told, none twice or backwards, and errors are a QuickcallError", async () => {
  /** @param {string} text @param {ResponseInit} [init] */
  const answered = (text, init) => ({ fetch: async () => new Response(text, init) });
  const call = { endpoint: "sales", number: "+14155550100" };
  const stream = { headers: { "content-type": "text/event-stream" } };
  const lines = [
    "data: not JSON",
    'data: {"state":"flying"}',
    'data: {"state":"answered","callId":"x","seconds":"x"}',
    'data: {"state":"ringing"}',
    'data: {"state":"answered"}',
    "data: null",
    'data: {"state":"ended","hangupCause":"NORMAL_CLEARING","seconds":3,"more":1}',
    'data: {"state":"connected"}',
  ];
  const text = lines.map((line) => `${line}\n\n`).join("");
  assert.deepEqual(await states(call, freshKey(), answered(text, stream)), [
    { state: "answered" },
    { state: "ended", hangupCause: "NORMAL_CLEARING", seconds: 3 },
  ]);
  for (const body of [
    "{",
    '{"error":{"code":5,"outcome":"placed","message":{}}}',
    "null",
    `"${"x".repeat(70_000)}"`,
  ]) {
    assert.equal(await codeOf(states(call, freshKey(), answered(body, { status: 400 }))), "bad_response");
  }
  // A line that is too long is not kept until it ends.
  for (const [length, told] of /** @type {const} */ ([
    [60_000, [{ state: "ringing" }]],
    [70_000, []],
  ])) {
    const line = `data: {"state":"ringing","more":"${"x".repeat(length)}"}\n\n`;
    const pieces = line.match(/[\s\S]{1,1000}/g) ?? [];
    const body = /** @type {any} */ (ReadableStream).from(
      pieces.map((piece) => new TextEncoder().encode(piece)),
    );
    assert.deepEqual(await states(call, freshKey(), { fetch: async () => new Response(body, stream) }), told);
  }
});

for (const [what, answer] of /** @type {[string, () => Promise<Response>][]} */ ([
  ["no answer", () => new Promise(() => {})],
  ["a refusal that never ends", async () => new Response(new ReadableStream(), { status: 400 })],
])) {
  test(`${what} ends at a deadline, and with the signal`, async (context) => {
    const call = { endpoint: "sales", number: "+14155550100" };
    const controller = new AbortController();
    const ended = codeOf(states(call, freshKey(), { fetch: answer, signal: controller.signal }));
    controller.abort();
    assert.equal(await ended, "aborted");
    const { seconds, value } = await hurry(
      context,
      () => codeOf(states(call, freshKey(), { fetch: answer })),
      90,
    );
    assert.deepEqual([value, seconds], ["timeout", 60]);
  });
}

test("a stream that says nothing ends after 45 seconds, and with the signal", async (context) => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const stream = { headers: { "content-type": "text/event-stream" } };
  /** It says something twice, half a minute apart. */
  const fetch = async () => {
    /** @type {NodeJS.Timeout} */
    let beat;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('data: {"state":"ringing"}\n\n'));
        beat = setTimeout(() => controller.enqueue(new TextEncoder().encode(":\n\n")), 30_000);
      },
      cancel: () => clearTimeout(beat),
    });
    return new Response(body, stream);
  };
  const controller = new AbortController();
  const followed = follow({ handler: "/", call, key: freshKey(), fetch, signal: controller.signal });
  assert.equal((await followed.next()).value?.state, "ringing");
  controller.abort();
  assert.equal((await followed.next()).done, true);
  const { seconds, value } = await hurry(context, () => states(call, freshKey(), { fetch }), 120);
  assert.deepEqual([value, seconds], [[{ state: "ringing" }], 75]);
});

test("steps that nobody takes any more are let go of at once, whatever is awaited", {
  timeout: 120_000,
}, async () => {
  const streaming = await startStreamingHandler();
  const steps = () =>
    follow({ handler: streaming.url, call: { endpoint: "sales", number: "+14155550100" }, key: freshKey() });
  const over = { done: true, value: undefined };
  try {
    const told = steps();
    assert.equal((await told.next()).value?.state, "answered");
    const awaited = told.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(await told.return(), over);
    assert.deepEqual(await awaited, over);
    await streaming.opened(0);

    streaming.isDeaf = true;
    const asked = steps();
    const answer = asked.next();
    await streaming.opened(1);
    assert.deepEqual(await asked.return(), over);
    assert.deepEqual(await answer, over);
    await streaming.opened(0);

    const failed = steps();
    const last = failed.next();
    await streaming.opened(1);
    const reason = new RangeError("of who takes them");
    await assert.rejects(failed.throw(reason), reason);
    assert.deepEqual(await last, over);
    await streaming.opened(0);

    const unbegun = steps();
    assert.deepEqual(await unbegun.return(), over);
    assert.deepEqual(await unbegun.next(), over);
    assert.equal(streaming.begun, 3);
  } finally {
    streaming.close();
  }
});

test("a call that has ended is followed no further, though its stream stays open", async () => {
  let cancelled = 0;
  const { signal } = new AbortController();
  const fetch = async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: {"state":"ended"}\n\n')),
      cancel() {
        cancelled += 1;
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const followed = states({ endpoint: "sales" }, freshKey(), { fetch, signal });
  const told = await Promise.race([
    followed,
    new Promise((resolve) => setTimeout(resolve, 5_000, "it waits")),
  ]);
  assert.deepEqual(told, [{ state: "ended" }]);
  assert.deepEqual([cancelled, getEventListeners(signal, "abort").length], [1, 0]);
});

test("a stream that tells nothing for ever ends, and lets timers run", async () => {
  const empty = new Uint8Array(0);
  const comment = new TextEncoder().encode(":\n");
  for (const value of /** @type {any[]} */ ([empty, comment, undefined, ":\n", {}])) {
    const reader = { read: async () => ({ done: false, value }), cancel: async () => {} };
    const headers = new Headers({ "content-type": "text/event-stream" });
    const fetch = async () => ({ ok: true, headers, body: { getReader: () => reader } });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const told = await states({ endpoint: "sales" }, freshKey(), { fetch: /** @type {any} */ (fetch) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(timer);
    assert.deepEqual(told, []);
    assert(ticks > 0);
  }
});

test("a stream may tell little for long, between steps", async () => {
  const text = [...["ringing", "answered", "ended"].map((state) => `data: {"state":"${state}"}\n`)].join(
    ":\n".repeat(9_000),
  );
  const chunks = text.split(/(?<=\n)/).map((line) => new TextEncoder().encode(line));
  const fetch = async () =>
    new Response(/** @type {any} */ (ReadableStream).from(chunks), {
      headers: { "content-type": "text/event-stream" },
    });
  const told = await states({ endpoint: "sales" }, freshKey(), { fetch });
  assert.deepEqual(
    told.map(({ state }) => state),
    ["ringing", "answered", "ended"],
  );
});

test("a page is followed with the modes of a call, and a call that is no JSON is invalid", async () => {
  /** @type {RequestInit[]} */
  const asked = [];
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
    asked.push(init);
    return new Response("", { status: 500 });
  };
  const call = { endpoint: "sales", number: "+14155550100" };
  assert.equal(await codeOf(states(call, freshKey(), { fetch })), "bad_response");
  const { cache, credentials, redirect, referrerPolicy } = asked[0] ?? {};
  assert.deepEqual(
    [cache, credentials, redirect, referrerPolicy],
    ["no-store", "omit", "error", "no-referrer"],
  );
  assert.equal(await codeOf(states({ number: 1n }, freshKey(), { fetch })), "invalid");
  assert.equal(asked.length, 1);
});

test("the token and ids of endpoints are in nothing that is sent or logged, and of a step only what a page may know", () => {
  assert.match(said, /"event":"follow"/);
  const steps = [...said.matchAll(/data: (.+)\n/g)].map(([, step = ""]) => Object.keys(JSON.parse(step)));
  assert.deepEqual([...new Set(steps.flat())].sort(), ["hangupCause", "seconds", "state"]);
  assert.ok(!said.includes(TOKEN) && !said.includes(USER));
});
