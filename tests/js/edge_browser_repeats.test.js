/**
 * A browser sends a request again by itself, and shows the last answer only: what a handler says of one of the two must be true of both.
 * @module
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { config, kazoo, request, told } from "./harness/answering_kazoo.js";
import { freshKey, memoryStore } from "./harness/handler.js";
import { slowStore } from "./harness/slow_store.js";
import { hurry } from "./harness/soon.js";

// The module takes real time to load, and some tests have none.
before(async () => {
  assert.equal(
    await told(createHandler(config({ fetch: kazoo().fetch }))(request(freshKey()))),
    "started placed",
  );
});

/** Checks that can be passed once only, as those of many services. */
function once() {
  /** @type {Set<string>} */
  const used = new Set();
  /** @type {boolean[]} */
  const verified = [];
  const verify = async (/** @type {any} */ _, /** @type {any} */ { verification }) => {
    const isNew = !used.has(verification);
    used.add(verification);
    await new Promise((resolve) => setTimeout(resolve, isNew ? 200 : 20));
    verified.push(isNew);
    return isNew;
  };
  return { verified, verify };
}
const BODY = JSON.stringify({ endpoint: "sales", number: "+14155550100", verification: "a-ticket" });

for (const guard of [undefined, memoryStore()]) {
  const where = guard ? "a store" : "memory";
  test(`a browser's repeat gets what came of its call, where its check passes once only: in ${where}`, async () => {
    const { sent, fetch } = kazoo();
    const { verified, verify } = once();
    const handler = createHandler(config({ fetch, verify, guard }));
    const key = freshKey();
    const answers = [handler(request(key, BODY))];
    for (const pause of [30, 60, 130]) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      answers.push(handler(request(key, BODY)));
    }
    assert.deepEqual(await Promise.all(answers.map(told)), new Array(4).fill("started placed"));
    assert.equal(sent.length, 1);
    assert.deepEqual(
      verified.filter((passed) => passed),
      [true],
    );
    // Another call with the same ticket is refused, and so is each where the check fails for all.
    assert.equal(await told(handler(request(freshKey(), BODY))), "verification_failed not_placed");
    const refused = createHandler(config({ fetch, verify: () => false, guard }));
    const wrong = [key, freshKey()].flatMap((key) => [
      refused(request(`${key}-a`)),
      refused(request(`${key}-a`)),
    ]);
    for (const answer of wrong) assert.equal(await told(answer), "verification_failed not_placed");
    assert.equal(sent.length, 1);
  });
}

test("so does one that another process answers, where the guard is shared and the first is through soon", async () => {
  const { sent, fetch } = kazoo();
  const { verify } = once();
  const more = { fetch, verify, guard: memoryStore() };
  /** @type {string[]} */
  const answers = [];
  const key = freshKey();
  // Another copy of the package knows nothing of what is under way in this one.
  const path = new URL("../../pkg/dist/edge.js?another", import.meta.url).href;
  const another = await import(path);
  const first = createHandler(config(more))(request(key, BODY));
  await new Promise((resolve) => setTimeout(resolve, 30));
  const second = another.createHandler(config(more))(request(key, BODY));
  for (const answer of [second, first]) answers.push(await told(answer));
  assert.deepEqual(answers, ["started placed", "started placed"]);
  assert.equal(sent.length, 1);
});

/** A store that says when a key was looked up, in milliseconds. @param {ReturnType<typeof memoryStore>} store */
function watchedStore(store) {
  /** @type {number[]} */
  const looks = [];
  const guard = {
    /** @type {any} */
    update(/** @type {string[]} */ names, /** @type {any} */ step) {
      if (names.length === 1) looks.push(Date.now());
      return store.update(names, step);
    },
  };
  return { looks, guard };
}

test("where the guard is shared its key is looked up three times more within three seconds, and no longer", async (context) => {
  const { sent, fetch } = kazoo();
  const { looks, guard } = watchedStore(memoryStore());
  const handler = createHandler(config({ fetch, guard, verify: () => false }));
  const work = () => told(handler(request(freshKey())));
  const { value } = await hurry(context, work, 60, { apis: ["setTimeout", "Date"], step: 0.5 });
  assert.equal(value, "verification_failed not_placed");
  const [, second = 0] = looks;
  // Once before the check, and once when it has failed.
  assert.deepEqual(
    looks.slice(1).map((at) => at - second),
    [0, 500, 1_500, 3_000],
  );
  assert.deepEqual(sent, []);
});

test("a key that another process has reserved is looked up no more", async (context) => {
  const { sent, fetch } = kazoo();
  const store = memoryStore();
  const { looks, guard } = watchedStore(store);
  const another = createHandler(config({ fetch, guard: store }));
  const handler = createHandler(config({ fetch, guard, verify: () => false }));
  const key = freshKey();
  const work = () => {
    setTimeout(() => another(request(key)), 1_000);
    return told(handler(request(key)));
  };
  const { value } = await hurry(context, work, 60, { apis: ["setTimeout", "Date"], step: 0.5 });
  const [, second = 0] = looks;
  assert.deepEqual([value, sent.length], ["started placed", 1]);
  assert.deepEqual(
    looks.slice(1).map((at) => at - second),
    [0, 500, 1_500],
  );
});

/** How the time passes where requests of a key wait for each other. @type {Parameters<typeof hurry>[3]} */
const WAITING = { apis: ["setTimeout", "Date"], measured: true };

test("a repeat that failed its check waits for the others for 30 seconds, however many come", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  const verify = () => {
    asked += 1;
    return asked !== 2;
  };
  const visitor = () => new Promise((resolve) => setTimeout(() => resolve("somebody"), 9_500));
  const key = freshKey();
  const store = memoryStore();
  const guard = {
    /** @type {any} */
    update: (/** @type {string[]} */ names, /** @type {any} */ step) =>
      names.length === 1 ? store.update(names, step) : new Promise(() => {}),
  };
  const handler = createHandler(config({ fetch, guard, verify, visitor: /** @type {any} */ (visitor) }));
  const work = async () => {
    /** @type {Promise<string>[]} */
    const others = [told(handler(request(key)))];
    await new Promise((resolve) => setImmediate(resolve));
    const repeat = told(handler(request(key)));
    // Each takes 19.5 s until it gives up its reservation.
    for (const seconds of [10, 20, 30]) {
      setTimeout(() => others.push(told(handler(request(key)))), seconds * 1_000);
    }
    return repeat;
  };
  const { seconds, value } = await hurry(context, work, 120, WAITING);
  assert.deepEqual([seconds, value], [30, "in_progress unknown"]);
  assert.equal(sent.length, 0);
});

test("a request that its runtime has ended is waited for no longer than it can last", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  const verify = () => {
    asked += 1;
    return asked === 1 ? new Promise(() => {}) : false;
  };
  const handler = createHandler(config({ fetch, verify: /** @type {any} */ (verify) }));
  const key = freshKey();
  context.mock.timers.enable({ apis: ["setTimeout"] });
  handler(request(key)).catch(() => {});
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked, 1);
  // With its timers it is gone, and says nothing any more.
  context.mock.timers.reset();
  const { seconds, value } = await hurry(context, () => told(handler(request(key))), 120, WAITING);
  assert.equal(value, "verification_failed not_placed");
  assert.ok(seconds >= 30 && seconds <= 31, `${seconds} s`);
  assert.equal(sent.length, 0);
});

test("a repeat that fails its check is told nothing false while the first one's goes on and on", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  const verify = () => {
    asked += 1;
    return asked === 1 ? new Promise((resolve) => setTimeout(() => resolve(true), 9_000)) : false;
  };
  const visitor = () => new Promise((resolve) => setTimeout(() => resolve("somebody"), 9_000));
  const handler = createHandler(config({ fetch, verify, visitor: /** @type {any} */ (visitor) }));
  const key = freshKey();
  const first = told(handler(request(key)));
  const { value } = await hurry(context, async () => [await told(handler(request(key))), await first], 120);
  assert.deepEqual(value, ["started placed", "started placed"]);
  assert.equal(sent.length, 1);
});

test("a call that was placed is told at once, though the check of another request with its key goes on", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  const verify = () => {
    asked += 1;
    const milliseconds = asked === 1 ? 1_000 : 9_000;
    return new Promise((resolve) => setTimeout(() => resolve(true), milliseconds));
  };
  const handler = createHandler(config({ fetch, verify: /** @type {any} */ (verify) }));
  const key = freshKey();
  const work = () => {
    const first = told(handler(request(key)));
    handler(request(key)).catch(() => {});
    return first;
  };
  const { seconds, value } = await hurry(context, work, 60, WAITING);
  assert.deepEqual([seconds, value, asked, sent.length], [1, "started placed", 2, 1]);
});

test("a request that has ended before its call was reserved is waited for no more", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  const verify = () => {
    asked += 1;
    return asked === 1;
  };
  const visitor = () => {
    throw new Error("The session is away.");
  };
  const handler = createHandler(config({ fetch, verify, visitor }));
  const key = freshKey();
  assert.equal(await told(handler(request(key))), "unavailable not_placed");
  const { seconds, value } = await hurry(context, () => told(handler(request(key))), 60, WAITING);
  assert.deepEqual([seconds, value, sent.length], [0, "verification_failed not_placed", 0]);
});

/** A check that takes so long for the first, and no time for the others. @param {number} milliseconds */
const slowFirst = (milliseconds) => {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked === 1) await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return true;
  };
};

const pause = (/** @type {number} */ milliseconds) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Asks twice with one key, the second time while the first one's check goes on: both are told of the call that was placed.
 * @param {import("node:test").TestContext} context
 * @param {ReturnType<typeof createHandler>} handler
 */
async function bothAreTold(context, handler) {
  const key = freshKey();
  const work = async () => {
    const first = told(handler(request(key)));
    await pause(1_000);
    return [await told(handler(request(key))), await first];
  };
  assert.deepEqual((await hurry(context, work, 60)).value, ["started placed", "started placed"]);
}

test("a request that had no token is not told as the end of it while the first one's check goes on", async (context) => {
  const { sent, fetch } = kazoo();
  let tokens = 0;
  const authToken = () => {
    tokens += 1;
    if (tokens === 1) throw new Error("The service of tokens is away.");
    return "canary-token";
  };
  const handler = createHandler(config({ fetch, authToken, verify: slowFirst(8_000) }));
  await bothAreTold(context, handler);
  assert.deepEqual([sent.length, tokens], [1, 2]);
});

test("nor is one that met another call in flight", async (context) => {
  const { sent, fetch } = kazoo();
  const slow = async (/** @type {any} */ url) => {
    await pause(3_000);
    return fetch(url);
  };
  const handler = createHandler(config({ fetch: slow, verify: slowFirst(9_000) }));
  const key = freshKey();
  const work = async () => {
    const first = told(handler(request(key)));
    await pause(1_000);
    const other = told(handler(request(freshKey())));
    await pause(1_000);
    // By itself it would be a duplicate; the first one is placed, because the other call is over by then.
    return [await told(handler(request(key))), await first, await other];
  };
  assert.deepEqual((await hurry(context, work, 60, WAITING)).value, new Array(3).fill("started placed"));
  assert.equal(sent.length, 2);
});

test("nor is one that was limited", async (context) => {
  const { sent, fetch } = kazoo();
  const handler = createHandler(config({ fetch, verify: slowFirst(3_000), limits: { total: "1/s" } }));
  const key = freshKey();
  const work = async () => {
    const first = told(handler(request(key)));
    await pause(200);
    assert.equal(await told(handler(request(freshKey()))), "started placed");
    // By itself it would be limited; the first one is placed, because the limit has room again by then.
    assert.equal(await told(handler(request(key))), "started placed");
    assert.equal(await first, "started placed");
    assert.equal(sent.length, 2);
    // Alone it is told at once.
    const began = performance.now();
    assert.equal(await told(handler(request(freshKey()))), "limited not_placed");
    return performance.now() - began;
  };
  const { value } = await hurry(context, work, 60, { ...WAITING, step: 0.1 });
  assert(value < 1_000, `${value} ms`);
});

test("nor is one that was limited first and hears of it last", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  const visitor = async () => {
    asked += 1;
    if (asked === 1) await pause(1_250);
    return "192.0.2.1";
  };
  // A shared store whose answers overtake each other: that to the repeat comes last.
  const guard = slowStore((step) => (step === 3 ? pause(500) : undefined));
  const handler = createHandler(config({ fetch, visitor, guard, limits: { total: "1/s" } }));
  const key = freshKey();
  const work = async () => {
    const first = told(handler(request(key)));
    await pause(200);
    assert.equal(await told(handler(request(freshKey()))), "started placed");
    await pause(900);
    return [await told(handler(request(key))), await first];
  };
  const { value } = await hurry(context, work, 60, { ...WAITING, step: 0.05 });
  assert.deepEqual([value, sent.length], [["started placed", "started placed"], 2]);
});

test("nor is one whose token came too late to be sent", async (context) => {
  const { sent, fetch } = kazoo();
  const now = Date.now.bind(Date);
  let passed = 0;
  context.mock.method(Date, "now", () => now() + passed);
  let tokens = 0;
  const authToken = () => {
    tokens += 1;
    // As in a process that stood still.
    if (tokens === 1) passed += 21_000;
    return "canary-token";
  };
  const handler = createHandler(config({ fetch, authToken, verify: slowFirst(8_000) }));
  // By itself the second one would be told `unavailable`, and no call.
  await bothAreTold(context, handler);
  assert.deepEqual([sent.length, tokens], [1, 2]);
});
