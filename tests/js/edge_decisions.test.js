/**
 * The checks of the handler, in their order: each has its code and status, and nothing reaches the server when it or an
 * earlier one fails.
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { apiToken } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import {
  ACCOUNT,
  config,
  failingGuard,
  handler,
  log,
  right,
  simulator,
  TOKEN,
  USER,
} from "./harness/checked_handler.js";
import { freshKey, ORIGIN, press, serve } from "./harness/handler.js";

/** @import { EdgeConfig, LogEntry } from "#quickcall/edge" */

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
  assert.deepEqual(Object.keys(json).sort(), ["callIds", "idempotencyKey", "requestId", "state"]);
  assert.equal(json.state, "started");
  assert.equal(headers["access-control-allow-origin"], ORIGIN);
  const calls = await simulator.calls();
  assert.deepEqual(
    calls.map(({ dialled }) => dialled),
    [body.number],
  );
  assert.equal(calls[0].options.custom_application_vars.page, "pricing");
});

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
  [
    "the guard gives a call in flight that cannot be read",
    { guard: givingGuard([undefined, "garbage"]), limits: {}, verify: undefined },
    "unavailable",
  ],
  [
    "the guard gives what is no count",
    {
      guard: givingGuard([undefined, undefined, "garbage"]),
      limits: { total: "9/day" },
      verify: undefined,
    },
    "unavailable",
  ],
  ["authToken throws", { authToken: () => Promise.reject(new Error(TOKEN)) }, "token_failed"],
  ["authToken gives no token", { authToken: () => "two\nlines" }, "token_failed"],
];
/** An API key that the server does not know, and a server that is none. @type {[string, any, RegExp][]} */
const NO_TOKENS = [
  ["a wrong key", { apiKey: TOKEN }, /gave none for the API key/],
  ["no server", { apiKey: TOKEN, baseUrl: "http://internal.example.com" }, /baseUrl: /],
];
for (const [name, more, logged] of NO_TOKENS) {
  test(`${name}: the log says why there is no token, and the visitor is not told`, async () => {
    for (const onlyAfterRefusal of [false, true]) {
      const { baseUrl } = config();
      const renew = apiToken({ baseUrl, ...more });
      const authToken = (/** @type {any} */ reason) =>
        onlyAfterRefusal && reason === "call" ? "a-token" : renew(reason);
      const failing = await serve(createHandler(config({ authToken })));
      try {
        const { json, text } = await press(failing.url, {
          body: right(),
          headers: { "idempotency-key": freshKey() },
        });
        assert.deepEqual(
          [json.error.code, json.error.outcome, json.error.issues],
          ["token_failed", "not_placed", []],
        );
        assert.doesNotMatch(text, /API key|baseUrl|internal/);
        assert.match(log.at(-1)?.message ?? "", logged);
        assert.doesNotMatch(text + JSON.stringify(log), new RegExp(TOKEN));
        for (const { call_ids } of await simulator.calls()) assert.deepEqual(call_ids, []);
      } finally {
        failing.close();
      }
    }
  });
}
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

test("the log says which page was refused, where its browser told it, and of no other request", async () => {
  const asked = [undefined, "null", "https://preview.example.com", `https://${"a".repeat(300)}.example`];
  for (const origin of asked) {
    const preflight = { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } };
    for (const request of [preflight, { body: right(), headers: { origin } }]) {
      log.length = 0;
      await press(handler.url, request);
      assert.deepEqual(
        log.map((entry) => [entry.decision, entry.origin]),
        [["origin_refused", origin?.slice(0, 256)]],
      );
    }
  }
  log.length = 0;
  await press(handler.url, { body: right() });
  assert.deepEqual(
    log.map((entry) => [entry.decision, "origin" in entry]),
    [["started", false]],
  );
});

test("the log says what was wrong with a request, and no text of the visitor's own", async () => {
  const asked = [
    [{ ...right(), cidName: "me" }, "cidName not_allowed", "invalid"],
    [{ ...right(), number: "(" }, "number undialable", "invalid"],
    [{ endpoint: "sales" }, "number required", "bad_request"],
    [{ ...right(), timeuot: 5 }, "timeuot unknown_key", "bad_request"],
    [{ ...right(), 4155550100: 5 }, "? unknown_key", "bad_request"],
    [{ ...right(), "a\u009b2J": 5 }, "? unknown_key", "bad_request"],
    ["{", "? wrong_type", "bad_request"],
  ];
  for (const [body, issue, decision] of asked) {
    log.length = 0;
    await press(handler.url, { body });
    assert.deepEqual(
      log.map((entry) => [entry.decision, entry.issue]),
      [[decision, issue]],
    );
  }
  log.length = 0;
  await press(handler.url, { body: right(), headers: { "idempotency-key": undefined } });
  await press(handler.url, { body: { ...right(), endpoint: "nobody" } });
  await press(handler.url, { body: right() });
  assert.deepEqual(
    log.map((entry) => [entry.decision, "issue" in entry && entry.issue]),
    [
      ["bad_request", "Idempotency-Key required"],
      ["unknown_endpoint", "nobody unknown_endpoint"],
      ["started", false],
    ],
  );
});

test("the log says which page gave the name of an endpoint that is none, and a name that may be one", async () => {
  for (const [endpoint, told] of [
    ["salse", "salse"],
    ["+14155550100", "?"],
    ["a\u009b2J", "?"],
    ["a".repeat(33), "?"],
  ]) {
    log.length = 0;
    await press(handler.url, { body: { ...right(), endpoint } });
    assert.deepEqual(
      log.map((entry) => [entry.decision, entry.issue, entry.origin, entry.endpoint]),
      [["unknown_endpoint", `${told} unknown_endpoint`, ORIGIN, undefined]],
    );
  }
});

test("nothing that a terminal obeys comes into the log with an origin", async () => {
  log.length = 0;
  await press(handler.url, { body: right(), headers: { origin: "https://\u009b2J\u00e9 .example" } });
  assert.equal(log.length, 1);
  assert.match(log[0]?.origin ?? "", /^https:\/\/\?+2J\?+\.example$/);
});

test("nothing that a terminal obeys comes onto the console with the name of a visitor", async (context) => {
  const visitor = "J\u00f6rg\u007f\u0085\u009b2J\u2028\u202e\u2066\n\u001b[2J";
  const { log: _, ...more } = config({ visitor: () => visitor, dryRun: true });
  const lines = context.mock.method(console, "log", () => {});
  const logging = await serve(createHandler(more));
  try {
    await press(logging.url, { body: right() });
    const line = String(lines.mock.calls.at(-1)?.arguments[0]);
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}]/u);
    assert.equal(JSON.parse(line).visitor, "J\u00f6rg???2J???\n\u001b[2J");
  } finally {
    logging.close();
  }
});

test("the log says why a phone was not reached, and which request of the server's that was", async () => {
  const { json } = await press(handler.url, { body: { ...right(), number: "+14155550101" } });
  assert.deepEqual(
    log.map(({ decision, hangupCause, message }) => [decision, hangupCause, message]),
    [["originate_failed", json.error.hangupCause, undefined]],
  );
  assert.equal(json.error.hangupCause, "USER_BUSY");
  assert.match(String(log[0]?.requestId), /^[0-9a-f]{32}$/);
});

test("a connection that failed is no problem of the token, and a token that is none has no cause", async () => {
  /** @type {[Partial<EdgeConfig>, string, boolean][]} */
  const failures = [
    [{ fetch: () => Promise.reject(new TypeError("refused")) }, "network", false],
    [{ authToken: () => "two\nlines" }, "token_failed", true],
  ];
  for (const [more, code, hasMessage] of failures) {
    log.length = 0;
    const failing = await serve(createHandler(config(more)));
    try {
      await press(failing.url, { body: right(), headers: { "idempotency-key": freshKey() } });
      assert.deepEqual(
        log
          .filter(({ event }) => event !== "guard")
          .map(({ event, decision, message }) => [event, decision, message !== undefined]),
        [["call", code, hasMessage]],
      );
    } finally {
      failing.close();
    }
  }
});

test("each page has its own headers, whatever was answered before", async () => {
  const origins = [ORIGIN, "https://other.example.com"];
  const both = await serve(createHandler(config({ origins })));
  const id = `quickcall-${"a".repeat(32)}`;
  /** The headers that pages may read and caches obey. @param {import("node:http").IncomingHttpHeaders} headers */
  const told = (headers) =>
    Object.fromEntries(
      Object.entries(headers).filter(([name]) =>
        /^(access-|cache-|vary|content-type|retry-|x-request)/.test(name),
      ),
    );
  const usual = {
    "access-control-expose-headers": "Retry-After",
    "cache-control": "no-store",
    "content-type": "application/json",
    vary: "Origin",
  };
  try {
    for (const origin of [...origins, ...origins]) {
      const own = { ...usual, "access-control-allow-origin": origin };
      const headers = { origin, "x-test-visitor": `of ${origin}` };
      const { status, headers: placed } = await press(both.url, { body: right(), headers });
      assert.deepEqual([status, told(placed)], [200, own]);
      const again = await press(both.url, { body: right(), headers: { ...headers, "x-request-id": id } });
      assert.deepEqual(told(again.headers), {
        ...own,
        "x-request-id": id,
        // The limit is 3 a minute: the second page of two is over it.
        ...(again.status === 429 ? { "retry-after": again.headers["retry-after"] } : {}),
      });
    }
    const { headers } = await press(both.url, {
      body: right(),
      headers: { origin: "https://evil.example.com" },
    });
    assert.deepEqual(told(headers), {
      "cache-control": "no-store",
      "content-type": "application/json",
      vary: "Origin",
    });
  } finally {
    both.close();
  }
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
  assert.match(String(requestId), /^[0-9a-f]{32}$/);
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
