import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, mock, test } from "node:test";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { CALL_ID, PLACED } from "./harness/confirmed.js";
import { brokenSignal, ForeignController, NO_SIGNALS } from "./harness/signals.js";
import { hurry } from "./harness/soon.js";

/**
 * What the handler of this test does with the request of this number: 0 is the first of a test.
 * @typedef {(response: import("node:http").ServerResponse, request: import("node:http").IncomingMessage) => void} Answer
 */

/** @type {{ method: string | undefined, headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
const received = [];
/** @type {Answer[]} The last one is repeated. */
let answers = [];
let handler = "";
let next = 1000;

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const answer = answers[Math.min(received.length, answers.length - 1)];
  received.push({ method: request.method, headers: request.headers, body });
  answer?.(response, request);
});

/** @type {(status: number, body: unknown, headers?: Record<string, string>) => Answer} */
const reply =
  (status, body, headers = {}) =>
  (response) => {
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
const placed = reply(200, { ...PLACED, requestId: "r1" });
/** @type {(status: number, code: string, outcome: string, more?: object, headers?: Record<string, string>) => Answer} */
const refused = (status, code, outcome, more, headers) =>
  reply(status, { error: { code, outcome, message: `It was ${code}.`, issues: [], ...more } }, headers);
/** @type {Answer} */
const dies = (response) => response.destroy();
/** @type {Answer} */
const cutOff = (response) => {
  response.writeHead(200, { "content-length": "5000" });
  response.write('{"state":', () => response.destroy());
};
/** Nothing says how long it would have been. @type {Answer} */
const cutWithoutLength = (response) => {
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, { connection: "close" });
  response.write('{"state":', () => response.destroy());
};
/** @type {Answer} */
const silent = () => {};

/** @param {Partial<import("#quickcall").Config>} [more] */
const client = (more) => new Quickcall(/** @type {any} */ ({ handler, ...more }));
/** @type {("setTimeout" | "setInterval")[]} */
const TIMERS = ["setTimeout", "setInterval"];
const fresh = () => ({ endpoint: "sales", number: `+1415555${next++}` });

/**
 * @param {Promise<unknown>} promise
 * @param {string} code
 * @param {string} outcome
 * @returns {Promise<any>}
 */
async function fails(promise, code, outcome) {
  const error = await promise.then(
    (result) => assert.fail(`placed: ${JSON.stringify(result)}`),
    (error) => error,
  );
  assert(error instanceof QuickcallError, String(error));
  assert.deepEqual([error.code, error.outcome], [code, outcome], error.message);
  return error;
}

/** @param {() => unknown} work */
function issuesOf(work) {
  try {
    work();
  } catch (error) {
    return /** @type {any} */ (error).issues.map((/** @type {any} */ issue) => [
      issue.code,
      issue.path.join("."),
    ]);
  }
  return [];
}

/** Every request of this test had one key. */
function theKey() {
  const keys = new Set(received.map(({ headers }) => headers["idempotency-key"]));
  assert.equal(keys.size, 1);
  const [key] = keys;
  assert.match(String(key), /^[A-Za-z0-9_-]{8,128}$/);
  return key;
}

before(async () => {
  await init();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  handler = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/call`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
  answers = [placed];
});

test("a call is one POST of the number that will be dialled, with a key and no token", async () => {
  const call = {
    endpoint: "sales",
    number: "+1 (415) 555-0100",
    cidName: "Büro é",
    customApplicationVars: { page: "pricing", n: 5 },
    timeout: 20,
    verification: "a-bot-check",
  };
  assert.deepEqual(await client().call(call), {
    state: "started",
    callIds: [CALL_ID],
    requestId: "r1",
    status: 200,
    warnings: [],
    originate: { customApplicationVars: {} },
  });
  assert.equal(received.length, 1);
  const [request] = received;
  assert.equal(request?.method, "POST");
  assert.equal(request?.headers["content-type"], "application/json");
  assert.equal(request?.headers["x-auth-token"], undefined);
  assert.deepEqual(JSON.parse(request?.body ?? ""), {
    endpoint: "sales",
    number: "+14155550100",
    cidName: "Büro é",
    customApplicationVars: { page: "pricing", n: "5" },
    timeout: 20,
    verification: "a-bot-check",
  });
});

test("every call has a key of its own", async () => {
  const call = fresh();
  await client().call(call);
  await client().call(call);
  const [first, second] = received;
  assert.notEqual(first?.headers["idempotency-key"], second?.headers["idempotency-key"]);
});

test("a key has all its digits, also where they are zeros", () => {
  for (const [byte, digits] of /** @type {const} */ ([
    [0, "00"],
    [1, "01"],
    [255, "ff"],
  ])) {
    mock.method(crypto, "getRandomValues", (/** @type {Uint16Array} */ array) => {
      new Uint8Array(array.buffer).fill(byte);
      return array;
    });
    try {
      const { headers } = client().build(fresh());
      assert.equal(headers["Idempotency-Key"], digits.repeat(16));
    } finally {
      mock.reset();
    }
  }
});

test("build() gives the request to the handler, with a key, and curl needs no token", () => {
  const quickcall = client({ endpoint: "sales", options: { timeout: 20, numberFilter: "tel:(.*)" } });
  const request = quickcall.build({ number: "tel:+14155550100", blocking: false });
  const { "Idempotency-Key": key, ...headers } = request.headers;
  assert.match(String(key), /^[0-9a-f]{32}$/);
  assert.deepEqual(headers, { "Content-Type": "application/json" });
  assert.deepEqual(
    { ...request, headers: undefined },
    {
      method: "POST",
      url: handler,
      headers: undefined,
      body: '{"endpoint":"sales","number":"+14155550100","blocking":false,"timeout":20}',
      number: "+14155550100",
      warnings: [],
    },
  );
  assert.doesNotMatch(Quickcall.toCurl(request), /X-Auth-Token/);
  assert.match(Quickcall.toCurl(request), /Idempotency-Key: [0-9a-f]{32}/);
});

test("a handler and a server exclude each other, and each has its own names", () => {
  const server = { baseUrl: "https://kazoo.example.com/v2", accountId: "0".repeat(32) };
  const issues = (/** @type {any} */ config) => issuesOf(() => new Quickcall(config));
  assert.deepEqual(issues({ handler, ...server, authToken: "t" }), [
    ["not_allowed", "baseUrl"],
    ["not_allowed", "accountId"],
    ["not_allowed", "authToken"],
  ]);
  assert.deepEqual(issues({ handler, user: "a" }), [["not_allowed", "user"]]);
  assert.deepEqual(issues({ ...server, endpoint: "sales" }), [["not_allowed", "endpoint"]]);
  assert.deepEqual(issues({ handler: "http://edge.example.com/call" }), [["not_allowed", "handler"]]);
  assert.deepEqual(issues({ handler: "https://edge.example.com/call?a=b" }), [["invalid_url", "handler"]]);
  assert.deepEqual(issues({ handler: "/call" }), [["invalid_url", "handler"]]);
  assert.deepEqual(
    issuesOf(() => client().build(/** @type {any} */ ({ device: "a", number: "1001" }))),
    [
      ["unknown_key", "device"],
      ["required", "endpoint"],
    ],
  );
  const direct = new Quickcall(server);
  assert.deepEqual(
    issuesOf(() => direct.build(/** @type {any} */ ({ endpoint: "a", verification: "b", number: "1001" }))),
    [
      ["unknown_key", "endpoint"],
      ["unknown_key", "verification"],
      ["required", "device"],
    ],
  );
  assert.deepEqual(
    issuesOf(() => client().build({ endpoint: "e".repeat(65), number: "users", verification: "" })),
    [
      ["too_long", "endpoint"],
      ["undialable", "number"],
      ["required", "verification"],
    ],
  );
});

for (const [name, answer] of /** @type {[string, Answer][]} */ ([
  ["dies before the answer", dies],
  ["is cut off", cutOff],
  ["is cut off, and had no length", cutWithoutLength],
  ["is a gateway's page of an error", reply(502, "<html>")],
  ["says that the first is in progress", refused(409, "in_progress", "unknown", { retryAfter: 0 })],
])) {
  test(`a reply that ${name}: the handler is asked again with the same key and body`, async () => {
    answers = [answer, answer, placed];
    const { state } = await client().call(fresh());
    assert.equal(state, "started");
    assert.equal(received.length, 3);
    theKey();
    assert.equal(new Set(received.map(({ body }) => body)).size, 1);
  });
}

for (const [what, retryAfter, expected] of /** @type {const} */ ([
  ["after pauses that grow to four seconds", undefined, [0, 0.25, 0.75, 1.75, 3.75, 7.75, 11.75, 15.75]],
  ["not sooner than it says", 7, [0, 7, 14, 21]],
])) {
  test(`a handler that does not know yet is asked again ${what}`, async (context) => {
    const error = { code: "in_progress", outcome: "unknown", message: "It goes on.", retryAfter };
    let seconds = 0;
    /** When it was asked. @type {number[]} */
    const asked = [];
    /** @type {any} */
    const fetch = async () => {
      asked.push(seconds);
      const isLast = asked.length === expected.length;
      return isLast ? Response.json(PLACED) : Response.json({ error }, { status: 409 });
    };
    const work = () => {
      // What passes in truth is not counted.
      setInterval(() => {
        seconds += 0.25;
      }, 250);
      return client({ fetch }).call(fresh());
    };
    const how = { apis: TIMERS, measured: true, step: 0.25 };
    assert.equal((await hurry(context, work, 60, how)).value.state, "started");
    // A pause may begin at the next look at the clock only.
    for (const [place, least] of expected.entries()) {
      const at = asked[place] ?? -1;
      assert.ok(at >= least - 0.25 && at <= least + 0.25 * (place + 1), `${asked}`);
    }
  });
}

for (const [what, clock] of /** @type {const} */ ([
  ["a page that rested", performance],
  ["a machine that slept", Date],
])) {
  test(`a handler is not asked again by ${what} for longer than a call waits: nobody expects it any more`, async (context) => {
    const now = clock.now.bind(clock);
    let passed = 0;
    context.mock.method(clock, "now", () => now() + passed);
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      if (asked > 1) return Response.json(PLACED);
      setTimeout(() => {
        passed = 3_600_000;
      }, 20);
      throw new TypeError("fetch failed");
    };
    await fails(client({ fetch }).call(fresh()), "timeout", "unknown");
    assert.equal(asked, 1);
  });
}

test("what a key is told at last ends the doubt about its call, and not about another one's", async () => {
  const key = "a-key-of-the-test";
  for (const [second, code] of /** @type {const} */ ([
    [key, undefined],
    ["another-key-of-it", "duplicate"],
  ])) {
    const call = fresh();
    answers = [refused(504, "network", "unknown")];
    await fails(client().call(call, { key }), "network", "unknown");
    answers = [refused(502, "originate_failed", "not_placed")];
    const again = second === key ? {} : { again: true };
    await fails(client().call(call, { key: second, ...again }), "originate_failed", "not_placed");
    answers = [placed];
    const third = client().call(call);
    if (code) await fails(third, code, "not_placed");
    else assert.equal((await third).state, "started");
  }
});

test("a refusal whose words were cut is one all the same: nothing was placed, and nobody is asked again", async () => {
  for (const [status, code] of /** @type {const} */ ([
    [401, "unauthorized"],
    [404, "not_found"],
    [429, "rate_limited"],
    [418, "rejected"],
  ])) {
    received.length = 0;
    answers = [reply(status, '{"error":{"code":"limi')];
    await fails(client().call(fresh()), code, "not_placed");
    assert.equal(received.length, 1, code);
  }
});

test("a text of an answer is taken over up to 4,000 characters", async () => {
  for (const length of [4_000, 4_001]) {
    const message = "x".repeat(length);
    const isShort = length === 4_000;
    answers = [refused(403, "limited", "not_placed", { message })];
    const error = await fails(client().call(fresh()), isShort ? "limited" : "forbidden", "not_placed");
    assert.equal(error.message.includes(message), isShort);
    answers = [reply(200, JSON.stringify({ state: "started", callIds: [CALL_ID], requestId: message }))];
    assert.equal((await client().call(fresh())).requestId, isShort ? message : undefined);
  }
});

test("what the handler knows after a lost reply is reported, a failure too", async () => {
  answers = [dies, refused(502, "originate_failed", "not_placed", { hangupCause: "USER_BUSY" })];
  const error = await fails(client().call(fresh()), "originate_failed", "not_placed");
  assert.equal(error.hangupCause, "USER_BUSY");
  assert.equal(error.status, 502);
  assert.equal(error.message, "It was originate_failed.");
});

test("a refusal of the moment says nothing of a request whose reply was lost", async () => {
  const ofTheMoment = ["duplicate", "limited", "verification_failed", "unsupported_media_type", "too_large"];
  for (const code of [...ofTheMoment, "method_not_allowed", "origin_refused", "key_mismatch"]) {
    received.length = 0;
    answers = [dies, refused(403, code, "not_placed")];
    await fails(client().call(fresh()), code, "unknown");
    assert.equal(received.length, 2);
    answers = [refused(403, code, "not_placed")];
    await fails(client().call(fresh()), code, "not_placed");
  }
  answers = [dies, reply(404, "<html>")];
  received.length = 0;
  await fails(client().call(fresh()), "not_found", "unknown");
  // Nothing was sent then, and no record is left: the first request may still be on its way.
  received.length = 0;
  answers = [dies, refused(502, "token_failed", "not_placed")];
  await fails(client().call(fresh()), "token_failed", "unknown");
  answers = [refused(502, "token_failed", "not_placed")];
  await fails(client().call(fresh()), "token_failed", "not_placed");
});

test("what is refused each time says what became of a request whose reply was lost", async () => {
  for (const code of ["invalid", "destination_refused", "unknown_endpoint", "dry_run"]) {
    received.length = 0;
    answers = [dies, refused(403, code, "not_placed")];
    await fails(client().call(fresh()), code, "not_placed");
    assert.equal(received.length, 2);
  }
});

for (const [status, code] of /** @type {[number, string][]} */ ([
  [503, "unavailable"],
  // The body of the repeat came in part.
  [400, "bad_request"],
])) {
  test(`a handler that says ${code} is asked again, where a reply was lost before`, async () => {
    answers = [dies, refused(status, code, "not_placed"), placed];
    await client().call(fresh());
    assert.equal(received.length, 3);
    received.length = 0;
    answers = [refused(status, code, "not_placed")];
    await fails(client().call(fresh()), code, "not_placed");
    assert.equal(received.length, 1);
  });
}

test("what is not understood twice is no call of a key that is asked for again", async () => {
  answers = [refused(400, "bad_request", "not_placed")];
  await fails(client().call(fresh(), { key: "a-key-of-mine" }), "bad_request", "not_placed");
  assert.equal(received.length, 2);
  received.length = 0;
  answers = [dies, refused(400, "bad_request", "not_placed")];
  await fails(client().call(fresh()), "bad_request", "unknown");
  assert.equal(received.length, 3);
});

test("a key that has another call is told as that, where no reply was lost", async () => {
  answers = [refused(422, "key_mismatch", "not_placed")];
  await fails(client().call(fresh(), { key: "a-key-of-mine" }), "key_mismatch", "not_placed");
});

for (const [status, code, outcome] of /** @type {[number, string, string][]} */ ([
  [400, "bad_request", "not_placed"],
  [403, "origin_refused", "not_placed"],
  [403, "destination_refused", "not_placed"],
  [404, "unknown_endpoint", "not_placed"],
  [422, "key_mismatch", "not_placed"],
  [429, "limited", "not_placed"],
  [504, "unknown", "unknown"],
  [504, "unconfirmed", "unknown"],
])) {
  test(`the handler's ${code} is told as it is, asked once`, async () => {
    const issue = { severity: "error", code: "too_large", path: ["timeout"], message: "no", more: "x" };
    answers = [refused(status, code, outcome, { issues: [issue, 7], token: "x" }, { "retry-after": "7" })];
    const error = await fails(client().call(fresh()), code, outcome);
    assert.equal(error.status, status);
    assert.equal(error.retryAfter, 7);
    const { more: _, ...told } = issue;
    assert.deepEqual(error.issues, [told]);
    assert.equal(received.length, 1);
  });
}

for (const [status, code, outcome] of /** @type {[number, string, string][]} */ ([
  [200, "bad_response", "unknown"],
  [307, "bad_response", "unknown"],
  [401, "unauthorized", "not_placed"],
  [403, "forbidden", "not_placed"],
  [404, "not_found", "not_placed"],
  [429, "rate_limited", "not_placed"],
  [418, "rejected", "not_placed"],
])) {
  test(`a status of ${status} that is not the handler's is ${code}, asked once`, async () => {
    answers = [reply(status, "<html>", { location: "/elsewhere" })];
    await fails(client().call(fresh()), code, outcome);
    assert.equal(received.length, 1);
  });
}

for (const body of [
  { state: "started", callIds: [] },
  { state: "started", callIds: "x" },
  { state: "started", callIds: ["x"] },
  { state: "started", callIds: [CALL_ID, `${CALL_ID}\n`] },
  { state: "started", callIds: [`<b>${CALL_ID}`] },
  { state: "ringing", callIds: [CALL_ID] },
  { error: { code: "limited", outcome: "fine", message: "x" } },
  [],
]) {
  test(`${JSON.stringify(body)} claims no call`, async () => {
    answers = [reply(200, body)];
    await fails(client().call(fresh()), "bad_response", "unknown");
  });
}

test("everything together ends at the deadline", async () => {
  const soon = { deadlineMargin: 0.7 };
  const call = () => ({ ...fresh(), blocking: false });
  const start = Date.now();
  answers = [dies];
  await fails(client(soon).call(call()), "network", "unknown");
  assert(received.length >= 2);
  theKey();
  answers = [silent];
  await fails(client(soon).call(call()), "timeout", "unknown");
  answers = [refused(409, "in_progress", "unknown")];
  await fails(client(soon).call(call()), "in_progress", "unknown");
  answers = [dies, silent];
  await fails(client(soon).call(call()), "timeout", "unknown");
  assert(Date.now() - start < 4_000);
});

test("abort: nothing is sent before, nothing is known after, and nothing is asked again", async () => {
  await fails(client().call(fresh(), { signal: AbortSignal.abort() }), "aborted", "not_placed");
  // The key may have been sent before.
  const how = { signal: AbortSignal.abort(), key: crypto.randomUUID() };
  await fails(client().call(fresh(), how), "aborted", "unknown");
  assert.equal(received.length, 0);
  const early = new AbortController();
  answers = [() => early.abort("because")];
  await fails(client().call(fresh(), { signal: early.signal }), "aborted", "unknown");
  const late = new AbortController();
  answers = [dies];
  received.length = 0;
  setTimeout(() => late.abort(), 100);
  await fails(client().call(fresh(), { signal: late.signal }), "aborted", "unknown");
  const asked = received.length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(received.length, asked);
});

test("after an unknown outcome the old key asks what became of the call", async () => {
  const call = { ...fresh(), blocking: false };
  const key = "press_1-0123456789";
  const quickcall = client({ deadlineMargin: 0.3 });
  answers = [silent];
  await fails(quickcall.call(call, { key }), "timeout", "unknown");
  await fails(quickcall.call(call), "duplicate", "not_placed");
  answers = [placed];
  assert.equal((await quickcall.call(call, { key })).state, "started");
  assert.equal(theKey(), key);
  // A press with an old key may have been sent before: a refusal of the moment says nothing of it.
  answers = [refused(429, "limited", "not_placed")];
  await fails(quickcall.call(call, { key }), "limited", "unknown");
  // A new one looks the same, and the message says no more than is known.
  const { message } = await fails(
    client().call(fresh(), { key: "press_2-0123456789" }),
    "limited",
    "unknown",
  );
  assert.match(message, /may have been sent before.*Where it was not, no call was placed.*It was limited/);
  assert.doesNotMatch(message, /lost/);
});

test("a handler that says to ask again at once is asked again after a pause", async () => {
  answers = [refused(409, "in_progress", "unknown", { retryAfter: 0 }, { "retry-after": "0" })];
  const error = await fails(
    client({ deadlineMargin: 1 }).call({ ...fresh(), blocking: false }),
    "in_progress",
    "unknown",
  );
  assert.equal(error.retryAfter, 0);
  assert.ok(received.length > 1 && received.length < 5, String(received.length));
});

test("a refusal whose body comes late is what it says, and is not asked for again", async () => {
  answers = [
    (response) => {
      response.writeHead(403, { "content-type": "application/json" });
      response.flushHeaders();
      const error = { code: "destination_refused", outcome: "not_placed", message: "No.", issues: [] };
      setTimeout(() => response.end(JSON.stringify({ error })), 2_500);
    },
  ];
  await fails(client().call(fresh()), "destination_refused", "not_placed");
  assert.equal(received.length, 1);
});

test("a key is checked, and the server knows none", async () => {
  for (const key of ["short", "k".repeat(129), "with space", "with\nline", /** @type {any} */ (7)]) {
    await fails(client().call(fresh(), { key }), "invalid", "not_placed");
  }
  const direct = new Quickcall({ baseUrl: handler, accountId: "0".repeat(32), authToken: "t" });
  await fails(direct.call({ device: "a", number: "1001" }, { key: "k".repeat(20) }), "invalid", "not_placed");
  assert.equal(received.length, 0);
});

test("the same call through a handler is refused while it is under way", async () => {
  const call = fresh();
  const results = await Promise.allSettled([client().call(call), client().call(call)]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.equal(received.length, 1);
});

for (const [name, fetch] of /** @type {[string, any][]} */ ([
  ["throws at once", () => assert.fail("no")],
  ["returns nothing", () => undefined],
  ["answers a plain object", () => ({ ok: true, status: 200, json: async () => ({}) })],
  ["never answers", () => new Promise(() => {})],
])) {
  test(`a fetch that ${name}: the call settles, and its outcome is unknown`, async () => {
    const error = await client({ fetch, deadlineMargin: 0.3 })
      .call({ ...fresh(), blocking: false })
      .catch((/** @type {unknown} */ e) => e);
    assert(error instanceof QuickcallError);
    assert.equal(error.outcome, "unknown");
  });
}

test("what is no signal is invalid, and nothing is sent", async () => {
  answers = [placed];
  for (const signal of NO_SIGNALS) {
    const { issues } = await fails(client().call(fresh(), { signal }), "invalid", "not_placed");
    assert.deepEqual(issues[0].path, ["signal"]);
  }
  assert.equal(received.length, 0);
});

test("a signal that a library made ends a pause, and one that cannot be listened to makes nobody spin", async () => {
  answers = [refused(409, "in_progress", "unknown", { retryAfter: 5 })];
  const controller = new ForeignController();
  setTimeout(() => controller.abort(), 200);
  const started = Date.now();
  await fails(client().call(fresh(), { signal: controller.signal }), "aborted", "unknown");
  assert.ok(Date.now() - started < 3_000);
  await fails(client().call(fresh(), { signal: brokenSignal() }), "network", "unknown");
  assert.equal(received.length, 1);
});
