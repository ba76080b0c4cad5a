/**
 * The relay of a handler: whom it tells of which call, for how long, and what is there no more afterwards.
 */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { Quickcall } from "#quickcall";
import { follow, watch } from "#quickcall/events";
import { CALL_ID, CONFIRMED } from "./harness/confirmed.js";
import { startEventServer } from "./harness/event_server.js";
import { freshKey, ORIGIN, press, serve } from "./harness/handler.js";
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
import { hurry } from "./harness/soon.js";
import { countTimers } from "./harness/timers.js";

let next = 10;

/**
 * Asks a handler without a socket, as a page does.
 * @param {ReturnType<typeof another>} handler
 * @param {object} call
 * @param {string} key
 */
const asking =
  (handler, call, key) =>
  (/** @type {Record<string, string>} */ more, /** @type {AbortSignal | undefined} */ signal = undefined) => {
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": key, ...more };
    const init = { method: "POST", headers, body: JSON.stringify(call), ...(signal ? { signal } : {}) };
    return handler(new Request("https://edge.example.com/", init));
  };

/** A server without a socket: it places each call, and says of each leg that it is there. */
const placing = async (/** @type {any} */ url) =>
  Response.json(/channels/.test(String(url)) ? { status: "success", data: {} } : CONFIRMED);

test("nobody else follows it: another key, another call, another page, a second stream", async (context) => {
  const source = await startEventServer();
  let sent = 0;
  const fetch = async (/** @type {any} */ url) => {
    if (!/channels/.test(String(url))) sent += 1;
    return placing(url);
  };
  const events = { ...handlerEvents, url: source.url };
  const { url: handler, close } = await serve(another({ events, fetch }));
  context.after(() => {
    close();
    source.stop();
  });
  const call = { endpoint: "sales", number: "+14155550106" };
  const key = freshKey();
  await place(call, key, handler);
  assert.equal(await codeOf(states(call, freshKey(), { handler })), "unknown_call");
  assert.equal(await codeOf(states({ ...call, number: "+14155550107" }, key, { handler })), "key_mismatch");
  const stranger = { fetch: (/** @type {any} */ url, /** @type {any} */ how) => globalThis.fetch(url, how) };
  assert.equal(await codeOf(states(call, key, { handler, ...stranger })), "origin_refused");
  const controller = new AbortController();
  const first = follow({ handler, call, key, fetch: inPage, signal: controller.signal });
  await first.next();
  assert.equal(await codeOf(states(call, key, { handler })), "not_followed");
  await first.return();
  controller.abort();
  // The place is free again when the page has gone.
  for (let rest = 50; rest > 0; rest--) {
    const again = follow({ handler, call, key, fetch: inPage });
    const step = await again.next().catch(() => undefined);
    await again.return();
    if (step) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(rest > 1, "the place is never free again");
  }
  assert.equal(sent, 1);
});

test("a page that comes and goes opens no more than six sockets in a minute", async (context) => {
  const source = await startEventServer();
  const handler = await serve(another({ events: { ...handlerEvents, url: source.url } }));
  context.after(() => {
    handler.close();
    source.stop();
  });
  const [call, key] = [{ endpoint: "sales", number: "+14155550106" }, freshKey()];
  await place(call, key, handler.url);
  /** Follows and leaves, more often than it may. */
  const comeAndGo = async (times = 60) => {
    for (let rest = times; rest > 0; rest--) {
      const steps = follow({ handler: handler.url, call, key, fetch: inPage });
      await steps.next().catch(() => {});
      await steps.return();
      // Its place is free again a little later.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await comeAndGo();
  assert.equal(source.wanted.opened, 6);
  // Another call is another page's.
  const other = { call: { ...call, number: "+14155550206" }, key: freshKey() };
  await place(other.call, other.key, handler.url);
  const followOther = async () => {
    const steps = follow({ handler: handler.url, ...other, fetch: inPage });
    assert.equal((await steps.next()).value?.state, "answered");
    await steps.return();
  };
  await followOther();
  const now = performance.now.bind(performance);
  let passed = 60_000;
  context.mock.method(performance, "now", () => now() + passed);
  await comeAndGo();
  assert.equal(source.wanted.opened, 13);
  // Those that still count do so whoever else follows meanwhile: here five, when the first of six is over.
  passed = 150_000;
  await comeAndGo(1);
  passed = 180_000;
  await comeAndGo();
  passed = 211_000;
  await followOther();
  await comeAndGo();
  assert.equal(source.wanted.opened, 13 + 6 + 1 + 1);
});

test("a page that goes away before its stream begins ends it, and follows again when it is back", async (context) => {
  const call = { endpoint: "sales", number: "+14155550106" };
  const key = freshKey();
  let answer = () => {};
  const isAnswered = new Promise((resolve) => {
    answer = () => resolve(undefined);
  });
  const slow = async (/** @type {any} */ url, /** @type {any} */ init) => {
    const response = await fetch(url, init);
    await isAnswered;
    return response;
  };
  const handler = await serve(another({ events: handlerEvents, fetch: slow }));
  context.after(handler.close);
  const placed = place(call, key, handler.url);
  while ((await simulator.calls()).length === 0) await wait(20);
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
  answer();
  await placed;
  // The stream that nobody takes begins now, and ends.
  await new Promise((resolve) => setTimeout(resolve, 700));
  const again = follow({ handler: handler.url, call, key, fetch: inPage });
  assert.equal((await again.next()).value?.state, "answered");
  await again.return();
});

test("a page that goes away while the handler opens its socket ends that, and it is no problem", async (context) => {
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
  const asked = asking(another({ events, log }), call, key);
  assert.equal((await asked({}, AbortSignal.timeout(60_000))).status, 200);
  const following = () => asked({ accept: "text/event-stream" }, leaving.signal);
  const { seconds, value: answer } = await hurry(context, following, 60);
  assert.ok(seconds <= 1, `${seconds} s`);
  assert.equal((await answer.json()).error.code, "not_followed");
  // One that has gone by then has none made.
  assert.equal((await (await following()).json()).error.code, "not_followed");
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

test("the answer to who follows ends with the call", { timeout: 20_000 }, async () => {
  const call = { endpoint: "sales", number: "+14155550100" };
  const key = freshKey();
  await place(call, key);
  const { status, text } = await press(handler.url, {
    body: call,
    headers: { "idempotency-key": key, accept: "text/event-stream" },
  });
  assert.equal(status, 200);
  assert.match(text, /"state":"ended"[^\n]*\n\n$/);
});

test("without events a handler answers with the record, and with events a POST without that header, too", async () => {
  const silent = await serve(another({}));
  try {
    const call = { endpoint: "sales", number: "+14155550199" };
    const key = freshKey();
    await place(call, key, silent.url);
    const headers = { "idempotency-key": key, accept: "text/event-stream" };
    const { status, json } = await press(silent.url, { body: call, headers });
    assert.deepEqual([status, json.state], [200, "started"]);
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    silent.close();
  }
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

test("a page that no step is told to gets a sign of life every 15 seconds", {
  timeout: 120_000,
}, async (context) => {
  const call = { endpoint: "sales", number: "+14155560106", blocking: false };
  const asked = asking(another({ events: handlerEvents }), call, freshKey());
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

/** Waits until a handler has no socket of events any more. @param {{ sockets: number }} events */
async function ended(events) {
  for (let rest = 100; events.sockets > 0; rest--) {
    assert.ok(rest > 0, "its socket stays");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("a stream says by its head of which call it tells, so that its page can read it", async (context) => {
  const events = await startEventServer();
  context.after(events.stop);
  const key = freshKey();
  const answering = another({ events: { ...handlerEvents, url: events.url }, fetch: placing });
  const asked = asking(answering, { endpoint: "sales", number: "+14155560199" }, key);
  assert.equal((await asked({})).headers.get("idempotency-key"), null);
  const { headers, body } = await asked({ accept: "text/event-stream" });
  assert.deepEqual(
    ["content-type", "idempotency-key", "access-control-expose-headers"].map((name) => headers.get(name)),
    ["text/event-stream", key, "Idempotency-Key"],
  );
  await body?.cancel();
  await ended(events);
});

test("a call is followed for four hours and no longer, though its socket and the page stay", async (context) => {
  const events = await startEventServer();
  context.after(events.stop);
  const answering = another({ events: { ...handlerEvents, url: events.url }, fetch: placing });
  const asked = asking(answering, { endpoint: "sales", number: "+14155560107" }, freshKey());
  assert.equal((await asked({})).status, 200);
  const { seconds, value } = await hurry(
    context,
    async () => (await asked({ accept: "text/event-stream" })).text(),
    20_000,
    { apis: ["setTimeout", "setInterval"], measured: true, step: 10 },
  );
  assert.ok(seconds >= 14_400 && seconds <= 14_450, `${seconds} s`);
  assert.match(value, /^data: {"state":"answered"}\n\n/);
  assert.doesNotMatch(value, /ended/);
  context.mock.timers.reset();
  await ended(events);
  // The place is free again.
  const again = await asked({ accept: "text/event-stream" });
  assert.equal(again.headers.get("content-type"), "text/event-stream");
  await again.body?.cancel();
});

for (const [
  how,
  end,
] of /** @type {[string, (stream: Response, leaving: AbortController, tell: (name: string, data: Record<string, unknown>) => void) => unknown][]} */ ([
  ["its call does", (_, __, tell) => tell("CHANNEL_DESTROY", { call_id: CALL_ID })],
  ["nobody takes it", ({ body }) => body?.cancel()],
  ["its page goes", (_, leaving) => leaving.abort()],
])) {
  test(`a stream that ends because ${how} leaves no socket, no timer and no listener`, {
    timeout: 120_000,
  }, async (context) => {
    const events = await startEventServer();
    context.after(events.stop);
    const handler = another({ events: { ...handlerEvents, url: events.url }, fetch: placing });
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
    const body = JSON.stringify({ endpoint: "sales", number: `+141555601${next++}` });
    const asked = { method: "POST", headers, body };
    assert.equal((await handler(new Request("https://edge.example.com/", asked))).status, 200);
    const leaving = new AbortController();
    const { signal } = leaving;
    const timers = countTimers(context);
    const following = { ...asked, headers: { ...headers, accept: "text/event-stream" }, signal };
    const request = new Request("https://edge.example.com/", following);
    const before = getEventListeners(request.signal, "abort").length;
    const stream = await handler(request);
    assert.equal(stream.headers.get("content-type"), "text/event-stream");
    assert.ok(timers.size > 0 && events.sockets === 1);
    await end(stream, leaving, events.tell);
    await ended(events);
    for (let rest = 100; rest > 0 && timers.size > 0; rest--) await wait(20);
    assert.deepEqual([timers.size, getEventListeners(request.signal, "abort").length], [0, before]);
  });
}

test("no step is sent twice or backwards, also where events say again what the answer said", async (context) => {
  const events = await startEventServer();
  context.after(events.stop);
  const answering = another({ events: { ...handlerEvents, url: events.url }, fetch: placing });
  const asked = asking(answering, { endpoint: "sales", number: "+14155560109" }, freshKey());
  assert.equal((await asked({})).status, 200);
  const stream = await asked({ accept: "text/event-stream" });
  for (const name of ["CREATE", "ANSWER", "BRIDGE", "ANSWER", "DESTROY"])
    events.tell(`CHANNEL_${name}`, { call_id: CALL_ID });
  const told = [...(await stream.text()).matchAll(/"state":"(\w+)"/g)].map(([, state]) => state);
  assert.deepEqual(told, ["answered", "connected", "ended"]);
  // The call is over, and with it what was there for it.
  await ended(events);
});

test("that nothing can be heard is the owner's to know, and no secret is told with it", async () => {
  /** @type {any[]} */
  const logged = [];
  // Nothing listens there.
  const events = { ...handlerEvents, url: "ws://127.0.0.1:9" };
  const log = (/** @type {object} */ entry) => logged.push(entry);
  const asked = asking(
    another({ events, log, fetch: placing }),
    { endpoint: "sales", number: "+14155560108" },
    freshKey(),
  );
  assert.equal((await asked({})).status, 200);
  assert.equal((await (await asked({ accept: "text/event-stream" })).json()).error.code, "not_followed");
  const problems = logged.filter(({ event }) => event === "problem");
  assert.deepEqual(
    problems.map(({ level, where, code }) => [level, where, code]),
    [["error", "events", "network"]],
  );
  assert.doesNotMatch(JSON.stringify(logged), new RegExp(TOKEN));
});

test("what could not be followed keeps no place: it is followed when the server is back", async (context) => {
  const events = await startEventServer();
  context.after(events.stop);
  let isAway = true;
  class Away extends WebSocket {
    /** @param {string} url */
    constructor(url) {
      if (isAway) throw new Error("There is no network.");
      super(url);
    }
  }
  const asked = asking(
    another({ events: { url: events.url, WebSocket: Away }, fetch: placing }),
    { endpoint: "sales", number: "+14155560110" },
    freshKey(),
  );
  assert.equal((await asked({})).status, 200);
  for (let time = 0; time < 2; time++) {
    assert.equal((await (await asked({ accept: "text/event-stream" })).json()).error.code, "not_followed");
  }
  isAway = false;
  const stream = await asked({ accept: "text/event-stream" });
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  assert.equal((await (await asked({ accept: "text/event-stream" })).json()).error.code, "not_followed");
  await stream.body?.cancel();
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

test("the token and ids of endpoints are in nothing that the relay sends or logs", () => {
  assert.match(said, /"event":"follow"/);
  assert.match(said, /data: {"state":/);
  assert.ok(!said.includes(TOKEN) && !said.includes(USER));
});
