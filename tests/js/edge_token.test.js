/**
 * A handler with an API key, against the simulator's tokens that expire.
 * @module
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { apiToken, createHandler } from "#quickcall/edge";
import { config, kazoo, request, told } from "./harness/answering_kazoo.js";
import { freshKey, ORIGIN, press, serve } from "./harness/handler.js";
import { startSimulator } from "./harness/simulator.js";
import { slowStore } from "./harness/slow_store.js";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
/** How often a token was asked for. */
let renewed = 0;
let next = 1000;
/** @type {string[]} */
const log = [];

before(async () => {
  simulator = await startSimulator({ speed: 20, rateLimit: false });
  const { accountId, apiKey } = await simulator.about();
  const { baseUrl } = simulator;
  /** @type {typeof fetch} */
  const counted = (url, init) => {
    renewed += 1;
    return fetch(url, init);
  };
  handler = await serve(
    createHandler({
      baseUrl,
      accountId,
      authToken: apiToken({ baseUrl, apiKey, fetch: counted }),
      endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
      origins: [ORIGIN],
      destinations: { allow: ["+1415"] },
      visitor: () => freshKey(),
      log: (entry) => log.push(JSON.stringify(entry)),
    }),
  );
});
after(async () => {
  handler.close();
  await simulator.stop();
});

/** Fifty calls at the same time, each with a key of its own. */
async function fifty() {
  const numbers = Array.from({ length: 50 }, () => `+1415556${next++}`);
  const answers = await Promise.all(
    numbers.map((number) => press(handler.url, { body: { endpoint: "sales", number } })),
  );
  assert.deepEqual(
    new Set(answers.map(({ status, json }) => json.state ?? `${status} ${json.error.code}`)),
    new Set(["started"]),
  );
}

const expire = () => fetch(`${simulator.origin}/_simulator/tokens`, { method: "DELETE" });

test("concurrent calls share one token, and one renewal after it expired", async () => {
  await fifty();
  assert.equal(renewed, 1);
  await fifty();
  assert.equal(renewed, 1);
  for (let round = 2; round < 5; round++) {
    await expire();
    await fifty();
    assert.equal(renewed, round);
  }
  const dialled = (await simulator.calls())
    .filter((call) => call.dialled !== null)
    .map((call) => call.dialled);
  assert.equal(dialled.length, 250);
  assert.equal(new Set(dialled).size, 250);
});

test("a 401 of an old token that comes late renews nothing", async () => {
  const { apiKey } = await simulator.about();
  let asked = 0;
  const token = apiToken({
    baseUrl: simulator.baseUrl,
    apiKey,
    fetch: (url, init) => {
      asked += 1;
      return fetch(url, init);
    },
  });
  const old = await token("call");
  const renewed = await token("unauthorized", old);
  assert.notEqual(renewed, old);
  assert.equal(await token("unauthorized", old), renewed);
  assert.equal(await token("call"), renewed);
  assert.equal(asked, 2);
  assert.notEqual(await token("unauthorized", renewed), renewed);
  assert.equal(asked, 3);
});

test("a renewed token that is refused, too, is not renewed again for the same call", async () => {
  const { accountId } = await simulator.about();
  /** @type {string[]} */
  const reasons = [];
  const refused = await serve(
    createHandler({
      baseUrl: simulator.baseUrl,
      accountId,
      authToken: (reason, refused) => {
        reasons.push(`${reason} ${refused}`);
        return `canary-${reasons.length}`;
      },
      endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
      origins: [ORIGIN],
      destinations: { allow: ["+1415"] },
      log: (entry) => log.push(JSON.stringify(entry)),
    }),
  );
  try {
    const headers = { "idempotency-key": freshKey() };
    const body = { endpoint: "sales", number: "+14155551999" };
    const { status, text, json } = await press(refused.url, { body, headers });
    assert.deepEqual([status, json.error.code, json.error.outcome], [502, "unauthorized", "not_placed"]);
    assert.deepEqual(reasons, ["call undefined", "unauthorized canary-1"]);
    // The request left, so its record stays.
    assert.equal((await press(refused.url, { body, headers })).text, text);
    assert.equal(reasons.length, 2);
    assert.doesNotMatch(text + log.join(), /canary/);
  } finally {
    refused.close();
  }
});

for (const [when, first] of /** @type {[string, string][]} */ ([
  ["before it was sent", "call"],
  ["after a 401", "unauthorized"],
])) {
  test(`a call whose process stood still ${when} is sent no more, and the same one may be placed`, async (context) => {
    const now = Date.now.bind(Date);
    let passed = 0;
    context.mock.method(Date, "now", () => now() + passed);
    const { sent, fetch } = kazoo();
    let refusals = first === "call" ? 0 : 1;
    const refusing = async (/** @type {string} */ url) =>
      refusals-- > 0 ? new Response("{}", { status: 401 }) : fetch(url);
    const authToken = (/** @type {string} */ reason) => {
      if (reason === first) passed += 20_001;
      return "canary-token";
    };
    /** @type {any[]} */
    const logged = [];
    const late = createHandler(
      config({ fetch: /** @type {any} */ (refusing), authToken, log: (entry) => logged.push(entry) }),
    );
    const key = freshKey();
    assert.equal(await told(late(request(key))), "unavailable not_placed");
    assert.deepEqual(sent, []);
    const problem = logged.find(({ event }) => event === "problem");
    assert.deepEqual([problem.where, problem.name], ["handler", "TimeoutError"]);
    // Nothing of it is left: neither its key nor its flight.
    context.mock.restoreAll();
    assert.equal(await told(late(request(key))), "started placed");
    assert.equal(sent.length, 1);
  });
}

test("a call whose token comes in the last moment is sent", async (context) => {
  const now = Date.now();
  let passed = 0;
  context.mock.method(Date, "now", () => now + passed);
  const { sent, fetch } = kazoo();
  // The time runs from when the call is reserved.
  const guard = slowStore((step) => {
    if (step === 1) passed = 9_000;
  });
  const authToken = () => {
    passed += 20_000;
    return "canary-token";
  };
  assert.equal(
    await told(createHandler(config({ fetch, authToken, guard }))(request(freshKey()))),
    "started placed",
  );
  assert.equal(sent.length, 1);
});
