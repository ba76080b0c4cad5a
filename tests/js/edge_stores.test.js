/**
 * A guard whose store is late, forgets, gives what it never kept, or is none: no call is placed twice, and each answer is true.
 * @module
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { config, kazoo, request, told } from "./harness/answering_kazoo.js";
import { freshKey, memoryStore } from "./harness/handler.js";
import { slowStore } from "./harness/slow_store.js";
import { hurry } from "./harness/soon.js";

// The module takes real time to load, and most tests have none.
before(async () => {
  assert.equal(
    await told(createHandler(config({ fetch: kazoo().fetch }))(request(freshKey()))),
    "started placed",
  );
});

test("an answer that a guard keeps only later is not waited for, and kept all the same", async () => {
  const { sent, fetch } = kazoo();
  const store = memoryStore();
  let steps = 0;
  const guard = {
    /** @type {any} */
    update(/** @type {string[]} */ names, /** @type {any} */ step) {
      steps += 1;
      if (steps === 2 || steps === 3) throw new Error("The database is away.");
      return store.update(names, step);
    },
  };
  const handler = createHandler(config({ fetch, guard }));
  const key = freshKey();
  /** @type {Promise<unknown>[]} */
  const held = [];
  const host = { waitUntil: (/** @type {Promise<unknown>} */ work) => held.push(work) };
  assert.equal(await told(handler(request(key), {}, /** @type {any} */ (host))), "started placed");
  assert.equal(steps, 2);
  await Promise.all(held);
  assert.equal(steps, 4);
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(sent.length, 1);
});

test("an answer that no guard keeps is tried to be kept three times, with pauses, and the owner is told", async (context) => {
  const { sent, fetch } = kazoo();
  const store = memoryStore();
  /** When each step began, in milliseconds. @type {number[]} */
  const steps = [];
  /** @type {any[]} */
  const logged = [];
  const log = (/** @type {object} */ entry) => logged.push(entry);
  const guard = {
    /** @type {any} */
    update(/** @type {string[]} */ names, /** @type {any} */ step) {
      steps.push(Date.now());
      if (steps.length > 1) throw new Error("The database is away.");
      return store.update(names, step);
    },
  };
  const handler = createHandler(config({ fetch, guard, log }));
  const key = freshKey();
  /** @type {Promise<unknown>[]} */
  const held = [];
  const host = { waitUntil: (/** @type {Promise<unknown>} */ work) => held.push(work) };
  const work = async () => {
    assert.equal(await told(handler(request(key), {}, /** @type {any} */ (host))), "started placed");
    await Promise.all(held);
  };
  await hurry(context, work, 60, { apis: ["setTimeout", "Date"], step: 0.1 });
  const [reserved = 0, ...tried] = steps;
  assert.deepEqual(
    tried.map((at) => at - reserved),
    [0, 200, 400],
  );
  const problems = logged.filter(({ event }) => event === "problem");
  assert.deepEqual(
    problems.map(({ where }) => where),
    ["guard"],
  );
  assert.equal(sent.length, 1);
});

test("a reservation that comes too late is taken back, also by a guard that is away just then", async (context) => {
  const { sent, fetch } = kazoo();
  const store = memoryStore();
  /** @type {() => void} */
  let arrive = () => {};
  const late = new Promise((/** @type {(given?: undefined) => void} */ resolve) => {
    arrive = resolve;
  });
  let steps = 0;
  const guard = {
    /** @type {any} */
    async update(/** @type {string[]} */ names, /** @type {any} */ step) {
      steps += 1;
      if (steps === 2) throw new Error("The database is away.");
      const result = store.update(names, step);
      if (steps === 1) await late;
      return result;
    },
  };
  const handler = createHandler(config({ fetch, guard, limits: { total: "1/day" } }));
  const key = freshKey();
  /** @type {Promise<unknown>[]} */
  const held = [];
  const host = { waitUntil: (/** @type {Promise<unknown>} */ work) => held.push(work) };
  const { value } = await hurry(
    context,
    () => told(handler(request(key), {}, /** @type {any} */ (host))),
    60,
  );
  context.mock.timers.reset();
  assert.equal(value, "unavailable not_placed");
  arrive();
  await Promise.all(held);
  assert.equal(sent.length, 0);
  // Its key and its limit are free again.
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(sent.length, 1);
});

test("what a guard says too late of a key that has its call takes nothing back", async (context) => {
  const { sent, fetch } = kazoo();
  /** @type {() => void} */
  let arrive = () => {};
  const late = new Promise((/** @type {(given?: undefined) => void} */ resolve) => {
    arrive = resolve;
  });
  let steps = 0;
  const guard = slowStore((step) => {
    steps = step;
    return step === 3 ? late : undefined;
  });
  const handler = createHandler(config({ fetch, guard }));
  const key = freshKey();
  assert.equal(await told(handler(request(key))), "started placed");
  /** @type {Promise<unknown>[]} */
  const held = [];
  const host = { waitUntil: (/** @type {Promise<unknown>} */ work) => held.push(work) };
  const repeat = () => told(handler(request(key), {}, /** @type {any} */ (host)));
  const { value } = await hurry(context, repeat, 60);
  context.mock.timers.reset();
  assert.equal(value, "unavailable not_placed");
  arrive();
  await Promise.all(held);
  assert.equal(steps, 3);
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(sent.length, 1);
});

for (const [passed, expected, dialled] of /** @type {[number, string, number][]} */ ([
  [10_000, "started placed", 1],
  [10_001, "unavailable not_placed", 0],
])) {
  test(`a process that stood still for ${passed} ms: ${expected}`, async (context) => {
    const { sent, fetch } = kazoo();
    context.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const guard = slowStore((step) => step === 1 && context.mock.timers.tick(passed));
    // What comes before has a time of its own.
    const visitor = () => {
      context.mock.timers.tick(9_000);
      return "somebody";
    };
    const handler = createHandler(config({ fetch, guard, visitor, limits: { total: "1/day" } }));
    const key = freshKey();
    assert.equal(await told(handler(request(key))), expected);
    assert.equal(sent.length, dialled);
    // Where nothing was dialled, nothing is left behind.
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(await told(handler(request(key))), "started placed");
    assert.equal(sent.length, 1);
  });
}

test("a repeat is told of its call though the process stood still while the guard was asked", async (context) => {
  const { sent, fetch } = kazoo();
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const guard = slowStore((step) => step === 3 && context.mock.timers.tick(10_001));
  const handler = createHandler(config({ fetch, guard }));
  const key = freshKey();
  for (let time = 0; time < 2; time++) assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(sent.length, 1);
});

/** Records that a store gives damaged, or of a call that nobody placed. @type {[string, object | string][]} */
const DAMAGED = [
  ["no status", { status: 0, body: '{"state":"started"}' }],
  ["a status that has no body", { status: 204, body: '{"state":"started"}' }],
  ["a status that is none", { status: 600, body: '{"state":"started"}' }],
  ["a body that is no JSON", { status: 200, body: "started" }],
  ["a body that is null", { status: 200, body: "null" }],
  ["a body that says nothing", { status: 200, body: "{}" }],
  ["a state that is none", { status: 200, body: '{"state":"hacked","callIds":["a"]}' }],
  ["no call ids", { status: 200, body: '{"state":"started","callIds":[]}' }],
  ["call ids that are none", { status: 200, body: '{"state":"started","callIds":[5]}' }],
  ["an outcome that is none", { status: 502, body: '{"error":{"code":"busy","outcome":"perhaps"}}' }],
  ["a code that is none", { status: 502, body: '{"error":{"code":5,"outcome":"not_placed"}}' }],
  [
    "a time that is none",
    { status: 502, body: '{"error":{"code":"busy","outcome":"not_placed","retryAfter":"\\n"}}' },
  ],
  ["no record", "damaged"],
];
for (const [name, damage] of DAMAGED) {
  test(`a record with ${name} is an unknown outcome`, async () => {
    const { sent, fetch } = kazoo();
    const store = memoryStore();
    const guard = {
      /** @type {any} */
      update: (/** @type {string[]} */ names, /** @type {any} */ step) =>
        store.update(names, (entries) => {
          const [first, ...rest] = entries;
          if (first === undefined) return step(entries);
          const damaged =
            typeof damage === "string" ? damage : JSON.stringify({ ...JSON.parse(first), ...damage });
          return step([JSON.parse(first).status === undefined ? first : damaged, ...rest]);
        }),
    };
    const handler = createHandler(config({ fetch, guard }));
    const key = freshKey();
    assert.equal(await told(handler(request(key))), "started placed");
    for (const accept of ["application/json", "text/event-stream"]) {
      const repeat = request(key);
      repeat.headers.set("accept", accept);
      assert.equal(await told(handler(repeat)), "unknown unknown");
    }
    assert.equal(sent.length, 1);
  });
}

/** What a store gives in place of its entries. @type {[string, (entries: unknown[]) => unknown[]][]} */
const NO_ENTRIES = [
  ["none of its entries", () => []],
  ["fewer entries", (entries) => entries.slice(1)],
  ["more entries", (entries) => [...entries, undefined]],
  ["bytes", (entries) => entries.map((entry) => entry && new TextEncoder().encode(String(entry)))],
  ["what it has read of them", (entries) => entries.map((entry) => entry && Object(entry))],
  ["numbers", (entries) => entries.map(() => 0)],
  ["yes and no", (entries) => entries.map((entry) => entry !== undefined)],
];
for (const [what, spoilt] of NO_ENTRIES) {
  test(`a store that gives ${what} places no call`, async () => {
    for (const more of [{}, { verify: () => true }]) {
      const { sent, fetch } = kazoo();
      const store = memoryStore();
      let isRight = true;
      const guard = {
        /** @type {any} */
        update: (/** @type {string[]} */ names, /** @type {any} */ step) =>
          store.update(names, (entries) => step(isRight ? entries : spoilt(entries))),
      };
      const handler = createHandler(config({ fetch, guard, ...more }));
      const key = freshKey();
      assert.equal(await told(handler(request(key))), "started placed");
      isRight = false;
      assert.equal(await told(handler(request(key))), "unavailable not_placed");
      assert.equal(sent.length, 1);
    }
  });
}

test("a refusal of a guard that is none places no call, and the handler answers", async () => {
  const right = { status: 429, code: "limited", outcome: "not_placed", body: "{}" };
  for (const refusal of [
    undefined,
    null,
    "limited",
    { ...right, status: 99_999 },
    { ...right, status: 200 },
    { ...right, code: 5 },
    { ...right, outcome: "perhaps" },
    { ...right, body: {} },
    { ...right, retryAfter: "soon" },
  ]) {
    const { sent, fetch } = kazoo();
    const known = { state: "refused", refusal };
    const guard = { idFromName: () => 1, get: () => ({ fetch: async () => Response.json(known) }) };
    const handler = createHandler(config({ fetch, guard }));
    assert.equal(await told(handler(request(freshKey()))), "unavailable not_placed");
    assert.equal(sent.length, 0);
  }
});
