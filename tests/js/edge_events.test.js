/**
 * The relay of a handler: a page follows its own call without a token.
 */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { WebSocket } from "ws";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow, watch } from "#quickcall/events";
import { freshKey, memoryStore, ORIGIN, press, serve } from "./harness/handler.js";
import { startSimulator } from "./harness/simulator.js";
import { hurry } from "./harness/soon.js";
import { startStreamingHandler } from "./harness/streaming_handler.js";

const TOKEN = "canary-token-e6e7";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** @type {import("./harness/simulator.js").Simulator} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
/** @type {Awaited<ReturnType<typeof serve>>} */
let silent;
/** Where a handler hears of calls. @type {import("#quickcall/edge").EventsConfig} */
let handlerEvents;
/** A handler with a memory of its own. @type {(more: object) => ReturnType<typeof createHandler>} */
let another;
/** Everything that the handler sent and logged. */
let said = "";

/** @type {typeof fetch} */
const inPage = async (url, options) => {
  const headers = new Headers(options?.headers);
  headers.set("Origin", ORIGIN);
  const response = await fetch(url, { ...options, headers });
  const text = new TransformStream({
    transform(chunk, controller) {
      said += new TextDecoder().decode(chunk);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(text), response);
};

before(async () => {
  await init();
  simulator = await startSimulator({ speed: 10, token: TOKEN, rateLimit: false });
  const { events } = await simulator.about();
  const config = {
    baseUrl: simulator.baseUrl,
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: TOKEN,
    endpoints: { sales: { user: USER } },
    origins: [ORIGIN],
    destinations: { allow: ["+1415"] },
    visitorOptions: ["blocking"],
    log: (/** @type {object} */ entry) => {
      said += JSON.stringify(entry);
    },
  };
  handlerEvents = { url: events, WebSocket };
  another = (more) => createHandler({ ...config, ...more });
  handler = await serve(another({ events: handlerEvents }));
  silent = await serve(another({}));
});
after(async () => {
  handler?.close();
  silent?.close();
  await simulator?.stop();
});
beforeEach(() => simulator.clear());

/** @param {Record<string, unknown>} call @param {string} key @param {string} [url] */
const place = (call, key, url = handler.url) =>
  new Quickcall({ handler: url, fetch: /** @type {any} */ (inPage) }).call(/** @type {any} */ (call), {
    key,
  });

/** @param {Record<string, unknown>} call @param {string} key @param {Record<string, unknown>} [more] */
async function states(call, key, more = {}) {
  const steps = [];
  for await (const step of follow({ handler: handler.url, call, key, fetch: inPage, ...more }))
    steps.push(step);
  return steps;
}

/** @param {Promise<unknown>} promise */
const codeOf = (promise) =>
  promise.then(
    () => assert.fail("it was to fail"),
    (error) => {
      assert.ok(error instanceof QuickcallError, String(error));
      return error.code;
    },
  );

test("a page follows the call that it placed to its end, and that places none", async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const key = freshKey();
  await place(call, key);
  const steps = await states(call, key);
  assert.deepEqual(
    steps.map(({ state }) => state),
    ["answered", "connected", "ended"],
  );
  assert.equal(steps.at(-1)?.hangupCause, "NORMAL_CLEARING");
  assert.deepEqual(Object.keys(steps[1] ?? {}), ["state"]);
  assert.equal((await simulator.calls()).length, 1);
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

test("one that is over says so", { timeout: 20_000 }, async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const key = freshKey();
  await place(call, key);
  await states(call, key);
  assert.deepEqual(
    (await states(call, key)).map(({ state }) => state),
    ["answered", "ended"],
  );
});

test("nobody else follows it: another key, another call, another page, a second stream", async () => {
  const call = { endpoint: "sales", number: "+14155550106", blocking: false };
  const key = freshKey();
  await place(call, key);
  assert.equal(await codeOf(states(call, freshKey())), "unknown_call");
  assert.equal(await codeOf(states({ ...call, number: "+14155550107" }, key)), "key_mismatch");
  const stranger = { fetch: (/** @type {any} */ url, /** @type {any} */ how) => fetch(url, how) };
  assert.equal(await codeOf(states(call, key, stranger)), "origin_refused");
  const controller = new AbortController();
  const first = follow({ handler: handler.url, call, key, fetch: inPage, signal: controller.signal });
  await first.next();
  assert.equal(await codeOf(states(call, key)), "not_followed");
  await first.return();
  controller.abort();
  // The place is free again when the page has gone.
  for (let rest = 50; rest > 0; rest--) {
    const again = follow({ handler: handler.url, call, key, fetch: inPage });
    const step = await again.next().catch(() => undefined);
    await again.return();
    if (step) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(rest > 1, "the place is never free again");
  }
  assert.equal((await simulator.calls()).length, 1);
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

test("a page that goes away before its stream begins ends it, and follows again when it is back", async () => {
  const call = { endpoint: "sales", number: "+14155550106" };
  const key = freshKey();
  const placed = place(call, key);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const leaving = new AbortController();
  const headers = {
    origin: ORIGIN,
    "content-type": "application/json",
    "idempotency-key": key,
    accept: "text/event-stream",
  };
  const body = JSON.stringify(call);
  const asked = fetch(handler.url, { method: "POST", headers, body, signal: leaving.signal });
  setTimeout(() => leaving.abort(), 200);
  await assert.rejects(asked, { name: "AbortError" });
  await placed;
  // The stream that nobody takes begins now, and ends.
  await new Promise((resolve) => setTimeout(resolve, 700));
  const again = follow({ handler: handler.url, call, key, fetch: inPage });
  assert.equal((await again.next()).value?.state, "answered");
  await again.return();
});

test("a page that goes away while the handler opens its socket ends that, and it is no problem", async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const key = freshKey();
  /** @type {object[]} */
  const logged = [];
  /** Sockets that never open: what is done to each. @type {string[]} */
  const done = [];
  class Unopened extends EventTarget {
    constructor() {
      super();
      done.push("made");
      setTimeout(() => leaving.abort(), 20);
    }
    send() {}
    close() {
      done.push("closed");
    }
  }
  const leaving = new AbortController();
  const events = /** @type {any} */ ({ ...handlerEvents, WebSocket: Unopened });
  const log = (/** @type {object} */ entry) => logged.push(entry);
  const answering = another({ events, log });
  const asked = (/** @type {Record<string, string>} */ more, /** @type {AbortSignal} */ signal) => {
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": key, ...more };
    return answering(
      new Request("https://edge.example.com/", {
        method: "POST",
        headers,
        body: JSON.stringify(call),
        signal,
      }),
    );
  };
  assert.equal((await asked({}, AbortSignal.timeout(60_000))).status, 200);
  const started = performance.now();
  const answer = await asked({ accept: "text/event-stream" }, leaving.signal);
  assert.ok(performance.now() - started < 2_000);
  assert.equal((await answer.json()).error.code, "not_followed");
  assert.deepEqual(done, ["made", "closed"]);
  assert.ok(!JSON.stringify(logged).includes("problem"), JSON.stringify(logged));
});

test("a page that has gone ends what is made for it", async () => {
  let isCancelled = false;
  let wasAborted = false;
  /** @type {(value?: undefined) => void} */
  let go = () => {};
  const gone = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    go = resolve;
  });
  const answered = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    const listener = async (/** @type {Request} */ request) => {
      await gone;
      wasAborted = request.signal.aborted;
      setTimeout(resolve, 50);
      const stream = new ReadableStream({
        cancel() {
          isCancelled = true;
        },
      });
      return new Response(stream, { headers: { "content-type": "text/event-stream" } });
    };
    serve(listener).then(async (server) => {
      const asked = fetch(server.url, { method: "POST", body: "{}", signal: AbortSignal.timeout(100) });
      await asked.catch(() => {});
      setTimeout(go, 100);
      await answered;
      server.close();
    });
  });
  await answered;
  assert.deepEqual([wasAborted, isCancelled], [true, true]);
});

test("without events a handler answers with the record, and with events a POST without that header, too", async () => {
  const call = { endpoint: "sales", number: "+14155550199" };
  const key = freshKey();
  await place(call, key, silent.url);
  const headers = { "idempotency-key": key, accept: "text/event-stream" };
  const { status, json } = await press(silent.url, { body: call, headers });
  assert.deepEqual([status, json.state], [200, "started"]);
  assert.equal((await simulator.calls()).length, 1);
});

test("a handler that does not know the call places none, with events or without", async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const strangers = await Promise.all([{}, { events: handlerEvents }].map((more) => serve(another(more))));
  try {
    for (const { url } of strangers) {
      const key = freshKey();
      await place(call, key);
      await simulator.clear();
      assert.equal(await codeOf(states(call, key, { handler: url })), "unknown_call");
      for (const accept of ["Text/Event-Stream", "text/event-stream, */*;q=0.1"]) {
        const headers = { "idempotency-key": key, accept };
        const { status, json } = await press(url, { body: call, headers });
        assert.deepEqual([status, json.error.code], [404, "unknown_call"]);
      }
      assert.deepEqual(await simulator.calls(), []);
    }
  } finally {
    for (const stranger of strangers) stranger.close();
  }
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
    works = false;
    assert.deepEqual(await told(states(call, key, { handler: deaf.url })), ["not_followed", "unknown"]);
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    deaf.close();
  }
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
  timeout: 20_000,
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

    const unbegun = steps();
    assert.deepEqual(await unbegun.return(), over);
    assert.deepEqual(await unbegun.next(), over);
    assert.equal(streaming.begun, 2);
  } finally {
    streaming.close();
  }
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

test("a page that no step is told to gets a sign of life every 15 seconds", {
  timeout: 20_000,
}, async (context) => {
  const answering = another({ events: handlerEvents });
  const key = freshKey();
  const body = JSON.stringify({ endpoint: "sales", number: "+14155560106", blocking: false });
  const asked = (/** @type {Record<string, string>} */ more) => {
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": key, ...more };
    return answering(new Request("https://edge.example.com/", { method: "POST", headers, body }));
  };
  assert.equal((await asked({})).status, 200);
  context.mock.timers.enable({ apis: ["setInterval"] });
  const reader = (await asked({ accept: "text/event-stream" })).body?.getReader();
  context.mock.timers.tick(15_000);
  let text = "";
  while (!text.includes(":\n\n")) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    assert.ok(!done, text);
    text += new TextDecoder().decode(value);
  }
  await reader?.cancel();
});

test("the token and ids of endpoints are in nothing that is sent or logged, and of a step only what a page may know", () => {
  assert.match(said, /"event":"follow"/);
  const steps = [...said.matchAll(/data: (.+)\n/g)].map(([, step = ""]) => Object.keys(JSON.parse(step)));
  assert.deepEqual([...new Set(steps.flat())].sort(), ["hangupCause", "seconds", "state"]);
  assert.ok(!said.includes(TOKEN) && !said.includes(USER));
});

test("a watcher's own call needs a handler that lets visitors set vars; another's can be followed", async (context) => {
  const server = { ...handlerEvents, baseUrl: simulator.baseUrl, authToken: TOKEN };
  const watcher = await watch({ ...server, accountId: "0123456789abcdef0123456789abcdef" });
  context.after(() => watcher.close());
  const through = async (/** @type {string[]} */ visitorOptions) => {
    const served = await serve(another({ visitorOptions }));
    context.after(served.close);
    return new Quickcall({ handler: served.url, fetch: inPage });
  };
  const call = { endpoint: "sales", number: "+14155550100" };
  const { result } = await watcher.call(await through(["customApplicationVars"]), call);
  assert.equal(result.state, "started");
  const without = await through([]);
  await assert.rejects(watcher.call(without, { ...call, number: "+14155550101" }), {
    outcome: "not_placed",
  });
  const { callIds } = await without.call({ ...call, number: "+14155550300" });
  const steps = [];
  for await (const { state } of watcher.follow(callIds)) steps.push(state);
  assert.equal(steps.at(-1), "ended");
});
