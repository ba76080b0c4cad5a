/**
 * The handler on Cloudflare's engine: several workers, one Durable Object.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { CONFIRMED } from "../js/harness/confirmed.js";
import { freshKey, ORIGIN, press } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { startEngine, workerFolder } from "./harness/engine.js";

const TOKEN = "canary-token-workerd-31";
const WORKERS = ["one", "two", "three"];

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof workerFolder>>} */
let folder;
/** @type {Awaited<ReturnType<typeof startEngine>>} */
let engine;
let next = 1000;

/** A server that answers when it is told to: what waits for it is held at that step. */
const held = new Set();
const holding = createServer((request) => {
  held.add(request.url);
});

/** A server whose answer is announced as short, and never ends. */
const endless = createTcpServer((socket) => {
  const chunk = `10000\r\n${" ".repeat(1 << 16)}\r\n`;
  const go = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on("error", () => {});
  socket.on("drain", go);
  socket.once("data", () => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n");
    go();
  });
});

/** The headers that came to a server that confirms every call. @type {string[][]} */
const heard = [];
const confirming = createServer((request, response) => {
  heard.push(Object.keys(request.headers).sort());
  response.end(JSON.stringify(CONFIRMED));
});

/** @param {object} [more] */
const config = (more) => ({
  baseUrl: simulator.baseUrl,
  accountId: "0123456789abcdef0123456789abcdef",
  endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
  origins: [ORIGIN],
  destinations: { allow: ["+1415"] },
  options: { timeout: 4 },
  deadlineMargin: 1,
  ...more,
});

async function start() {
  const about = await simulator.about();
  const { port } = /** @type {import("node:net").AddressInfo} */ (holding.address());
  const HOLD_URL = `http://127.0.0.1:${port}`;
  const { port: odd } = /** @type {import("node:net").AddressInfo} */ (endless.address());
  const { port: plain } = /** @type {import("node:net").AddressInfo} */ (confirming.address());
  const confirmed = { baseUrl: `http://127.0.0.1:${plain}/v2` };
  const env = { CONFIG: config(), TOKEN, HOLD_URL, VISITOR_HEADER: "x-test-visitor" };
  const limits = { total: "40/day", perVisitor: "3/min" };
  return startEngine(
    folder.folder,
    {
      ...Object.fromEntries(WORKERS.map((name) => [name, env])),
      ...Object.fromEntries(["verify", "token", "answer"].map((step) => [step, { ...env, HOLD: step }])),
      odd: { ...env, CONFIG: config({ baseUrl: `http://127.0.0.1:${odd}/v2` }) },
      posting: { ...env, CONFIG: config(confirmed) },
      getting: { ...env, CONFIG: config({ ...confirmed, options: { blocking: false } }) },
      limited: { ...env, CONFIG: config({ limits }) },
      also_limited: { ...env, CONFIG: config({ limits }) },
      renewing: { CONFIG: config(), API_KEY: about.apiKey, VISITOR_HEADER: "x-test-visitor" },
      telling: { ...env, CONFIG: config({ events: { url: about.events } }) },
      addressed: { CONFIG: config({ limits: { perVisitor: "1/day" } }), TOKEN },
    },
    { HOLD_SETTLE: { number: "0204", url: `${HOLD_URL}/settle` } },
  );
}

before(async () => {
  holding.listen(0, "127.0.0.1");
  endless.listen(0, "127.0.0.1");
  confirming.listen(0, "127.0.0.1");
  await Promise.all([holding, endless, confirming].map((server) => once(server, "listening")));
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  folder = await workerFolder();
  engine = await start();
});
after(async () => {
  await engine.stop();
  await folder.remove();
  holding.closeAllConnections();
  holding.close();
  endless.close();
  confirming.closeAllConnections();
  confirming.close();
  await simulator.stop();
});
beforeEach(() => simulator.clear());

/**
 * @param {string} worker
 * @param {string} number
 * @param {Record<string, string>} [headers]
 */
const ask = (worker, number, headers = {}) =>
  press(engine.url + worker, {
    body: { endpoint: "sales", number },
    headers: { "x-test-visitor": `visitor-${next++}`, ...headers },
  });

/** 200 requests with one key, spread over the workers. @param {string} number */
async function together(number) {
  const key = { "idempotency-key": freshKey() };
  const asked = Array.from({ length: 200 }, (_, count) => ask(WORKERS[count % 3] ?? "", number, key));
  const answers = await Promise.all(asked);
  return { key, answers: new Set(answers.map(({ status, text }) => `${status} ${text}`)) };
}

test("200 requests with one key over three workers: one dial, 200 equal answers", async () => {
  const { answers } = await together("+14155550106");
  assert.equal(answers.size, 1);
  assert.match([...answers].join(), /^200 .*"state":"started"/);
  assert.equal((await simulator.calls()).length, 1);
});

test("the same with the upstream answer lost", async () => {
  const { answers, key } = await together("+14155550107");
  assert.equal(answers.size, 1);
  assert.match([...answers].join(), /^504 .*"code":"network","outcome":"unknown"/);
  assert.equal((await simulator.calls()).length, 1);
  assert.equal((await ask("one", "+14155550107", key)).json.error.code, "network");
  assert.equal((await simulator.calls()).length, 1);
});

test("the same with a call that fails for certain", async () => {
  const { answers } = await together("+14155550101");
  assert.equal(answers.size, 1);
  assert.match([...answers].join(), /^502 .*"hangupCause":"USER_BUSY"/);
  assert.equal((await simulator.calls()).length, 1);
});

test("an answer that is longer than it was announced is read no further than the limit", async () => {
  const { status, json } = await ask("odd", "+14155550108");
  assert.deepEqual([status, json.error.code, json.error.outcome], [504, "bad_response", "unknown"]);
});

test("a request has the headers that it needs, and no more", async () => {
  const always = ["cf-worker", "host", "x-auth-token", "x-request-id"];
  heard.length = 0;
  assert.equal((await ask("posting", "+14155550201")).json.state, "started");
  assert.equal((await ask("getting", "+14155550201")).json.state, "accepted");
  assert.deepEqual(heard, [
    ["content-length", "content-type", ...always].sort(),
    // What no cache may answer is said where one could.
    ["cache-control", "pragma", ...always].sort(),
  ]);
});

test("limits hold over all workers, however many ask at once", async () => {
  const numbers = Array.from({ length: 120 }, (_, count) => `+1415556${1000 + count}`);
  const answers = await Promise.all(
    numbers.map((number, count) => ask(count % 2 ? "limited" : "also_limited", number)),
  );
  const placed = answers.filter(({ status }) => status === 200);
  const limited = answers.filter(({ status, json }) => status === 429 && json.error.code === "limited");
  assert.deepEqual([placed.length, limited.length], [40, 80]);
  assert.equal((await simulator.calls()).length, 40);
});

test("the visitor's address is the one that the platform vouches for", async () => {
  const headers = { "x-test-visitor": "" };
  assert.equal((await ask("addressed", "+14155557001", headers)).status, 200);
  for (const name of ["x-forwarded-for", "x-real-ip", "forwarded", "true-client-ip", "cf-connecting-ipv6"]) {
    const { json } = await ask("addressed", "+14155557002", { ...headers, [name]: "192.0.2.7" });
    assert.equal(json.error?.code, "limited", name);
  }
  // Cloudflare's network sets this one on every request, and Miniflare plays that network.
  const other = await ask("addressed", "+14155557003", { ...headers, "cf-connecting-ip": "192.0.2.7" });
  assert.equal(other.status, 200);
  // The engine alone takes it from whoever asks, so it counts for nothing there.
  for (const [address, expected] of [
    ["192.0.2.8", "started"],
    ["192.0.2.9", "limited"],
  ]) {
    const { json } = await press(String(engine.direct.addressed), {
      body: { endpoint: "sales", number: `+1415555701${next++ % 10}` },
      headers: { "cf-connecting-ip": address },
    });
    assert.equal(json.state ?? json.error.code, expected);
  }
});

test("a token from an API key is shared by concurrent calls, and renewed after a 401", async () => {
  const many = async () => {
    const numbers = Array.from({ length: 60 }, () => `+1415559${1000 + (next++ % 9000)}`);
    const answers = await Promise.all(numbers.map((number) => ask("renewing", number)));
    assert.deepEqual(new Set(answers.map(({ status, json }) => json.error?.code ?? status)), new Set([200]));
  };
  await many();
  for (let round = 0; round < 3; round++) {
    await fetch(`${simulator.origin}/_simulator/tokens`, { method: "DELETE" });
    await many();
  }
  const calls = await simulator.calls();
  assert.equal(calls.filter(({ dialled }) => dialled !== null).length, 240);
});

test("a page follows its own call, and nobody else does", async () => {
  const key = freshKey();
  const call = { endpoint: "sales", number: "+14155550100" };
  const follow = (/** @type {string} */ key) =>
    press(`${engine.url}telling`, {
      body: call,
      headers: { "idempotency-key": key, accept: "text/event-stream" },
    });
  assert.equal((await follow(key)).json.error.code, "unknown_call");
  await press(`${engine.url}telling`, { body: call, headers: { "idempotency-key": key } });
  const { headers, text } = await follow(key);
  assert.equal(headers["content-type"], "text/event-stream");
  const states = [...text.matchAll(/^data: (.+)$/gm)].map(([, step = ""]) => JSON.parse(step).state);
  assert.deepEqual(states, ["answered", "connected", "ended"]);
  assert.equal((await simulator.calls()).length, 1);
});

test("killed at each step, and started again with its storage: nothing is dialled twice", async (context) => {
  /** The step at which each is held, the worker, the number, and how often it was dialled by then. @type {[string, string, string, number][]} */
  const steps = [
    ["verify", "verify", "+14155550201", 0],
    ["token", "token", "+14155550202", 0],
    ["answer", "answer", "+14155550203", 1],
    ["settle", "one", "+14155550204", 1],
    ["dial", "two", "+14155550109", 1],
  ];
  context.diagnostic(`steps ${steps.length}`);
  const keys = new Map(steps.map(([step]) => [step, { "idempotency-key": freshKey() }]));
  const settled = { "idempotency-key": freshKey() };
  const before = await ask("three", "+14155550205", settled);
  assert.equal(before.status, 200);
  const lost = Promise.all(
    steps.map(([step, worker, number]) => ask(worker, number, keys.get(step)).catch(() => "lost")),
  );
  const dialled = async (/** @type {string} */ number) =>
    (await simulator.calls()).filter((call) => call.dialled === number).length;
  for (let rest = 200; rest > 0; rest--) {
    if (held.size === 4 && (await dialled("+14155550109")) === 1) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.deepEqual([...held].sort(), ["/answer", "/settle", "/token", "/verify"]);
  for (const [step, , number, times] of steps) assert.equal(await dialled(number), times, step);
  const killed = Date.now();
  await engine.kill();
  assert.deepEqual(new Set(await lost), new Set(["lost"]));
  holding.closeAllConnections();
  engine = await start();

  // What had its answer has it still.
  const repeated = await ask("one", "+14155550205", settled);
  assert.deepEqual([repeated.status, repeated.text], [before.status, before.text]);
  assert.equal((await ask("one", "+14155550204", keys.get("settle"))).json.state, "started");
  // What was begun is not begun again, and nobody claims to know what came of it.
  const begun = steps.filter(([step]) => ["token", "answer", "dial"].includes(step));
  await Promise.all(
    begun.map(async ([step, , number]) => {
      const { status, json } = await ask("three", number, keys.get(step));
      assert.deepEqual([status, json.error.code, json.error.outcome], [409, "in_progress", "unknown"], step);
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, killed + 20_000 - Date.now())));
  for (const [step, , number] of begun) {
    const { status, json } = await ask("three", number, keys.get(step));
    assert.deepEqual([status, json.error.code, json.error.outcome], [504, "unknown", "unknown"], step);
  }
  // What was not begun may be.
  assert.equal((await ask("one", "+14155550201", keys.get("verify"))).status, 200);
  assert.equal(await dialled("+14155550201"), 1);
  for (const [step, , number, times] of steps.slice(1)) assert.equal(await dialled(number), times, step);
});

test("a visitor who goes away does not end the call", async () => {
  const key = { "idempotency-key": freshKey(), "x-test-visitor": "leaver" };
  const { request } = await import("node:http");
  const outgoing = request(String(engine.direct.one), {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "application/json", ...key },
    agent: false,
  });
  outgoing.on("error", () => {});
  outgoing.end(JSON.stringify({ endpoint: "sales", number: "+14155550106" }));
  for (let rest = 100; rest > 0 && (await simulator.calls()).length === 0; rest--) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const gone = new Promise((resolve) => outgoing.on("close", resolve));
  outgoing.destroy();
  await gone;
  const { status, json } = await ask("two", "+14155550106", key);
  assert.deepEqual([status, json.state], [200, "started"]);
  assert.equal((await simulator.calls()).length, 1);
});

test("the older storage of Durable Objects keeps a call and limits, too, and survives the engine", async (context) => {
  const older = await workerFolder();
  context.after(older.remove);
  const limits = { total: "3/day" };
  const env = { CONFIG: config({ limits }), TOKEN, VISITOR_HEADER: "x-test-visitor" };
  const begin = () => startEngine(older.folder, { one: env, two: env }, {}, false);
  const key = { "idempotency-key": freshKey() };
  const call = { endpoint: "sales", number: "+14155550301" };
  const asking = (/** @type {string} */ url, /** @type {object} */ headers) =>
    press(url, { body: call, headers: { "x-test-visitor": "older", ...headers } });
  let running = await begin();
  try {
    const asked = Array.from({ length: 40 }, (_, count) =>
      asking(running.url + (count % 2 ? "one" : "two"), key),
    );
    const answers = new Set((await Promise.all(asked)).map(({ status, text }) => `${status} ${text}`));
    assert.equal(answers.size, 1);
    await running.kill();
    running = await begin();
    const { status, text } = await asking(`${running.url}one`, key);
    assert.deepEqual(new Set([`${status} ${text}`]), answers);
    assert.equal((await simulator.calls()).length, 1);
    const others = [];
    for (let count = 0; count < 3; count++) {
      others.push((await asking(`${running.url}two`, { "idempotency-key": freshKey() })).status);
    }
    assert.deepEqual(others, [200, 200, 429]);
  } finally {
    await running.kill();
  }
});

test("no token in what the engine logs", () => {
  assert.match(engine.output(), /"decision":"started"/);
  assert.doesNotMatch(engine.output(), /canary/);
});
