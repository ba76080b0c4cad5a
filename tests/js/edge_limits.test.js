/**
 * The limits of a handler: whom each one keeps away, and for how long.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createHandler, nodeListener } from "#quickcall/edge";
import { config, freshNumber, log, right, USER } from "./harness/checked_handler.js";
import { CONFIRMED } from "./harness/confirmed.js";
import { freshKey, ORIGIN, press, serve } from "./harness/handler.js";
import { hurry } from "./harness/soon.js";

test("digits behind a whole number make no other destination", async () => {
  const limited = await serve(
    createHandler(config({ limits: { perDestination: "1/day" }, verify: undefined })),
  );
  try {
    const number = freshNumber();
    const ask = async (/** @type {string} */ behind) =>
      (await press(limited.url, { body: { endpoint: "sales", number: `${number}${behind}` } })).status;
    assert.equal(await ask(""), 200);
    for (const behind of ["0", "77", "1234"]) assert.equal(await ask(behind), 429, behind);
  } finally {
    limited.close();
  }
});

test("a limit says when to come again, a refused request is not counted, and the window slides", async (context) => {
  const limited = await serve(
    createHandler(config({ limits: { perVisitor: "2/hour" }, visitor: () => "one", verify: () => true })),
  );
  context.after(limited.close);
  const now = performance.now.bind(performance);
  let minutes = 0;
  context.mock.method(performance, "now", () => now() + minutes * 60_000);
  const ask = async (/** @type {number} */ after) => {
    minutes = after;
    return press(limited.url, { body: { endpoint: "sales", number: freshNumber() } });
  };
  /** When one is refused, and in how many minutes it may come again. @type {(after: number, rest: number) => Promise<void>} */
  const isRefused = async (after, rest) => {
    const { status, json, headers } = await ask(after);
    assert.deepEqual([status, json.error?.code], [429, "limited"], `after ${after} minutes`);
    const seconds = json.error.retryAfter;
    // What the requests take themselves has passed, too.
    assert.ok(seconds <= rest * 60 && seconds > (rest - 1) * 60, `${seconds} s after ${after} minutes`);
    assert.equal(headers["retry-after"], String(seconds));
    assert.equal(headers["access-control-expose-headers"], "Retry-After");
  };
  assert.equal((await ask(0)).status, 200);
  assert.equal((await ask(30)).status, 200);
  await isRefused(40, 20);
  await isRefused(58, 2);
  assert.equal((await ask(61)).status, 200);
  await isRefused(62, 28);
});

for (const [name, first, second] of /** @type {[string, any, any][]} */ ([
  ["perDestination", { number: "+14155558001" }, { number: "+1 415 555 8001" }],
  ["perDestination", { number: "+14155558001" }, { number: "+104155558001" }],
  ["perEndpoint", { number: "+14155558002" }, { number: "+14155558003" }],
  ["total", { number: "+14155558004" }, { number: "+14155558005", endpoint: "support" }],
])) {
  test(`the limit ${name} holds whoever asks`, async () => {
    const endpoints = { sales: { user: USER }, support: { user: USER } };
    const destinations = { allow: ["+1"] };
    const limits = { [name]: "1/day" };
    const limited = await serve(createHandler(config({ endpoints, destinations, limits })));
    try {
      const ask = (/** @type {any} */ more) => press(limited.url, { body: { ...right(), ...more } });
      assert.equal((await ask(first)).status, 200);
      assert.equal((await ask(second)).json.error.code, "limited");
      assert.equal(log.at(-1)?.limit, name.replace("per", "").toLowerCase());
      if (name !== "total") {
        const other = { number: "+14155558006", endpoint: "support" };
        assert.equal((await ask(other)).status, 200);
      }
    } finally {
      limited.close();
    }
  });
}

test("who has gone before the body was read is called by nobody, and has no limit of its own", async () => {
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    throw new TypeError("The connection died.");
  };
  /** @type {(string | undefined)[]} */
  const visitors = [];
  const limits = /** @type {const} */ ({ perVisitor: "1/min" });
  const log = (/** @type {{ event: string, visitor?: string }} */ { event, visitor }) => {
    if (event === "call") visitors.push(visitor);
  };
  const handler = createHandler(config({ fetch, limits, log, visitor: undefined, verify: undefined }));
  let asked = 0;
  const limited = await serve((request) => {
    asked += 1;
    return handler(request);
  });
  try {
    const body = JSON.stringify({ endpoint: "sales", number: freshNumber() });
    const { port } = new URL(limited.url);
    for (let count = 0; count < 5; count++) {
      const head = `POST /call HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nContent-Type: application/json\r\n`;
      const key = `Idempotency-Key: ${freshKey()}\r\nContent-Length: ${body.length}\r\n\r\n`;
      const socket = connect(Number(port), "127.0.0.1");
      await once(socket, "connect");
      await new Promise((resolve) =>
        socket.write(`${head}${key}${body}`, () => resolve(socket.resetAndDestroy())),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // One may be read before its end is seen: then it has its address.
    assert.ok(asked <= 1 && sent <= 1, `${asked}, ${sent}`);
    assert.ok(!visitors.includes("unknown"), String(visitors));
  } finally {
    limited.close();
  }
});

for (const [what, socket, isAsked] of /** @type {const} */ ([
  ["is destroyed", { destroyed: true }, false],
  ["has a port and no address", { destroyed: false, localPort: 80 }, false],
  ["has neither, as one of Unix", { destroyed: false }, true],
])) {
  test(`a request whose socket ${what} is ${isAsked ? "one" : "that of nobody"}`, async () => {
    let asked = 0;
    const listener = nodeListener(async () => {
      asked += 1;
      return new Response("{}");
    });
    const incoming = { headers: { host: "x" }, complete: true, socket, destroy() {}, resume() {} };
    const iterator = async function* () {};
    /** @type {string[]} */
    const done = [];
    const does = (/** @type {string} */ name) => () => done.push(name);
    const outgoing = { setHeader() {}, writeHead() {}, end: does("end"), write() {}, on() {} };
    await listener({ ...incoming, iterator }, { ...outgoing, destroy: does("destroy") });
    assert.deepEqual([asked, done], isAsked ? [1, ["end"]] : [0, ["destroy"]]);
  });
}

test("a body that does not come in time places no call in Node, and its connection ends", async (context) => {
  let placed = 0;
  const fetch = async () => {
    placed += 1;
    return new Response("{}");
  };
  const limited = await serve(createHandler(config({ fetch, verify: undefined })));
  const { port } = new URL(limited.url);
  const head = `POST /call HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nContent-Type: application/json\r\n`;
  // All of a call, but its end is not told.
  const body = JSON.stringify({ endpoint: "sales", number: freshNumber() });
  const chunk = `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`;
  const ask = async () => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`${head}Idempotency-Key: ${freshKey()}\r\n${chunk}`);
    let text = "";
    for await (const part of socket) text += part;
    return text;
  };
  try {
    const { value } = await hurry(context, ask, 60);
    assert.match(value, /^HTTP\/1\.1 400 .*"code":"bad_request","outcome":"not_placed"/s);
    assert.equal(placed, 0);
  } finally {
    limited.close();
  }
});

test("where nobody vouches for an address no header is one: all visitors have one limit", async () => {
  const handler = createHandler(
    config({ limits: { perVisitor: "1/min" }, visitor: undefined, verify: undefined }),
  );
  const ask = async (/** @type {string} */ name) => {
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
    const body = JSON.stringify({ endpoint: "sales", number: freshNumber() });
    const given = { method: "POST", headers: { ...headers, [name]: "192.0.2.7" }, body };
    return (await handler(new Request("https://edge.example.com/", given))).status;
  };
  assert.equal(await ask("x-none"), 200);
  for (const name of ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"]) {
    assert.equal(await ask(name), 429, name);
    assert.equal(log.at(-1)?.visitor, "unknown");
  }
});

const ADDRESS = "192.0.2.7";
const CLOUDFLARE = { navigator: { userAgent: "Cloudflare-Workers" } };
/** Where a handler runs, what the request has, what is given with it, the header with an address, who the visitor is. */
for (const [
  where,
  scope,
  more,
  server,
  name,
  visitor,
] of /** @type {[string, object, object, any, string, string][]} */ ([
  ["Vercel", { EdgeRuntime: "vercel" }, {}, undefined, "x-real-ip", ADDRESS],
  ["Vercel", { EdgeRuntime: "vercel" }, {}, undefined, "cf-connecting-ip", "unknown"],
  ["an edge runtime of one's own", { EdgeRuntime: "edge-runtime" }, {}, undefined, "x-real-ip", "unknown"],
  ["Cloudflare's network", CLOUDFLARE, { cf: {} }, undefined, "cf-connecting-ip", ADDRESS],
  ["Cloudflare's network", CLOUDFLARE, { cf: {} }, undefined, "x-real-ip", "unknown"],
  ["a workerd of one's own", CLOUDFLARE, {}, undefined, "cf-connecting-ip", "unknown"],
  ["another that sets `cf`", {}, { cf: {} }, undefined, "cf-connecting-ip", "unknown"],
  ["Deno", { Deno: {} }, {}, { remoteAddr: { hostname: ADDRESS } }, "x-real-ip", ADDRESS],
  ["Deno, on a socket of Unix", { Deno: {} }, {}, { remoteAddr: { path: "/s" } }, "x-real-ip", "unknown"],
  // It gives every visitor the address where it listens.
  ["Supabase", { Deno: {} }, {}, { remoteAddr: { hostname: "0.0.0.0", port: 9999 } }, "x-real-ip", "unknown"],
  ["Supabase", { Deno: {} }, {}, { remoteAddr: { hostname: "::", port: 9999 } }, "x-real-ip", "unknown"],
  // Where it listens to addresses of both kinds.
  ["Deno", { Deno: {} }, {}, { remoteAddr: { hostname: `::ffff:${ADDRESS}` } }, "x-real-ip", ADDRESS],
  ["Bun", { Bun: {} }, {}, { port: 80, requestIP: () => ({ address: ADDRESS }) }, "x-real-ip", ADDRESS],
  ["Bun, on a socket of Unix", { Bun: {} }, {}, { requestIP: () => null }, "x-real-ip", "unknown"],
  ["Bun, without a port", { Bun: {} }, {}, { port: 0, requestIP: () => null }, "x-real-ip", "unknown"],
])) {
  test(`${where}: a visitor who sends ${name} is ${visitor}`, async () => {
    const handler = createHandler(
      config({ fetch: async () => Response.json(CONFIRMED), visitor: undefined, verify: undefined }),
    );
    // A socket's own address is another one than what a header says.
    const said = server === undefined ? ADDRESS : "198.51.100.9";
    const given = {
      method: "POST",
      headers: {
        origin: ORIGIN,
        "content-type": "application/json",
        "idempotency-key": freshKey(),
        [name]: said,
      },
      body: JSON.stringify({ endpoint: "sales", number: freshNumber() }),
    };
    const request = Object.assign(new Request("https://edge.example.com/", given), more);
    const before = Object.getOwnPropertyDescriptors(globalThis);
    const names = Object.keys(scope);
    for (const name of names) {
      const value = /** @type {any} */ (scope)[name];
      Object.defineProperty(globalThis, name, { value, configurable: true });
    }
    try {
      assert.equal((await handler(request, server)).status, 200);
    } finally {
      for (const name of names) {
        const usual = /** @type {any} */ (before)[name];
        if (usual) Object.defineProperty(globalThis, name, usual);
        else delete (/** @type {any} */ (globalThis)[name]);
      }
    }
    assert.equal(log.at(-1)?.visitor, visitor);
  });
}

/** What a runtime gives with a request: an address that is there for so many questions, and then as it is of a visitor who has gone. */
for (const [where, server] of /** @type {[string, (times: number) => any][]} */ ([
  [
    "Deno",
    (times) => {
      const hostnames = [...Array(times).fill(ADDRESS), "0.0.0.0"];
      const hostname = { get: () => hostnames.shift() };
      const port = { get: () => (hostnames.length === 0 ? 0 : 50_000) };
      return { remoteAddr: Object.defineProperties({}, { hostname, port }) };
    },
  ],
  [
    "Bun",
    (times) => {
      const addresses = Array(times).fill({ address: ADDRESS });
      return { port: 80, requestIP: () => addresses.shift() ?? null };
    },
  ],
])) {
  test(`${where}: who leaves at once has no other limit`, async () => {
    const handler = createHandler(
      config({
        fetch: async () => Response.json(CONFIRMED),
        visitor: undefined,
        verify: undefined,
        limits: { perVisitor: "1/min" },
      }),
    );
    const ask = async (/** @type {number} */ times) => {
      const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
      const body = JSON.stringify({ endpoint: "sales", number: freshNumber() });
      const asked = new Request("https://edge.example.com/", { method: "POST", headers, body });
      const response = await handler(asked, server(times));
      const { state, error } = await response.json();
      return state ?? error.code;
    };
    Object.defineProperty(globalThis, where, { value: {}, configurable: true });
    try {
      assert.equal(await ask(0), "unavailable");
      assert.match(JSON.stringify(log), /"where":"visitor".*the visitor has gone/);
      assert.equal(await ask(1), "started");
      assert.equal(log.at(-1)?.visitor, ADDRESS);
      assert.deepEqual([await ask(1), await ask(0)], ["limited", "unavailable"]);
    } finally {
      delete (/** @type {any} */ (globalThis)[where]);
    }
  });
}

test("who asks by a socket of Unix has no address, and one limit with all others", async () => {
  const handler = createHandler(
    config({ limits: { perVisitor: "1/min" }, visitor: undefined, verify: undefined }),
  );
  const server = createServer(nodeListener(handler));
  const folder = await mkdtemp(join(tmpdir(), "quickcall-unix-"));
  server.listen(join(folder, "handler.sock"));
  await once(server, "listening");
  const ask = async () => {
    const body = JSON.stringify({ endpoint: "sales", number: freshNumber() });
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
    const asking = request({ socketPath: join(folder, "handler.sock"), path: "/", method: "POST", headers });
    asking.end(body);
    const [response] = await once(asking, "response");
    response.resume();
    return response.statusCode;
  };
  try {
    assert.deepEqual([await ask(), await ask()], [200, 429]);
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});

test("a visitor of Node has its own address, also where adapter and handler are of two copies of the package", async () => {
  const copy = createRequire(import.meta.url)("../../pkg/dist/edge.cjs");
  assert.notEqual(copy.nodeListener, nodeListener);
  const handler = createHandler(config({ visitor: undefined, verify: undefined, limits: {} }));
  const server = createServer(copy.nodeListener(handler)).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const body = { endpoint: "sales", number: freshNumber() };
    assert.equal((await press(`http://127.0.0.1:${port}/`, { body })).status, 200);
    assert.equal(log.at(-1)?.visitor, "127.0.0.1");
  } finally {
    server.close();
  }
});

for (const where of ["Deno", "Bun"]) {
  test(`${where}: a visitor who comes by the adapter for Node has the address of the socket`, async (context) => {
    const fetch = async () => Response.json(CONFIRMED);
    const adapted = await serve(createHandler(config({ fetch, visitor: undefined, verify: undefined })));
    context.after(adapted.close);
    Object.defineProperty(globalThis, where, { value: {}, configurable: true });
    context.after(() => delete (/** @type {any} */ (globalThis)[where]));
    const body = { endpoint: "sales", number: freshNumber() };
    assert.equal((await press(adapted.url, { body })).status, 200);
    assert.equal(log.at(-1)?.visitor, "127.0.0.1");
  });
}

test("Bun: a request that is not its own has no address, and places no call", async (context) => {
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    return Response.json(CONFIRMED);
  };
  const handler = createHandler(config({ fetch, visitor: undefined, verify: undefined }));
  const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
  const body = JSON.stringify({ endpoint: "sales", number: freshNumber() });
  const asked = new Request("https://edge.example.com/", { method: "POST", headers, body });
  Object.defineProperty(globalThis, "Bun", { value: {}, configurable: true });
  context.after(() => delete (/** @type {any} */ (globalThis).Bun));
  const requestIP = () => {
    throw new TypeError("Expected Request object");
  };
  const answer = await handler(asked, { port: 80, requestIP });
  assert.equal((await answer.json()).error.code, "unavailable");
  assert.equal(sent, 0);
  assert.match(JSON.stringify(log), /"where":"visitor".*not the `Request` that came/);
});
