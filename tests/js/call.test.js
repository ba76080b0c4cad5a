import assert from "node:assert/strict";
import { getEventListeners, once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, mock, test } from "node:test";
import { apiToken, init, Quickcall, QuickcallError } from "#quickcall";
import { brokenSignal, ForeignController, NO_SIGNALS } from "./harness/signals.js";

const TOKEN = "canary-token-5f1d";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const DEVICE = "dddddddddddddddddddddddddddddddd";
const CALL_ID = `${"0123456789ab".repeat(3)}-quickcall`;

/** @type {{ method: string | undefined, url: string | undefined, headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
const received = [];
/** @type {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void} */
let answer = () => {};
let baseUrl = "";
let next = 1000;

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  received.push({ method: request.method, url: request.url, headers: request.headers, body });
  answer(request, response);
});

// A connection that it closes by itself would be lost to whoever uses it just then.
server.keepAliveTimeout = 600_000;

/**
 * @param {number} status
 * @param {unknown} body
 * @param {Record<string, string>} [headers]
 */
const reply = (status, body, headers = {}) => {
  answer = (_, response) => {
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
};

const started = {
  auth_token: TOKEN,
  status: "success",
  request_id: "r1",
  data: {
    application_name: "transfer",
    application_response: "SUCCESS",
    application_data: { route: "4155550100" },
    endpoints: [{ outbound_call_id: CALL_ID, custom_channel_vars: { auto_answer: true } }],
    outbound_caller_id_name: `Device ${TOKEN}`,
    outbound_caller_id_number: "4155550100",
    media: "process",
    ignore_early_media: true,
    timeout: 30,
    custom_application_vars: { crm: "42" },
  },
};

/** @param {Partial<import("#quickcall").Config>} [more] */
const client = (more) => new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN, ...more });
/** A call to a number that no test called before. */
const fresh = () => ({ device: DEVICE, number: String(next++) });

/**
 * @param {Promise<unknown>} promise
 * @param {string} code
 * @param {string} outcome
 */
async function fails(promise, code, outcome) {
  const error = await promise.then(
    (result) => assert.fail(`placed: ${JSON.stringify(result)}`),
    (error) => error,
  );
  assert(error instanceof QuickcallError, String(error));
  assert.deepEqual([error.code, error.outcome], [code, outcome]);
  assert.doesNotMatch(`${error.message}${JSON.stringify(error)}`, new RegExp(TOKEN));
  return error;
}

before(async () => {
  await init();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  baseUrl = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/v2`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
  reply(200, started);
});

test("a blocking call is one POST with the token in its header only", async () => {
  const result = await client().call({
    device: DEVICE,
    number: "(415) 555-0100",
    cidName: "Sales",
    timeout: 20,
  });
  assert.deepEqual(result, {
    state: "started",
    callIds: [CALL_ID],
    requestId: "r1",
    status: 200,
    warnings: [],
    originate: {
      route: "4155550100",
      media: "process",
      timeout: 30,
      ignoreEarlyMedia: true,
      autoAnswer: true,
      customApplicationVars: { crm: "42" },
      callerIdNumber: "4155550100",
    },
  });
  assert.equal(received.length, 1);
  const [request] = received;
  assert.equal(request?.method, "POST");
  assert.equal(request?.url, `/v2/accounts/${ACCOUNT}/devices/${DEVICE}/quickcall/4155550100`);
  assert.equal(request?.headers["x-auth-token"], TOKEN);
  assert.equal(request?.headers["content-type"], "application/json");
  assert.deepEqual(JSON.parse(request?.body ?? ""), { data: { "cid-name": "Sales", timeout: 20 } });
});

test("a non-blocking call is one GET", async () => {
  const result = await client().call({ ...fresh(), blocking: false });
  assert.equal(result.state, "accepted");
  assert.equal(received.length, 1);
  assert.equal(received[0]?.method, "GET");
  assert.equal(received[0]?.headers["content-type"], undefined);
});

for (const [status, code, outcome] of /** @type {[number, string, string][]} */ ([
  [400, "rejected", "not_placed"],
  [401, "unauthorized", "not_placed"],
  [403, "forbidden", "not_placed"],
  [404, "not_found", "not_placed"],
  [405, "rejected", "not_placed"],
  [408, "server_error", "unknown"],
  [413, "rejected", "not_placed"],
  [429, "rate_limited", "not_placed"],
  [500, "server_error", "unknown"],
  [503, "server_error", "unknown"],
  [304, "bad_response", "unknown"],
])) {
  test(`a status of ${status} is ${code}, sent once`, async () => {
    reply(status, status === 304 ? "" : "<html>", { "retry-after": "7" });
    const error = await fails(client().call(fresh()), code, outcome);
    assert.equal(error.status, status);
    assert.equal(error.retryAfter, 7);
    assert.equal(received.length, 1);
  });
}

for (const [name, body] of /** @type {[string, string][]} */ ([
  ["no JSON", "failure in request, contact support"],
  ["an array", "[]"],
  ["larger than a mebibyte", `{"data":"${"x".repeat(1 << 20)}"}`],
  ["nested too deep", `${'{"a":'.repeat(100)}1${"}".repeat(100)}`],
])) {
  test(`a success whose body is ${name} is bad_response`, async () => {
    reply(200, body);
    await fails(client().call(fresh()), "bad_response", "unknown");
    assert.equal(received.length, 1);
  });
}

test("a redirect is not followed", async () => {
  reply(307, "", { location: "/elsewhere" });
  await fails(client().call(fresh()), "bad_response", "unknown");
  assert.equal(received.length, 1);
});

test("a cut-off body is bad_response", async () => {
  answer = (_, response) => {
    response.writeHead(200, { "content-length": "5000" });
    response.write('{"status":"succ', () => response.destroy());
  };
  await fails(client().call(fresh()), "bad_response", "unknown");
});

test("a connection that dies before the answer is unknown, and nothing is sent again", async () => {
  answer = (request) => request.socket.destroy();
  await fails(client().call(fresh()), "network", "unknown");
  assert.equal(received.length, 1);
});

test("an answer that never comes ends at the deadline", async () => {
  answer = () => {};
  const call = { ...fresh(), blocking: false };
  await fails(client({ deadlineMargin: 0.2 }).call(call), "timeout", "unknown");
  assert.equal(received.length, 1);
});

test("a body that never ends ends at the deadline", async () => {
  answer = (_, response) => {
    response.writeHead(200);
    response.write("{");
  };
  await fails(client({ deadlineMargin: 0.2 }).call({ ...fresh(), blocking: false }), "timeout", "unknown");
});

test("a body that is longer than it was announced is read no further than the limit", async () => {
  let given = 0;
  const body = new ReadableStream({
    async pull(stream) {
      given += 1;
      await new Promise((resolve) => setTimeout(resolve));
      stream.enqueue(new Uint8Array(1 << 17).fill(0x20));
    },
  });
  const fetch = async () => new Response(body, { headers: { "content-length": "10" } });
  await fails(client({ fetch, deadlineMargin: 1 }).call(fresh()), "bad_response", "unknown");
  assert.ok(given < 16, String(given));
});

test("a body of empty chunks without end lets the call settle", async () => {
  let given = 0;
  const body = {
    getReader: () => ({
      read: async () => ({ done: ++given > 10_000_000, value: new Uint8Array(0) }),
      cancel: async () => {},
    }),
  };
  const fetch = /** @type {any} */ (async () => ({ status: 200, headers: new Headers(), body }));
  await fails(client({ fetch }).call(fresh()), "bad_response", "unknown");
  assert.ok(given < 20_000, String(given));
});

test("a wait that is very long is told as what a number of 32 bits holds", async () => {
  for (const wait of ["Fri, 31 Dec 9999 23:59:59 GMT", "99999999999", "9".repeat(400)]) {
    reply(429, "", { "retry-after": wait });
    const { retryAfter } = await fails(client().call(fresh()), "rate_limited", "not_placed");
    assert.equal(retryAfter, 999_999_999);
  }
});

test("abort: nothing is sent before, nothing is known after", async () => {
  const call = fresh();
  await fails(client().call(call, { signal: AbortSignal.abort("because") }), "aborted", "not_placed");
  assert.equal(received.length, 0);
  const controller = new AbortController();
  answer = () => controller.abort("because");
  await fails(client().call(call, { signal: controller.signal }), "aborted", "unknown");
  assert.equal(received.length, 1);
});

test("a 401 renews the token once, for a token function only", async () => {
  /** @type {string[]} */
  const reasons = [];
  answer = (request, response) => {
    const right = request.headers["x-auth-token"] === "new";
    response.writeHead(right ? 200 : 401);
    response.end(JSON.stringify(started));
  };
  const authToken = (/** @type {string} */ reason) => {
    reasons.push(reason);
    return reason === "unauthorized" ? "new" : "old";
  };
  assert.equal((await client({ authToken }).call(fresh())).state, "started");
  assert.deepEqual(reasons, ["call", "unauthorized"]);
  assert.equal(received.length, 2);
  await fails(client({ authToken: () => "old" }).call(fresh()), "unauthorized", "not_placed");
  assert.equal(received.length, 4);
});

test("a token that cannot be had is token_failed, and nothing is sent", async () => {
  const bad = [
    () => {
      throw new Error(TOKEN);
    },
    () => Promise.reject(TOKEN),
    () => "",
    () => "two\r\nlines: 1",
    () => /** @type {any} */ (undefined),
  ];
  for (const authToken of bad) await fails(client({ authToken }).call(fresh()), "token_failed", "not_placed");
  assert.equal(received.length, 0);
});

test("the same call is refused while it is under way, whatever the instance", async () => {
  const call = fresh();
  const results = await Promise.allSettled([client().call(call), client().call(call, { again: true })]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.equal(received.length, 1);
  await client().call(call);
  assert.equal(received.length, 2);
});

test("the same call is refused in its cool-down, and after an unknown outcome, unless again", async () => {
  const call = fresh();
  await client({ cooldown: 60 }).call(call);
  const error = await fails(client().call(call), "duplicate", "not_placed");
  assert(error.retryAfter && error.retryAfter <= 60);
  await client().call(call, { again: true });
  reply(500, "");
  await fails(client().call(call), "server_error", "unknown");
  await fails(client().call(call), "duplicate", "not_placed");
  assert.equal(received.length, 3);
});

const nonsense = /** @type {[string, any][]} */ ([
  [
    "throws at once",
    () => {
      throw new Error("no");
    },
  ],
  ["returns nothing", () => undefined],
  ["returns a number", () => 7],
  ["rejects with a string", () => Promise.reject("no")],
  ["rejects with nothing", () => Promise.reject()],
  ["answers a plain object", () => ({ ok: true, status: 200, json: async () => ({}) })],
  ["answers a status that is none", () => ({ status: "200", text: async () => "{}" })],
  ["never answers", () => new Promise(() => {})],
]);
for (const [name, fetch] of nonsense) {
  test(`a fetch that ${name}: the call settles, and its outcome is unknown`, async () => {
    const call = { ...fresh(), blocking: false };
    const error = await client({ fetch, deadlineMargin: 0.2 })
      .call(call)
      .catch((/** @type {unknown} */ e) => e);
    assert(error instanceof QuickcallError);
    assert.equal(error.outcome, "unknown");
  });
}

test("values that no JSON holds are issues, never a crash", () => {
  const quickcall = client();
  const throwing = {
    device: DEVICE,
    get number() {
      throw new Error("no");
    },
  };
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("no");
      },
    },
  );
  /** @type {any} */
  const cyclic = { device: DEVICE, number: "1001", customApplicationVars: {} };
  cyclic.customApplicationVars.self = cyclic;
  const bad = [undefined, null, 7, "x", [], new Map(), Symbol("x"), 1n, () => {}, throwing, proxy, cyclic];
  for (const call of /** @type {any[]} */ (bad)) {
    const errors = quickcall.validate(call).filter(({ severity }) => severity === "error");
    assert(errors.length > 0, String(call?.toString));
  }
  for (const value of [Number.NaN, 1n, Symbol("x"), () => {}, "\ud800", new Date(), ["a"]]) {
    const call = /** @type {any} */ ({ device: DEVICE, number: "1001", cidName: value });
    const errors = quickcall.validate(call).filter(({ severity }) => severity === "error");
    assert.equal(errors[0]?.path[0], "cidName");
  }
  assert.equal(quickcall.build({ device: DEVICE, number: "1001" }).number, "1001");
});

test("a name that means something to objects is a name like any other", () => {
  for (const name of ["__proto__", "constructor", "toJSON", "toString", "valueOf", "hasOwnProperty"]) {
    const call = JSON.parse(`{"device":"${DEVICE}","number":"1001","${name}":{"timeout":20}}`);
    const [issue] = client().validate(call);
    assert.deepEqual([issue?.code, issue?.path], ["unknown_key", [name]]);
    const vars = JSON.parse(`{"${name}":"x"}`);
    const { body } = client().build({ device: DEVICE, number: "1001", customApplicationVars: vars });
    assert(body?.includes(`{"${name}":"x"}`), body ?? "");
  }
});

test("a library that gives every array and object a toJSON changes nothing", () => {
  const prototypes = /** @type {any[]} */ ([Array.prototype, Object.prototype]);
  /** @type {(() => unknown)[]} */
  const ways = [
    () => "1001",
    () => ["1001"],
    () => {
      throw new Error("no");
    },
  ];
  const wrong = [["1001"], () => 1, 1n, undefined, Number.NaN, new Map(), Symbol("x"), { a: 1 }];
  for (const prototype of prototypes) {
    for (const toJSON of ways) {
      Object.defineProperty(prototype, "toJSON", { value: toJSON, configurable: true });
      try {
        for (const number of /** @type {any[]} */ (wrong)) {
          for (const numberFilter of [true, "(\\d+)"]) {
            const { code } = client().validate({ device: DEVICE, number, numberFilter })[0] ?? {};
            assert.equal(code, number === undefined ? "required" : "wrong_type");
          }
        }
        const numberFilter = /(\d+)x/i;
        assert.equal(client().build({ device: DEVICE, number: "1001X", numberFilter }).number, "1001");
      } finally {
        delete prototype.toJSON;
      }
    }
  }
});

test("a call that fills the stack leaves the instance as it was", () => {
  const quickcall = client();
  const call = { device: DEVICE, number: "call 1001", numberFilter: "([0-9]+)" };
  const deep = () => {
    try {
      quickcall.build(call);
    } catch {
      // The stack is full somewhere within.
    }
    deep();
  };
  assert.throws(deep, RangeError);
  assert.equal(quickcall.build(call).number, "1001");
  assert.deepEqual(quickcall.validate(call), []);
});

test("a call that is longer than a text can be is an issue", () => {
  const text = "x".repeat(2 ** 28);
  const vars = { a: text, b: text, c: text };
  const [issue] = client().validate({ device: DEVICE, number: "1001", customApplicationVars: vars });
  assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "unreadable value"]);
});

test("a call that has ended leaves no listener and no timer", async () => {
  answer = () => {};
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const controller = new AbortController();
  const placing = client().call(fresh(), { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await fails(placing, "aborted", "unknown");
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  assert.equal(timers(), before);
  reply(200, started);
  const { signal } = new AbortController();
  await client().call(fresh(), { signal });
  assert.equal(getEventListeners(signal, "abort").length, 0);
  assert.equal(timers(), before);
});

test("a list that claims to be very long is refused unread", () => {
  let asked = 0;
  const endless = new Proxy(/** @type {number[]} */ ([]), {
    get: () => ({ valueOf: () => (asked++ === 0 ? 1 : Number.POSITIVE_INFINITY) }),
  });
  assert.equal(
    client().validate(/** @type {any} */ ({ device: DEVICE, number: endless }))[0]?.code,
    "wrong_type",
  );
  const began = performance.now();
  const number = Object.assign([], { length: 4_000_000_000 });
  const [issue] = client().validate(/** @type {any} */ ({ device: DEVICE, number }));
  assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "array of over 10,000"]);
  assert(performance.now() - began < 1_000);
});

test("values that are many only because they stand in one another are not looked into without end", async () => {
  /** @type {unknown[]} */
  const cyclic = [];
  for (let place = 0; place < 5_000; place++) cyclic.push(cyclic);
  /** @type {Record<string, unknown>} */
  const wide = {};
  for (let place = 0; place < 20_001; place++) wide[`key${place}`] = 1;
  // A list of its own making, which would never end.
  const endless = Object.assign([1], {
    *[Symbol.iterator]() {
      for (;;) yield 1;
    },
  });
  const started = performance.now();
  for (const number of [cyclic, endless]) {
    const [issue] = client().validate(/** @type {any} */ ({ device: DEVICE, number }));
    assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "array"]);
  }
  const [issue] = client().validate(/** @type {any} */ (wide));
  assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "more than 20,000 values"]);
  assert.ok(performance.now() - started < 3_000);
});

test("apiToken asks once for calls at the same time, and again after a 401", async () => {
  let asked = 0;
  answer = (request, response) => {
    if (request.url === "/v2/api_auth") {
      asked += 1;
      response.end(JSON.stringify({ auth_token: `token-${asked}`, status: "success" }));
      return;
    }
    response.writeHead(request.headers["x-auth-token"] === "token-2" ? 200 : 401);
    response.end(JSON.stringify(started));
  };
  const authToken = apiToken({ baseUrl, apiKey: "k".repeat(64) });
  await Promise.all([1, 2, 3].map(() => client({ authToken }).call(fresh())));
  assert.equal(asked, 2);
  await fails(
    client({ authToken: apiToken({ baseUrl: "http://kazoo.example.com/v2", apiKey: "k" }) }).call(fresh()),
    "token_failed",
    "not_placed",
  );
});

test("what is no signal is invalid, and so are no options: nothing is sent", async () => {
  for (const signal of NO_SIGNALS) {
    const { issues } = await fails(client().call(fresh(), { signal }), "invalid", "not_placed");
    assert.deepEqual(issues[0]?.path, ["signal"]);
  }
  for (const how of /** @type {any[]} */ ([null, 5, "again"])) {
    const { issues } = await fails(client().call(fresh(), how), "invalid", "not_placed");
    assert.deepEqual(issues[0]?.path, ["how"]);
  }
  assert.equal(received.length, 0);
});

test("a signal that a library made works, and null is none", async () => {
  assert.equal((await client().call(fresh(), { signal: /** @type {any} */ (null) })).state, "started");
  const { signal } = new ForeignController();
  assert.equal((await client().call(fresh(), { signal })).state, "started");
  const before = new ForeignController();
  before.abort();
  await fails(client().call(fresh(), { signal: before.signal }), "aborted", "not_placed");
  assert.equal(received.length, 2);
  const during = new ForeignController();
  answer = () => during.abort();
  await fails(client().call(fresh(), { signal: during.signal }), "aborted", "unknown");
});

test("a signal that cannot be listened to leaves no timer behind", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  await fails(client().call(fresh(), { signal: brokenSignal() }), "network", "unknown");
  assert.equal(timers(), before);
});

test("apiToken keeps no token that cannot be one", async () => {
  const tokens = ["", "a b", "good-token"];
  answer = (request, response) => {
    const isToken = request.method === "PUT";
    response.writeHead(isToken ? 201 : 200);
    response.end(JSON.stringify(isToken ? { auth_token: tokens.shift(), status: "success" } : started));
  };
  const authToken = apiToken({ baseUrl, apiKey: "k".repeat(64) });
  for (let rest = 2; rest > 0; rest--) {
    await fails(client({ authToken }).call(fresh()), "token_failed", "not_placed");
  }
  assert.equal((await client({ authToken }).call(fresh())).state, "started");
  assert.equal(received.at(-1)?.headers["x-auth-token"], "good-token");
});

test("apiToken with what is no text is invalid, and the core goes on", async () => {
  const apiKey = "k".repeat(64);
  const wrong = /** @type {any[]} */ ([
    [undefined, "baseUrl"],
    [{ apiKey }, "baseUrl"],
    [{ apiKey, baseUrl: new URL(baseUrl) }, "baseUrl"],
    [{ apiKey, baseUrl: { length: 2 ** 31 } }, "baseUrl"],
    [{ baseUrl }, "apiKey"],
    [{ baseUrl, apiKey: 1n }, "apiKey"],
  ]);
  for (const [config, path] of wrong) {
    const { issues } = await fails(apiToken(config)("call"), "invalid", "not_placed");
    assert.deepEqual(issues[0]?.path, [path]);
  }
  assert.equal(Quickcall.filterNumber("(415) 555-0100"), "4155550100");
  assert.equal(received.length, 0);
});

test("the same call waits for the ring time from when the call was sent, not from when it was asked for", async () => {
  const now = performance.now.bind(performance);
  let passed = 0;
  mock.method(performance, "now", () => now() + passed);
  try {
    const authToken = () => {
      passed += 9_000;
      return TOKEN;
    };
    const call = { ...fresh(), timeout: 30 };
    answer = (request) => request.socket.destroy();
    await fails(client({ authToken }).call(call), "network", "unknown");
    passed += 29_500;
    const { retryAfter } = await fails(client({ authToken }).call(call), "duplicate", "not_placed");
    assert.equal(retryAfter, 1);
    assert.equal(received.length, 1);
    passed += 1_000;
    await fails(client({ authToken }).call(call), "network", "unknown");
    assert.equal(received.length, 2);
  } finally {
    mock.reset();
  }
});

test("what a caller gives throws when it is let go of: the call settles, and nothing is left to end the process", async () => {
  reply(200, started);
  const signal = {
    aborted: false,
    addEventListener() {},
    get removeEventListener() {
      throw new Error("It is broken.");
    },
  };
  const placed = await client().call(fresh(), { signal: /** @type {any} */ (signal) });
  assert.equal(placed.state, "started");
  const readers = [
    // No `cancel`, one that throws, and one that gives no promise.
    {},
    {
      cancel() {
        throw new Error("It is broken.");
      },
    },
    { cancel: () => 5 },
  ];
  for (const reader of readers) {
    const body = { getReader: () => ({ read: () => new Promise(() => {}), ...reader }) };
    const fetch = /** @type {any} */ (async () => ({ status: 200, headers: new Headers(), body }));
    const call = { ...fresh(), blocking: false };
    await fails(client({ fetch, deadlineMargin: 0.1 }).call(call), "timeout", "unknown");
  }
  // What throws in a listener is told a little later.
  await new Promise((resolve) => setTimeout(resolve, 50));
});

test("chunks that are no bytes are no answer, whatever they say of their length", async () => {
  const shorter = Object.defineProperty(new Uint8Array(4), "byteLength", { value: -1 });
  const values = [
    { byteLength: -1 },
    { byteLength: Number.NaN },
    "text",
    new ArrayBuffer(4),
    undefined,
    shorter,
  ];
  for (const value of values) {
    const body = {
      getReader: () => ({ read: async () => ({ done: false, value }), cancel: async () => {} }),
    };
    const fetch = /** @type {any} */ (async () => ({ status: 200, headers: new Headers(), body }));
    await fails(client({ fetch, deadlineMargin: 5 }).call(fresh()), "bad_response", "unknown");
  }
});

test("what is asked for besides the call and cannot be read is invalid", async () => {
  const how = {
    get again() {
      throw new Error("It is broken.");
    },
  };
  const { issues } = await fails(client().call(fresh(), /** @type {any} */ (how)), "invalid", "not_placed");
  assert.deepEqual(issues[0]?.path, ["how"]);
  assert.equal(received.length, 0);
});
