/**
 * In Node each request has a connection of its own, and the headers that it needs, no more.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { createServer } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { apiToken, init, Quickcall } from "#quickcall";
import { certificates } from "./harness/certificates.js";

const TOKEN = "canary-token-7d20";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
/** What Node adds to every request. */
const OF_NODE = [
  // Those of the cache are its way to say `no-store`.
  ...["accept", "accept-encoding", "accept-language", "connection", "content-length", "content-type"],
  ...["cache-control", "host", "pragma", "sec-fetch-mode", "user-agent"],
];

/** Where this Node has its way to servers. */
const DISPATCHER = Symbol.for(
  `undici.globalDispatcher.${Number.parseInt(process.versions.undici ?? "", 10) >= 8 ? 2 : 1}`,
);

/** The requests as they came, each with the number of its connection. @type {{ text: string, connection: number }[]} */
const received = [];
/** @type {(socket: import("node:net").Socket, text: string) => void} */
let answer = () => {};
let connections = 0;
let next = 8_000;
let origin = "";

const server = createServer((socket) => {
  const connection = ++connections;
  let text = "";
  socket.on("error", () => {});
  socket.on("data", (data) => {
    text += data;
    const end = text.indexOf("\r\n\r\n") + 4;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (end < 4 || text.length < end + length) return;
    received.push({ text, connection });
    answer(socket, text);
    text = "";
  });
});

/** An answer that leaves its connection open. @param {string} state Of the leg, a digit. */
const started = (state) => {
  const data = {
    application_name: "transfer",
    application_response: "SUCCESS",
    endpoints: [{ outbound_call_id: `${state.repeat(36)}-quickcall` }],
  };
  return ok({ status: "success", auth_token: TOKEN, data });
};
/** A handler's answer. @param {string} state Of the leg, a digit. */
const placed = (state) => ok({ state: "started", callIds: [`${state.repeat(36)}-quickcall`] });
/** @param {object} answer */
const ok = (answer) => {
  const body = JSON.stringify(answer);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};
const client = (/** @type {Partial<import("#quickcall").Config>} */ more = {}) =>
  new Quickcall({ baseUrl: `${origin}/v2`, accountId: ACCOUNT, authToken: TOKEN, ...more });
const fresh = (/** @type {{ blocking?: boolean }} */ more = {}) => ({
  device: "d".repeat(32),
  number: String(next++),
  ...more,
});
/** @param {string} answer */
const bodyOf = (answer) => answer.slice(answer.indexOf("\r\n\r\n") + 4);
/** The names of a request's headers. @param {string} text */
const names = (text) =>
  text
    .slice(0, text.indexOf("\r\n\r\n"))
    .split("\r\n")
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(":")).toLowerCase());

before(async () => {
  await init();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
});
after(() => server.close());
beforeEach(() => {
  received.length = 0;
  answer = (socket) => socket.write(started("a"));
});

test("a call and a question for a token carry their own headers and those of Node", async () => {
  const authToken = apiToken({ baseUrl: `${origin}/v2`, apiKey: "k".repeat(64) });
  await client({ authToken }).call(fresh());
  await client({ authToken }).call(fresh({ blocking: false }));
  const [question = "", post = "", get = ""] = received.map(({ text }) => text);
  assert.match(question, /^PUT \/v2\/api_auth /);
  assert.match(post, /^POST /);
  assert.match(get, /^GET /);
  for (const text of [question, post, get]) {
    const own = names(text).filter((name) => !OF_NODE.includes(name));
    assert.deepEqual(own, text === question ? [] : ["x-auth-token"]);
    assert.equal(new Set(names(text)).size, names(text).length, "no header stands twice");
  }
});

test("each request has a connection of its own", async () => {
  for (let calls = 3; calls > 0; calls--) await client().call(fresh());
  assert.equal(new Set(received.map(({ connection }) => connection)).size, 3);
});

test("a server that speaks HTTP/2, too, has a connection for each request all the same", async (context) => {
  const { authority, right } = certificates();
  /** @type {string[]} */
  const asked = [];
  const server = createSecureServer({ ...right, allowHTTP1: true }, async (request, response) => {
    for await (const _ of request);
    asked.push(`${request.httpVersion} ${request.socket.remotePort}`);
    const { headers } = request;
    response.setHeader("Content-Type", "application/json");
    response.end(bodyOf(headers["idempotency-key"] === undefined ? started("a") : placed("a")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const secure = `https://127.0.0.1:${port}`;
  // Node's own way, which is there with its first request; but it trusts this server.
  await fetch("data:,");
  const scope = /** @type {any} */ (globalThis);
  const usual = scope[DISPATCHER];
  scope[DISPATCHER] = new usual.constructor({ connect: { ca: authority } });
  try {
    for (let calls = 3; calls > 0; calls--) {
      assert.equal((await client({ baseUrl: `${secure}/v2` }).call(fresh())).state, "started");
    }
    assert.equal(new Set(asked).size, 3, String(asked));
    const byHandler = new Quickcall({ handler: `${secure}/call` });
    assert.equal((await byHandler.call({ endpoint: "sales", number: String(next++) })).state, "started");
    assert.deepEqual([...new Set(asked.map((one) => one.split(" ")[0]))], ["1.1"]);
  } finally {
    scope[DISPATCHER] = usual;
  }
});

test("an answer that comes twice is read for no other call", async () => {
  answer = (socket) => {
    const copy = started("b");
    socket.write(copy);
    setTimeout(() => socket.write(copy), 100);
  };
  assert.deepEqual((await client().call(fresh())).callIds, [`${"b".repeat(36)}-quickcall`]);
  // The copy comes while the next answer is awaited, which would take the connection that is free by then.
  await new Promise((resolve) => setTimeout(resolve, 30));
  answer = (socket) => setTimeout(() => socket.write(started("c")), 300);
  assert.deepEqual((await client().call(fresh())).callIds, [`${"c".repeat(36)}-quickcall`]);
});

test("Node's limit for an answer does not end a wait, and what goes its own way still does", async () => {
  const scope = /** @type {any} */ (globalThis);
  const usual = scope[DISPATCHER];
  const Usual = /** @type {new (options: object) => { dispatch(...given: unknown[]): unknown }} */ (
    usual.constructor
  );
  let asked = 0;
  class Impatient extends Usual {
    /**
     * @override
     * @param {unknown[]} given
     */
    dispatch(...given) {
      asked += 1;
      return super.dispatch(...given);
    }
  }
  scope[DISPATCHER] = new Impatient({ headersTimeout: 200, bodyTimeout: 200 });
  answer = (socket, request) => {
    const text = /\r\nidempotency-key: /i.test(request) ? placed("f") : started("f");
    setTimeout(() => socket.write(text.slice(0, -10)), 2_500);
    setTimeout(() => socket.write(text.slice(-10)), 5_000);
  };
  try {
    await assert.rejects(fetch(origin, { method: "POST" }), /fetch failed/, "the limit holds elsewhere");
    assert.equal((await client().call(fresh())).state, "started");
    const byHandler = new Quickcall({ handler: `${origin}/call` });
    assert.equal((await byHandler.call({ endpoint: "sales", number: String(next++) })).state, "started");
  } finally {
    scope[DISPATCHER] = usual;
  }
  assert.equal(asked, 3);
});

test("what a server would not take (421) is sent once, too", async () => {
  answer = (socket) =>
    socket.write(
      received.length === 1 ? "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n" : started("a"),
    );
  for (const blocking of [true, false]) {
    received.length = 0;
    await assert.rejects(client().call(fresh({ blocking })), {
      code: "rejected",
      outcome: "not_placed",
      status: 421,
    });
    assert.equal(received.length, 1);
  }
  // A handler is asked again, as after any failure.
  received.length = 0;
  answer = (socket) =>
    socket.write(
      received.length === 1 ? "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n" : placed("a"),
    );
  const byHandler = new Quickcall({ handler: `${origin}/call` });
  assert.equal((await byHandler.call({ endpoint: "sales", number: String(next++) })).state, "started");
  const keys = received.map(({ text }) => /\r\nidempotency-key: (\S+)/i.exec(text)?.[1]);
  assert.deepEqual([keys.length, new Set(keys).size], [2, 1]);
});

test("what stands in the place of the runtime's fetch gets no header of ours, and may answer a plain object", async () => {
  const { fetch } = globalThis;
  const call = fresh();
  /** @type {unknown} */
  let given;
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ _, /** @type {RequestInit} */ init) => {
      given = init.headers;
      return { ok: true, status: 200, text: async () => bodyOf(started("d")) };
    }
  );
  try {
    assert.equal((await client().call(call)).state, "started");
  } finally {
    globalThis.fetch = fetch;
  }
  assert.deepEqual(given, { ...client().build(call).headers, "X-Auth-Token": TOKEN });
});

test("a handler's answer that was cut is asked for again, and is the answer to no other request", async () => {
  const whole = JSON.stringify({ state: "started", callIds: [`${"e".repeat(36)}-quickcall`] });
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  answer = (socket) => {
    if (received.length === 1)
      return socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n7f\r\n{"state":"started"`);
    return socket.write(`${head}Content-Length: ${whole.length}\r\n\r\n${whole}`);
  };
  const quickcall = new Quickcall({ handler: `${origin}/call` });
  assert.equal((await quickcall.call({ endpoint: "sales", number: "+14155550100" })).state, "started");
  assert.equal(received.length, 2);
  for (const { text } of received) {
    assert.deepEqual(
      names(text).filter((name) => !OF_NODE.includes(name)),
      ["idempotency-key", "x-request-id"],
    );
  }
});
