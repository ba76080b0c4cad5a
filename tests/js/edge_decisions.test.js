/**
 * The checks of the handler, in their order: each has its code and status, and nothing reaches the server when it or an
 * earlier one fails.
 * @module
 */

import assert from "node:assert/strict";
import { after, before, beforeEach, mock, test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { freshKey, memoryStore, ORIGIN, press, serve } from "./harness/handler.js";
import { startSimulator } from "./harness/simulator.js";

/** @import { EdgeConfig, LogEntry } from "#quickcall/edge" */

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-edge-41";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
/** @type {LogEntry[]} */
let log = [];
let next = 1000;

/**
 * @param {Partial<EdgeConfig>} [more]
 * @returns {EdgeConfig}
 */
const config = (more) => ({
  baseUrl: simulator.baseUrl,
  accountId: ACCOUNT,
  authToken: TOKEN,
  endpoints: { sales: { user: USER } },
  origins: [ORIGIN],
  destinations: { allow: ["+1415", "+1900", "+4420"], deny: ["+1900"], extensions: false },
  visitorOptions: ["customApplicationVars"],
  limits: { perVisitor: "3/min" },
  visitor: (request) => request.headers.get("x-test-visitor") ?? `visitor-${next++}`,
  verify: async (_, body) => body.verification === "passed",
  log: (entry) => log.push(entry),
  ...more,
});

const right = () => ({ endpoint: "sales", number: `+1415555${next++}`, verification: "passed" });

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  handler = await serve(createHandler(config()));
  // The limit of this visitor is used up.
  for (let count = 0; count < 3; count++) {
    const { status } = await press(handler.url, { body: right(), headers: { "x-test-visitor": "full" } });
    assert.equal(status, 200);
  }
});
after(async () => {
  handler.close();
  await simulator.stop();
});
beforeEach(async () => {
  await simulator.clear();
  log = [];
});

/**
 * The checks in their order: what breaks each, and what it says.
 * @typedef {{ method?: string, headers: Record<string, string | undefined>, body: any, padding?: number }} Draft
 * @type {{ name: string, code: string, status: number, breaks: (draft: Draft) => void }[]}
 */
const CHECKS = [
  {
    name: "method",
    code: "method_not_allowed",
    status: 405,
    breaks: (draft) => {
      draft.method = "PUT";
    },
  },
  {
    name: "content type",
    code: "unsupported_media_type",
    status: 415,
    breaks: (draft) => {
      draft.headers["content-type"] = "text/plain";
    },
  },
  {
    name: "size",
    code: "too_large",
    status: 413,
    breaks: (draft) => {
      draft.padding = 4096;
    },
  },
  {
    name: "origin",
    code: "origin_refused",
    status: 403,
    breaks: (draft) => {
      draft.headers.origin = "https://www.example.com.evil.example";
    },
  },
  {
    name: "shape",
    code: "bad_request",
    status: 400,
    breaks: (draft) => {
      draft.body.colour = "red";
    },
  },
  {
    name: "key",
    code: "bad_request",
    status: 400,
    breaks: (draft) => {
      draft.headers["idempotency-key"] = "short";
    },
  },
  {
    name: "endpoint",
    code: "unknown_endpoint",
    status: 404,
    breaks: (draft) => {
      draft.body.endpoint = "support";
    },
  },
  {
    name: "options",
    code: "invalid",
    status: 400,
    breaks: (draft) => {
      draft.body.timeout = 20;
    },
  },
  {
    name: "destination",
    code: "destination_refused",
    status: 403,
    breaks: (draft) => {
      draft.body.number = "+1 900 555 0100";
    },
  },
  {
    name: "verification",
    code: "verification_failed",
    status: 403,
    breaks: (draft) => {
      draft.body.verification = "wrong";
    },
  },
  {
    name: "limits",
    code: "limited",
    status: 429,
    breaks: (draft) => {
      draft.headers["x-test-visitor"] = "full";
    },
  },
];

/** @param {Draft} draft */
function send({ method = "POST", headers, body, padding = 0 }) {
  return press(handler.url, { method, headers, body: JSON.stringify(body) + " ".repeat(padding) });
}

for (const [place, check] of CHECKS.entries()) {
  test(`${check.name}: ${check.status} ${check.code}, and nothing reaches the server`, async () => {
    /** @type {Draft} */
    const draft = { headers: {}, body: right() };
    check.breaks(draft);
    const { status, json, headers, text } = await send(draft);
    assert.deepEqual([status, json.error.code, json.error.outcome], [check.status, check.code, "not_placed"]);
    assert.equal(typeof json.error.message, "string");
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers.vary, "Origin");
    assert.equal(headers["access-control-allow-origin"], check.name === "origin" ? undefined : ORIGIN);
    assert.doesNotMatch(text, new RegExp(`${TOKEN}|${USER}|${ACCOUNT}`));
    assert.deepEqual(await simulator.calls(), []);
    assert.equal(log.length, 1);
    assert.deepEqual([log[0]?.decision, log[0]?.status], [check.code, check.status]);
  });

  test(`${check.name} is judged before all that comes after it`, async () => {
    for (const later of CHECKS.slice(place + 1)) {
      /** @type {Draft} */
      const draft = { headers: {}, body: right() };
      check.breaks(draft);
      later.breaks(draft);
      const { status, json } = await send(draft);
      assert.deepEqual([status, json.error.code], [check.status, check.code], `with ${later.name}`);
    }
    assert.deepEqual(await simulator.calls(), []);
  });
}

test("a request that passes every check is dialled once", async () => {
  const body = { ...right(), customApplicationVars: { page: "pricing" } };
  const { status, json, headers } = await press(handler.url, { body });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json).sort(), ["callIds", "requestId", "state"]);
  assert.equal(json.state, "started");
  assert.equal(headers["access-control-allow-origin"], ORIGIN);
  const calls = await simulator.calls();
  assert.deepEqual(
    calls.map(({ dialled }) => dialled),
    [body.number],
  );
  assert.equal(calls[0].options.custom_application_vars.page, "pricing");
});

test("a known key gets its record before endpoint, options, destination, verification and limits are looked at", async () => {
  // Two handlers with one memory: the second allows nothing that the first allowed.
  const store = memoryStore();
  const first = await serve(createHandler(config({ guard: store })));
  const second = await serve(
    createHandler(
      config({
        guard: store,
        endpoints: { other: { user: USER } },
        destinations: { allow: [] },
        visitorOptions: [],
        verify: () => false,
        limits: { total: "1/day" },
      }),
    ),
  );
  try {
    const headers = { "idempotency-key": freshKey() };
    const body = { ...right(), customApplicationVars: { page: "pricing" } };
    const answer = await press(first.url, { body, headers });
    assert.equal(answer.status, 200);
    const repeated = await press(second.url, { body, headers });
    assert.deepEqual([repeated.status, repeated.text], [answer.status, answer.text]);
    assert.equal(log.at(-1)?.repeat, true);
    assert.equal((await simulator.calls()).length, 1);
    // A new verification and another spelling of the same number are the same call.
    const same = { ...body, verification: "another", number: body.number.replace("+1415", "+1 (415) ") };
    assert.equal((await press(first.url, { body: same, headers })).text, answer.text);
    for (const other of [
      { ...body, number: "+14155550100" },
      { ...body, endpoint: "other" },
      { ...body, customApplicationVars: { page: "other" } },
      { ...body, customApplicationVars: {} },
      { ...body, timeout: 20 },
    ]) {
      const { status, json } = await press(second.url, { body: other, headers });
      assert.deepEqual([status, json.error.code], [422, "key_mismatch"]);
    }
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    first.close();
    second.close();
  }
});

test("the same visitor, endpoint and number with another key is refused while the call is in flight", async () => {
  const headers = { "x-test-visitor": "impatient" };
  // 0106 takes 15 seconds, at this speed 0.75.
  const body = { ...right(), number: "+14155550106" };
  const [first, second] = await Promise.all([
    press(handler.url, { body, headers }),
    new Promise((resolve) => setTimeout(resolve, 200)).then(() => press(handler.url, { body, headers })),
  ]);
  assert.equal(first.status, 200);
  assert.deepEqual([second.status, second.json.error.code], [409, "duplicate"]);
  assert(Number(second.headers["retry-after"]) > 0);
  const third = await press(handler.url, { body, headers });
  assert.equal(third.status, 200);
  assert.equal((await simulator.calls()).length, 2);
});

test("a repeat waits for the answer of the first", async () => {
  const headers = { "idempotency-key": freshKey() };
  const body = { ...right(), number: "+14155550106" };
  const answers = await Promise.all(Array.from({ length: 20 }, () => press(handler.url, { body, headers })));
  assert.equal(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1);
  assert.equal(answers[0]?.status, 200);
  assert.equal((await simulator.calls()).length, 1);
});

test("a limit says when to come again, a refused request is not counted, and the window slides", async () => {
  const limited = await serve(
    createHandler(config({ limits: { perVisitor: "2/s" }, visitor: () => "one", verify: () => true })),
  );
  try {
    const ask = () => press(limited.url, { body: { endpoint: "sales", number: `+1415555${next++}` } });
    const start = Date.now();
    assert.equal((await ask()).status, 200);
    assert.equal((await ask()).status, 200);
    let refused = 0;
    for (;;) {
      const { status, json, headers } = await ask();
      if (status === 200) break;
      refused += 1;
      assert.deepEqual([status, json.error.code, headers["retry-after"]], [429, "limited", "1"]);
      assert.equal(json.error.retryAfter, 1);
      assert.equal(headers["access-control-expose-headers"], "Retry-After");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert(refused > 5);
    const passed = Date.now() - start;
    assert(passed >= 1000 && passed < 1600, `${passed} ms`);
  } finally {
    limited.close();
  }
});

for (const [name, first, second] of /** @type {[string, any, any][]} */ ([
  ["perDestination", { number: "+14155558001" }, { number: "+1 415 555 8001" }],
  ["perEndpoint", { number: "+14155558002" }, { number: "+14155558003" }],
  ["total", { number: "+14155558004" }, { number: "+14155558005", endpoint: "support" }],
])) {
  test(`the limit ${name} holds whoever asks`, async () => {
    const endpoints = { sales: { user: USER }, support: { user: USER } };
    const limited = await serve(createHandler(config({ endpoints, limits: { [name]: "1/day" } })));
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

/** Fails as `guard` would, `times` times. @param {number} times @param {number} [from] */
function failingGuard(times, from = 0) {
  const store = memoryStore();
  let count = 0;
  return {
    /** @type {import("#quickcall/edge").Store["update"]} */
    update(names, step) {
      count += 1;
      if (count > from && count <= from + times) throw new Error(`${TOKEN} in a guard's error`);
      return store.update(names, step);
    },
  };
}

/** Gives these, whatever it is asked for. @param {unknown[]} entries @returns {import("#quickcall/edge").Store} */
const givingGuard = (entries) => ({ update: (_, step) => step(/** @type {any[]} */ (entries)).result });

/** What the owner gave fails: code, whether the server may be asked. @type {[string, Partial<EdgeConfig>, string][]} */
const FAILING = [
  ["verify throws", { verify: () => Promise.reject(new Error(TOKEN)) }, "verification_failed"],
  [
    "verify gives something that is true, but not `true`",
    { verify: /** @type {any} */ (() => 1) },
    "verification_failed",
  ],
  [
    "visitor throws",
    {
      visitor: () => {
        throw new Error(TOKEN);
      },
    },
    "unavailable",
  ],
  ["the guard fails when the key is looked up", { guard: failingGuard(1) }, "unavailable"],
  ["the guard fails when the call is reserved", { guard: failingGuard(1, 1) }, "unavailable"],
  ["the guard gives what is no text", { guard: givingGuard([{ length: 2 ** 31 }]) }, "unavailable"],
  ["the guard gives a number", { guard: givingGuard([5]) }, "unavailable"],
  ["the guard gives too little", { guard: givingGuard([]) }, "unavailable"],
  ["authToken throws", { authToken: () => Promise.reject(new Error(TOKEN)) }, "token_failed"],
  ["authToken gives no token", { authToken: () => "two\nlines" }, "token_failed"],
];
for (const [name, more, code] of FAILING) {
  test(`${name}: ${code}, and nothing reaches the server`, async () => {
    const failing = await serve(createHandler(config(more)));
    try {
      const headers = { "idempotency-key": freshKey() };
      const body = right();
      const { json, text } = await press(failing.url, { body, headers });
      assert.deepEqual([json.error.code, json.error.outcome], [code, "not_placed"]);
      assert.deepEqual(await simulator.calls(), []);
      assert.doesNotMatch(text + JSON.stringify(log), new RegExp(TOKEN));
    } finally {
      failing.close();
    }
  });
}

test("the same call with another key waits for the ring time from when the call was sent", async () => {
  // The token takes its time, and the answer never comes.
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const authToken = () => {
    mock.timers.tick(9_000);
    return TOKEN;
  };
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    throw new TypeError("The connection died.");
  };
  const options = { timeout: 30 };
  const handler = await serve(createHandler(config({ authToken, fetch, options, limits: {} })));
  try {
    const body = right();
    const ask = async () => {
      const { json } = await press(handler.url, { body, headers: { "x-test-visitor": "slow" } });
      return json.error.code;
    };
    assert.equal(await ask(), "network");
    mock.timers.tick(29_500);
    assert.equal(await ask(), "duplicate");
    assert.equal(sent, 1);
    mock.timers.tick(1_000);
    assert.equal(await ask(), "network");
    assert.equal(sent, 2);
  } finally {
    mock.timers.reset();
    handler.close();
  }
});

test("a refusal before the call may have left leaves no record: the same key may be tried again", async () => {
  let works = false;
  const authToken = () => (works ? TOKEN : Promise.reject(new Error("no")));
  const limits = /** @type {const} */ ({ total: "1/day" });
  const flaky = await serve(createHandler(config({ authToken, limits })));
  try {
    const headers = { "idempotency-key": freshKey(), "x-test-visitor": "patient" };
    const body = right();
    const refused = await press(flaky.url, { body, headers });
    assert.deepEqual([refused.status, refused.json.error.code], [502, "token_failed"]);
    works = true;
    assert.equal((await press(flaky.url, { body, headers })).status, 200);
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    flaky.close();
  }
});

test("a repeat of a call that is under way says so, also when the guard fails meanwhile", async () => {
  const memory = memoryStore();
  let works = true;
  /** @type {(token: string) => void} */
  let giveToken = () => {};
  const authToken = () =>
    new Promise((/** @type {(token: string) => void} */ resolve) => {
      giveToken = resolve;
    });
  const guard = {
    known: 0,
    /** @type {import("#quickcall/edge").Store["update"]} */
    update(names, step) {
      if (names.length === 1) this.known += 1;
      if (!works) throw new Error("The database is away.");
      return memory.update(names, step);
    },
  };
  const failing = await serve(createHandler(config({ guard, authToken })));
  try {
    const headers = { "idempotency-key": freshKey() };
    const body = right();
    const first = press(failing.url, { body, headers });
    const looked = async (/** @type {number} */ times) => {
      for (let rest = 500; guard.known < times; rest--) {
        assert.ok(rest > 0, "the guard is not asked");
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await looked(1);
    const repeat = press(failing.url, { body, headers });
    await looked(3);
    works = false;
    const { status, json } = await repeat;
    assert.deepEqual([status, json.error.code, json.error.outcome], [409, "in_progress", "unknown"]);
    works = true;
    giveToken(TOKEN);
    assert.equal((await first).status, 200);
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    failing.close();
  }
});

test("a guard that fails after the call answers the visitor, and the key stays reserved", async () => {
  const guard = failingGuard(3, 2);
  const failing = await serve(createHandler(config({ guard, options: { timeout: 4 } })));
  try {
    const headers = { "idempotency-key": freshKey() };
    const body = right();
    assert.equal((await press(failing.url, { body, headers })).status, 200);
    assert(log.some(({ where }) => where === "guard"));
    // Nobody knows any more what came of it, but that it was begun.
    const { status, json } = await press(failing.url, { body, headers });
    assert([409, 504].includes(status), String(status));
    assert.equal(json.error.outcome, "unknown");
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    failing.close();
  }
});

test("a dry run checks and counts everything, and dials nothing", async () => {
  const dry = await serve(createHandler(config({ dryRun: true, limits: { total: "1/day" } })));
  try {
    const headers = { "idempotency-key": freshKey() };
    const body = right();
    const first = await press(dry.url, { body, headers });
    assert.deepEqual(
      [first.status, first.json.error.code, first.json.error.outcome],
      [503, "dry_run", "not_placed"],
    );
    assert.equal((await press(dry.url, { body, headers })).text, first.text);
    assert.equal((await press(dry.url, { body: right() })).json.error.code, "limited");
    assert.equal(
      (await press(dry.url, { body: { ...right(), number: "1" } })).json.error.code,
      "destination_refused",
    );
    assert.deepEqual(await simulator.calls(), []);
  } finally {
    dry.close();
  }
});

test("a preflight is answered for the pages that may ask, and for no other", async () => {
  const ask = (/** @type {string | undefined} */ origin) =>
    press(handler.url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  const { status, headers } = await ask(ORIGIN);
  assert.equal(status, 204);
  assert.equal(headers["access-control-allow-origin"], ORIGIN);
  assert.equal(headers["access-control-allow-methods"], "POST");
  assert.match(String(headers["access-control-allow-headers"]), /idempotency-key/i);
  assert.equal(headers.vary, "Origin");
  for (const origin of [
    undefined,
    "null",
    "*",
    "https://example.com",
    "http://www.example.com",
    `${ORIGIN}:443`,
    `${ORIGIN}/`,
  ]) {
    const { status, headers } = await ask(origin);
    assert.equal(status, 403);
    assert.equal(headers["access-control-allow-origin"], undefined);
    const post = await press(handler.url, { body: right(), headers: { origin } });
    assert.deepEqual([post.status, post.json.error.code], [403, "origin_refused"]);
  }
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"]) {
    const { status, headers } = await press(handler.url, { method });
    assert.equal(status, 405, method);
    assert.equal(headers.allow, "POST, OPTIONS");
  }
  assert.deepEqual(await simulator.calls(), []);
});

test("a log entry says what was decided, without the number and without a secret", async () => {
  const body = right();
  await press(handler.url, {
    body,
    headers: { "idempotency-key": "a-key-that-nobody-logs-1", "x-test-visitor": "2001:db8:1:2::7" },
  });
  const [entry, ...others] = log;
  assert.equal(others.length, 0);
  const { took, key, requestId, ...rest } = /** @type {LogEntry} */ (entry);
  assert.deepEqual(rest, {
    event: "call",
    endpoint: "sales",
    number: `+1415*****${body.number.slice(-2)}`,
    visitor: "2001:db8:1:2::/64",
    decision: "started",
    outcome: "placed",
    status: 200,
  });
  assert.match(String(key), /^[0-9a-f]{16}$/);
  assert.match(String(requestId), /^quickcall-[0-9a-f]{32}$/);
  assert.equal(typeof took, "number");
  assert.doesNotMatch(
    JSON.stringify(log),
    new RegExp(`${TOKEN}|${USER}|nobody-logs|${body.number.slice(1)}`),
  );
});

test("a log that fails changes nothing, and without a guard the log says that memory is one process only", async () => {
  /** @type {LogEntry[]} */
  const entries = [];
  const noisy = await serve(
    createHandler(
      config({
        log: (entry) => {
          entries.push(entry);
          throw new Error("full");
        },
      }),
    ),
  );
  try {
    assert.equal((await press(noisy.url, { body: right() })).status, 200);
    assert.match(String(entries[0]?.message), /this process only/);
  } finally {
    noisy.close();
  }
});

/** @type {[string, any, string][]} */
const WRONG = [
  ["no origins", { origins: undefined }, "origins"],
  ["empty origins", { origins: [] }, "origins"],
  ["a pattern as origin", { origins: ["https://*.example.com"] }, "origins.0"],
  ["no endpoints", { endpoints: undefined }, "endpoints"],
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
  ["a wrong option", { options: { timeout: 2 } }, "options.timeout"],
  ["a guard that is none", { guard: {} }, "guard"],
];
for (const [name, more, path] of WRONG) {
  test(`${name}: the configuration is refused as a whole, and nothing is placed`, async (context) => {
    /** @type {string[]} */
    const lines = [];
    context.mock.method(console, "log", (/** @type {string} */ line) => lines.push(line));
    const wrong = createHandler({ ...config(), ...more });
    const response = await wrong(
      new Request("http://localhost/", {
        method: "POST",
        headers: { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() },
        body: JSON.stringify(right()),
      }),
    );
    assert.equal(response.status, 503);
    const { error } = /** @type {any} */ (await response.json());
    assert.deepEqual([error.code, error.outcome], ["unavailable", "not_placed"]);
    assert.equal(lines.length, 1);
    const entry = JSON.parse(lines[0] ?? "");
    assert.equal(entry.where, "configuration");
    assert(entry.message.includes(` ${path}: `), entry.message);
    assert.doesNotMatch(lines.join(), new RegExp(TOKEN));
  });
}
