/**
 * A wrong configuration of a handler is refused as a whole, and the log says what is wrong, risky, or away.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { test } from "node:test";
import { apiToken, createHandler, denoKv, nodeListener } from "#quickcall/edge";
import { config, failingGuard, right, TOKEN } from "./harness/checked_handler.js";
import { freshKey, memoryStore, ORIGIN, press } from "./harness/handler.js";

/** @param {object} call */
const post = (call) =>
  new Request("http://localhost/", {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() },
    body: JSON.stringify(call),
  });

/** @type {[string, any, string][]} */
const WRONG = [
  ["no origins", { origins: undefined }, "origins"],
  ["empty origins", { origins: [] }, "origins"],
  ["a pattern as origin", { origins: ["https://*.example.com"] }, "origins.0"],
  ["no endpoints", { endpoints: undefined }, "endpoints"],
  ["an endpoint without an id", { endpoints: { sales: { user: undefined } } }, "endpoints.sales"],
  ["no destinations", { destinations: undefined }, "destinations"],
  ["no allow", { destinations: {} }, "destinations.allow"],
  ["allow without a plus", { destinations: { allow: ["1415"] } }, "destinations.allow.0"],
  ["a limit that is none", { limits: { perVisitor: "3/fortnight" } }, "limits.perVisitor"],
  ["an unknown limit", { limits: { perPerson: "3/min" } }, "limits.perPerson"],
  ["an unknown name", { destination: { allow: ["+"] } }, "destination"],
  ["a filter for visitors", { visitorOptions: ["numberFilter"] }, "visitorOptions.0"],
  ["verify that is no function", { verify: true }, "verify"],
  ["visitor that is no function", { visitor: "cf-connecting-ip" }, "visitor"],
  ["dryRun that is no flag", { dryRun: "yes" }, "dryRun"],
  ["no token", { authToken: undefined }, "authToken"],
  ["an empty token", { authToken: "" }, "authToken"],
  ["a wrong option", { options: { timeout: 2 } }, "options.timeout"],
  ["a guard that is none", { guard: {} }, "guard"],
  ["events that are none", { events: /** @type {any} */ (null) }, "events.url"],
  ["events of a server that is none", { events: { url: "http://kazoo.example.com" } }, "events.url"],
  ["events that everybody could read", { events: { url: "ws://kazoo.example.com" } }, "events.url"],
  [
    "events without a socket",
    { events: /** @type {any} */ ({ url: "wss://kazoo.example.com", WebSocket: 5 }) },
    "events.WebSocket",
  ],
];
for (const [name, more, path] of WRONG) {
  test(`${name}: the configuration is refused as a whole, and nothing is placed`, async (context) => {
    /** @type {string[]} */
    const lines = [];
    context.mock.method(console, "log", () => assert.fail("the owner logs"));
    const log = (/** @type {object} */ entry) => lines.push(JSON.stringify(entry));
    const wrong = createHandler({ ...config(), log, ...more });
    const response = await wrong(post(right()));
    assert.equal(response.status, 503);
    const { error } = /** @type {any} */ (await response.json());
    assert.deepEqual([error.code, error.outcome], ["unavailable", "not_placed"]);
    // When the handler is made, and for the request.
    assert.equal(lines.length, 2);
    for (const { where, message } of lines.map((line) => JSON.parse(line))) {
      assert.equal(where, "configuration");
      assert(message.includes(` ${path}: `), message);
    }
    assert.doesNotMatch(lines.join(), new RegExp(TOKEN));
  });
}

/** What people write first, and the words that lead them on. @type {[string, any, RegExp][]} */
const HINTS = [
  ["a slash behind an origin", { origins: ["https://www.example.com/"] }, /without a `\/` at its end/],
  ["a pattern for origins", { origins: ["https://*.example.com"] }, /no `\*` here: name each origin/],
  [
    "a slash behind that of an extension",
    { origins: ["chrome-extension://abcd/"] },
    /without a `\/` at its end/,
  ],
  ["a file as origin", { origins: ["null"] }, /Every file .* it is never allowed/],
  ["every origin", { origins: ["*"] }, /no `\*` here: name each origin/],
  ["a variable that is missing", { endpoints: { sales: { user: undefined } } }, /`undefined` is none/],
];
for (const [name, more, hint] of HINTS) {
  test(`${name}: the log says what to write`, async () => {
    /** @type {any[]} */
    const entries = [];
    await createHandler({ ...config(), log: (entry) => entries.push(entry), ...more })(post(right()));
    assert.match(entries[0].message, hint);
  });
}

test("an extension and an app may ask, by the origin that browsers send of them", async () => {
  for (const origin of ["chrome-extension://abcdefghijklmnopabcdefghijklmnop", "capacitor://localhost"]) {
    const asked = new Request("http://localhost/", { method: "OPTIONS", headers: { origin } });
    const response = await createHandler({ ...config(), origins: [origin] })(asked);
    assert.equal(response.headers.get("access-control-allow-origin"), origin);
  }
});

test("a framework that gives something new with each request has one configuration", async () => {
  /** @type {unknown[]} */
  const asked = [];
  /** @type {any[]} */
  const entries = [];
  const given = {
    ...config(),
    log: (/** @type {object} */ entry) => entries.push(entry),
    visitor: (/** @type {Request} */ _, /** @type {any} */ { address }) => address,
  };
  const ofObject = /** @type {any} */ (createHandler(given));
  const ofFunction = /** @type {any} */ (
    createHandler((env) => {
      asked.push(env);
      return config();
    })
  );
  for (const more of [{ params: undefined }, { params: Promise.resolve({}) }]) {
    await ofFunction(post(right()), more);
    await ofObject(post(right()), { address: "198.51.100.7", ...more });
  }
  // As Next does it: what it gives is no environment.
  assert.deepEqual(asked, [process.env]);
  assert.equal(entries.filter(({ event }) => event === "guard").length, 1);
  const visitors = entries.filter(({ event }) => event === "call").map(({ visitor }) => visitor);
  assert.deepEqual(visitors, ["198.51.100.7", "198.51.100.7"]);
});

test("a handler that is given what is no request says what to do", async () => {
  const handler = /** @type {any} */ (createHandler(config()));
  for (const none of [undefined, {}, { headers: { origin: ORIGIN } }]) {
    await assert.rejects(
      handler(none, {}),
      /^TypeError: A handler takes a `Request`. In Node .*nodeListener/,
    );
  }
});

for (const [takesIt, make] of /** @type {[boolean, (env?: any) => any][]} */ ([
  [true, (env) => ({ ...config(), authToken: env.KAZOO_TOKEN })],
  [false, () => ({ ...config(), authToken: /** @type {any} */ (undefined).KAZOO_TOKEN })],
])) {
  const says = takesIt ? "says so" : "does not ask for it where its configuration takes none";
  test(`a handler that a worker does not give its environment ${says}`, async (context) => {
    /** @type {any[]} */
    const entries = [];
    context.mock.method(console, "log", (/** @type {string} */ line) => entries.push(JSON.parse(line)));
    const handler = createHandler(make);
    // Node gives its own.
    const { env } = process;
    Object.assign(process, { env: undefined });
    try {
      assert.equal((await handler(post(right()))).status, 503);
    } finally {
      process.env = env;
    }
    assert.deepEqual(
      entries.map(({ where, name }) => [where, name]),
      [["configuration", takesIt ? "QuickcallError" : "TypeError"]],
    );
    if (takesIt) assert.match(entries[0].message, / env: .*`handler\(request, env, context\)`/);
    else assert.equal(entries[0].message, undefined);
  });
}

test("a guard whose binding is missing is told as such", async () => {
  const told = async (/** @type {object} */ more) => {
    /** @type {any[]} */
    const entries = [];
    await createHandler({ ...config(), log: (entry) => entries.push(entry), ...more })(post(right()));
    return entries.find(({ event }) => event === "guard").message;
  };
  assert.match(await told({ guard: undefined }), /^`guard` is `undefined`: is its binding missing\?/);
  assert.match(await told({}), /^The guard is in memory/);
});

test("a wrong configuration is told to visitors in the words for all that is away", async () => {
  const log = () => {};
  const ask = async (/** @type {object} */ more) => {
    const response = await createHandler({ ...config(), log, ...more })(post(right()));
    const { idempotencyKey, ...rest } = /** @type {any} */ (await response.json());
    return rest;
  };
  assert.deepEqual(await ask({ origins: [] }), await ask({ guard: failingGuard(1) }));
});

test("what is no handler or no database is refused where it is given, and not with each call", async () => {
  for (const none of /** @type {any[]} */ ([undefined, config(), { fetch: createHandler(config()) }])) {
    assert.throws(() => nodeListener(none), /^TypeError: nodeListener\(\) takes a handler/);
  }
  for (const none of /** @type {any[]} */ ([undefined, null, {}, Promise.resolve({})])) {
    assert.throws(() => denoKv(none), /^TypeError: denoKv\(\) takes an open database/);
  }
});

test("the log says that a framework has read the body before, and nothing is placed", async () => {
  /** @type {import("#quickcall/edge").LogEntry[]} */
  const entries = [];
  const handler = createHandler({ ...config(), guard: memoryStore(), log: (entry) => entries.push(entry) });
  const listener = nodeListener(handler);
  const server = createHttpServer(async (incoming, outgoing) => {
    for await (const _ of incoming.iterator({ destroyOnReturn: false }));
    await listener(incoming, outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const read = post(right());
  await read.text();
  try {
    const answers = [
      (await handler(read)).status,
      (await press(`http://127.0.0.1:${port}/`, { body: right() })).status,
      (await press(`http://127.0.0.1:${port}/`, { body: "" })).status,
    ];
    assert.deepEqual(answers, [400, 400, 400]);
  } finally {
    server.close();
  }
  const problems = entries.filter(({ event }) => event === "problem");
  assert.deepEqual(
    problems.map(({ where }) => where),
    ["handler", "handler"],
  );
  for (const { message } of problems) assert.match(String(message), /body of the request was read before/);
});

/** @type {[string, any, string[]][]} */
const RISKY = [
  ["no guard and no limits", { limits: undefined }, ["guard", "limits"]],
  ["limits that are none", { limits: {}, guard: memoryStore() }, ["limits"]],
  ["a limit that is not set", { limits: { total: undefined }, guard: memoryStore() }, ["limits"]],
  ["a guard and a limit", { limits: { total: "500/day" }, guard: memoryStore() }, []],
];
for (const [name, more, warned] of RISKY) {
  test(`${name}: the log warns of ${warned.join(" and ") || "nothing"} once, and calls are placed`, async () => {
    /** @type {any[]} */
    const entries = [];
    const handler = createHandler({ ...config(), log: (entry) => entries.push(entry), ...more });
    for (let count = 0; count < 2; count++) assert.equal((await handler(post(right()))).status, 200);
    const warnings = entries.filter(({ level }) => level === "warning");
    assert.deepEqual(
      warnings.map(({ event }) => event),
      warned,
    );
  });
}

for (const way of ["a call", "a token"])
  test(`a server that cannot be asked for ${way}: the log has the runtime's code of it, and the visitor has not`, async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    server.close();
    await once(server, "close");
    const baseUrl = `http://127.0.0.1:${port}/v2`;
    const isCall = way === "a call";
    /** @type {any[]} */
    const entries = [];
    const handler = createHandler({
      ...config(),
      baseUrl,
      authToken: isCall ? TOKEN : apiToken({ baseUrl, apiKey: TOKEN }),
      log: (entry) => entries.push(entry),
    });
    const response = await handler(post(right()));
    assert.equal(response.status, isCall ? 504 : 502);
    assert.doesNotMatch(await response.text(), /ECONN/);
    const [entry] = entries.filter(({ event }) => event === "call");
    assert.deepEqual([entry.decision, entry.cause], [isCall ? "network" : "token_failed", "ECONNREFUSED"]);
    assert.doesNotMatch(JSON.stringify(entries), new RegExp(TOKEN));
  });
