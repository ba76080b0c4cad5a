/**
 * Answers as no server should give them, on a real socket, to everything here that reads a server's bytes: the class, the
 * class before a handler, the handler, `apiToken`, `follow` and `watch`.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { apiToken, init, Quickcall, QuickcallError } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow, watch } from "#quickcall/events";
import { handlerConfig, ORIGIN, press, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { random } from "./harness/random.js";

/** @import { Random } from "./harness/random.js" */

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-replies";
const CALL_ID = /^[\x21-\x7e]{1,128}-quickcall$/;
const MIB = 1 << 20;
/** Some answers make a runtime wait for more. */
const SHORT = { options: { timeout: 4 }, deadlineMargin: 0.5 };
/** How many are asked for together. */
const TOGETHER = 50;

/** @type {{ body?: unknown }[]} */
const REPLIES = JSON.parse(readFileSync(new URL("../vectors/reply.json", import.meta.url), "utf8"));
/** The documented ones, and those of a handler and its stream. */
const DOCUMENTS = [
  ...REPLIES.flatMap(({ body }) => (body !== null && typeof body === "object" ? [body] : [])),
  { state: "started", callIds: [`${"0123456789ab".repeat(3)}-quickcall`], requestId: "r1" },
  { error: { code: "limited", outcome: "not_placed", message: "Too many.", issues: [], retryAfter: 3 } },
  { auth_token: "another-token", data: { account_id: ACCOUNT }, status: "success" },
  {
    event: "CHANNEL_CREATE",
    name: "x",
    data: { call_id: "x", custom_application_vars: { quickcall_id: "a" } },
  },
];

/**
 * A JSON text with one wrong place in it.
 * @param {Random} chance
 * @returns {string}
 */
function broken(chance) {
  const text = JSON.stringify(chance.one(DOCUMENTS));
  const deep = (/** @type {number} */ depth) => "[".repeat(depth) + "]".repeat(depth);
  const value = chance.one([
    ...[
      "null",
      "true",
      "[]",
      "{}",
      '""',
      '"x"',
      "1e999",
      "-0",
      "1e400",
      "123456789012345678901234567890",
      "0.1e-999",
    ],
    ...[
      '"\\ud800"',
      '"\\udc00\\ud800"',
      '"\\u0000"',
      '{"__proto__":{"state":"started"}}',
      '{"constructor":1}',
    ],
    ...[
      "[[[[[[[[[[1]]]]]]]]]]",
      deep(200),
      deep(20_000),
      "{".repeat(500),
      "NaN",
      "'x'",
      "tru",
      "[1,]",
      "\u0000",
    ],
    `"${"x".repeat(chance.below(100_000))}"`,
    `[${"1,".repeat(chance.below(20_000))}1]`,
  ]);
  /** Where values stand. */
  const places = [...text.matchAll(/:("[^"]*"|\d+|true|null|\[|\{)/g)];
  const place = places[chance.below(places.length)];
  const at = place ? place.index + 1 : 0;
  return chance.one([
    // A wrong value in place of a right one. Where that one is a list or an object, its start only: the rest is left over.
    () => text.slice(0, at) + value + text.slice(at + (place?.[1]?.length ?? 0)),
    // A name twice.
    () => text.replace("{", `{"data":${value},"status":"success",`),
    () => text.replace(/\}$/, `,"data":${value}}`),
    () => text.replace("{", `{"__proto__":${value},"constructor":${value},`),
    () => text.slice(0, chance.below(text.length)),
    () => text.replace(/[a-z]/, "\ufffd"),
    () => value,
    () => `\ufeff${text}`,
    () => `${text}${text}`,
  ])();
}

/**
 * All bytes of an answer.
 * @param {Random} chance
 * @returns {Buffer}
 */
function answer(chance) {
  const status = chance.one([
    "200 OK",
    "200 OK",
    "200 OK",
    "201 x",
    "202 x",
    "204 x",
    "400 x",
    "401 x",
    "404 x",
    "500 x",
    "503 x",
    "302 x",
    "600 x",
    "099 x",
  ]);
  const body = chance.one([
    () => Buffer.from(broken(chance)),
    () => Buffer.from(broken(chance)),
    () => Buffer.from(broken(chance)),
    () => Buffer.from(Array.from({ length: chance.below(400) }, () => chance.below(256))),
    () =>
      Buffer.concat([
        Buffer.from('{"status":"success","data":"'),
        Buffer.from([0xff, 0xc0, 0xed, 0xa0, 0x80]),
        Buffer.from('"}'),
      ]),
    () =>
      Buffer.from(
        `data: ${broken(chance)}\n\ndata: {"state":"${chance.one(["ringing", "ended", "x"])}"}\n\n`,
      ),
  ])();
  const type = chance.one(["application/json", "text/html", "text/event-stream", "\u00e9"]);
  const length = chance.below(5) === 0 ? body.length + 1 - chance.below(3) : body.length;
  const head = chance.one([
    `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n`,
    `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n`,
    `HTTP/1.1 ${status}\r\nX-Request-ID: ${"x".repeat(chance.below(9_000))}\r\nRetry-After: ${chance.one(["-1", "1e9", "x", "99999999999"])}\r\n`,
    `HTTP/1.1 ${status}\r\nContent-Encoding: gzip\r\nContent-Length: ${length}\r\n`,
    `HTTP/1.0 ${status}\r\nSet-Cookie: a=b\r\n`,
    `${chance.one(["HTTP/9", "ICY", "\0", "HTTP/1.1 abc"])} ${status}\r\n`,
  ]);
  return Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`, "latin1"), body]);
}

/** A confirmed call that is exactly so many bytes long. @param {number} size */
function padded(size) {
  const text = JSON.stringify({
    status: "success",
    data: {
      application_name: "transfer",
      application_response: "SUCCESS",
      endpoints: [{ outbound_call_id: `${"0123456789ab".repeat(3)}-quickcall` }],
    },
  });
  return text.replace(/\}$/, `,"x":"${"x".repeat(size - text.length - 7)}"}`);
}

/**
 * A server that answers each request with the next bytes.
 * @param {() => Buffer} next
 */
async function startServer(next) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(next()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/**
 * What a promise says is a result of the right shape, or a `QuickcallError` that can be written.
 * @param {Promise<any>} promise
 * @returns {Promise<boolean>} Whether a call was confirmed.
 */
async function isSound(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("nothing was said for 20 seconds")), 20_000);
  });
  try {
    const { state, callIds, requestId } = await Promise.race([promise, late]);
    assert(state === "started" || state === "accepted", state);
    assert(
      callIds.length > 0 && callIds.every((/** @type {string} */ id) => CALL_ID.test(id)),
      String(callIds),
    );
    assert(requestId === undefined || typeof requestId === "string");
    return true;
  } catch (error) {
    assert(error instanceof QuickcallError, `${error}`);
    assert(error.outcome === "unknown" || error.outcome === "not_placed", error.outcome);
    assert.equal(typeof error.message, "string");
    JSON.stringify(error);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The largest body that is read, and one byte more.
 * @returns {Promise<void>}
 */
async function limits() {
  const sizes = [MIB, MIB + 1];
  const server = await startServer(() => {
    const body = padded(sizes.shift() ?? 0);
    return Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  const quickcall = new Quickcall({ baseUrl: `${server.origin}/v2`, accountId: ACCOUNT, authToken: TOKEN });
  try {
    assert.equal((await quickcall.call({ user: USER, number: "1001" })).state, "started");
    const error = await quickcall.call({ user: USER, number: "1002" }).catch((error) => error);
    assert.deepEqual([error.code, error.outcome], ["bad_response", "unknown"]);
  } finally {
    server.close();
  }
}

/**
 * Hostile messages on a websocket: what is watched goes on, and hears what is right.
 * @param {Random} chance
 * @param {number} count
 */
async function messages(chance, count) {
  const simulator = await startSimulator({ speed: 100, token: TOKEN, rateLimit: false });
  const { events } = await simulator.about();
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  let left = count;
  // It stands between watcher and simulator, and says much besides.
  server.on("connection", (socket) => {
    const upstream = new WebSocket(events);
    upstream.on("open", () => {
      socket.on("message", (text) => upstream.send(String(text)));
      upstream.on("message", (text) => {
        for (let some = Math.min(left, 200); some > 0; some--, left--) {
          const bytes = Buffer.from(broken(chance));
          socket.send(chance.below(5) === 0 ? bytes : String(bytes));
        }
        socket.send(String(text));
      });
    });
    socket.on("close", () => upstream.close());
    socket.pause();
    upstream.once("open", () => socket.resume());
  });
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const options = { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN };
  const watcher = await watch({ ...options, url: `ws://127.0.0.1:${port}`, WebSocket });
  try {
    const quickcall = new Quickcall(options);
    for (let call = 0; left > 0 && call < count; call++) {
      const { progress } = await watcher.call(quickcall, { user: USER, number: `+1415555${2000 + call}` });
      const states = [];
      for await (const { state } of progress) states.push(state);
      assert.equal(states.at(-1), "ended", String(states));
    }
  } finally {
    watcher.close();
    server.close();
    for (const socket of server.clients) socket.terminate();
    await simulator.stop();
  }
}

/**
 * Tries hostile answers.
 * @param {{ count: number, seed?: number }} how
 * @returns {Promise<{ answers: number, messages: number, confirmed: number }>} How many answers and messages were given, and
 *   how many of the answers were still those of a confirmed call.
 */
export async function runHostileReplies({ count, seed = 3 }) {
  await init();
  await limits();
  const chance = random(seed);
  const server = await startServer(() => answer(chance));
  const baseUrl = `${server.origin}/v2`;
  const handler = await serve(createHandler({ ...handlerConfig({ baseUrl }, TOKEN, ORIGIN), ...SHORT }));
  const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN, ...SHORT });
  const before = new Quickcall({
    handler: `${server.origin}/call`,
    deadlineMargin: 0,
    options: { timeout: 4 },
  });
  const token = apiToken({ baseUrl, apiKey: "k".repeat(64) });
  let next = 0;
  let confirmed = 0;
  /** @type {(() => Promise<boolean>)[]} */
  const readers = [
    () => isSound(quickcall.call({ user: USER, number: `7${next++}5000`, blocking: next % 2 === 0 })),
    () =>
      isSound(
        before.call(
          { endpoint: "sales", number: `+1415${1000000 + next++}` },
          { signal: AbortSignal.timeout(400) },
        ),
      ),
    async () => {
      const { status, text } = await press(handler.url, {
        body: { endpoint: "sales", number: `+1415${1000000 + next++}` },
      });
      assert([200, 502, 504].includes(status), `${status} ${text}`);
      JSON.parse(text);
      return status === 200;
    },
    async () => {
      const given = await token("unauthorized").catch((error) => {
        assert(error instanceof Error && !error.message.includes("kkkk"), String(error));
      });
      assert(given === undefined || typeof given === "string");
      return false;
    },
    async () => {
      try {
        const steps = [];
        const call = { endpoint: "sales", number: "+14155550100" };
        for await (const { state } of follow({ handler: `${server.origin}/call`, call, key: "a-right-key" }))
          steps.push(state);
        assert.deepEqual(steps, [...new Set(steps)]);
      } catch (error) {
        assert(error instanceof QuickcallError, String(error));
      }
      return false;
    },
  ];
  try {
    for (let from = 0; from < count; from += TOGETHER) {
      const some = Array.from({ length: Math.min(TOGETHER, count - from) }, () => chance.one(readers)());
      for (const isConfirmed of await Promise.all(some)) if (isConfirmed) confirmed += 1;
    }
  } finally {
    handler.close();
    server.close();
  }
  const heard = Math.ceil(count / 2);
  await messages(chance, heard);
  return { answers: count, messages: heard, confirmed };
}
