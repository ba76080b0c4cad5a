import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Quickcall, QuickcallError } from "#quickcall";
import {
  answerWith,
  client,
  dies,
  fails,
  fresh,
  handler,
  placed,
  received,
  refused,
  reply,
} from "./harness/answering_handler.js";
import { CALL_ID } from "./harness/confirmed.js";
import { brokenSignal, ForeignController, NO_SIGNALS } from "./harness/signals.js";
import { hurry } from "./harness/soon.js";

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

test("a text of an answer is taken over up to 4,000 characters", async () => {
  for (const length of [4_000, 4_001]) {
    const message = "x".repeat(length);
    const isShort = length === 4_000;
    answerWith(refused(403, "limited", "not_placed", { message }));
    const error = await fails(client().call(fresh()), isShort ? "limited" : "forbidden", "not_placed");
    assert.equal(error.message.includes(message), isShort);
    answerWith(reply(200, JSON.stringify({ state: "started", callIds: [CALL_ID], requestId: message })));
    assert.equal((await client().call(fresh())).requestId, isShort ? message : undefined);
  }
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
    answerWith(refused(status, code, outcome, { issues: [issue, 7], token: "x" }, { "retry-after": "7" }));
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
    answerWith(reply(status, "<html>", { location: "/elsewhere" }));
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
    answerWith(reply(200, body));
    await fails(client().call(fresh()), "bad_response", "unknown");
  });
}

test("abort: nothing is sent before, nothing is known after, and nothing is asked again", async () => {
  await fails(client().call(fresh(), { signal: AbortSignal.abort() }), "aborted", "not_placed");
  // The key may have been sent before.
  const how = { signal: AbortSignal.abort(), key: crypto.randomUUID() };
  await fails(client().call(fresh(), how), "aborted", "unknown");
  assert.equal(received.length, 0);
  const early = new AbortController();
  answerWith(() => early.abort("because"));
  await fails(client().call(fresh(), { signal: early.signal }), "aborted", "unknown");
  const late = new AbortController();
  answerWith(dies);
  received.length = 0;
  setTimeout(() => late.abort(), 100);
  await fails(client().call(fresh(), { signal: late.signal }), "aborted", "unknown");
  const asked = received.length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(received.length, asked);
});

test("a key is checked, and the server knows none", async () => {
  for (const key of ["short", "k".repeat(129), "with space", "with\nline", /** @type {any} */ (7)]) {
    await fails(client().call(fresh(), { key }), "invalid", "not_placed");
  }
  const { issues } = await fails(client().call(fresh(), { key: "" }), "invalid", "not_placed");
  assert.deepEqual([issues[0]?.code, issues[0]?.path], ["required", ["key"]]);
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
  answerWith(placed);
  for (const signal of NO_SIGNALS) {
    const { issues } = await fails(client().call(fresh(), { signal }), "invalid", "not_placed");
    assert.deepEqual(issues[0].path, ["signal"]);
  }
  assert.equal(received.length, 0);
});

test("a signal that a library made ends a pause, and one that cannot be listened to makes nobody spin", async (context) => {
  answerWith(refused(409, "in_progress", "unknown", { retryAfter: 5 }));
  const controller = new ForeignController();
  const work = () => {
    setTimeout(() => controller.abort(), 3_000);
    return fails(client().call(fresh(), { signal: controller.signal }), "aborted", "unknown");
  };
  assert.equal((await hurry(context, work, 60, { measured: true })).seconds, 3);
  await fails(client().call(fresh(), { signal: brokenSignal() }), "network", "unknown");
  assert.equal(received.length, 1);
});
