/**
 * A Durable Object as a handler's memory: asked by a handler of another version, because a deployment replaces them one after the
 * other; and with a storage that fails.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createHandler, QuickcallGuard } from "#quickcall/edge";
import { config, kazoo, request, told } from "./harness/answering_kazoo.js";
import { freshKey, handlerConfig, ORIGIN, press, serve } from "./harness/handler.js";
import { startSimulator } from "./harness/simulator.js";

/** As much of a Durable Object's storage as it needs. @param {object} [more] @returns {any} */
function storage(more) {
  const entries = new Map();
  const self = {
    /** @param {string[]} names */
    get: async (names) =>
      new Map(names.filter((name) => entries.has(name)).map((name) => [name, entries.get(name)])),
    /** @param {Record<string, unknown>} given */
    put: async (given) => {
      for (const [name, value] of Object.entries(given)) entries.set(name, value);
    },
    /** @param {string[]} names */
    delete: async (names) => {
      assert.ok(names.length <= 128, `${names.length} at once`);
      for (const name of names) entries.delete(name);
    },
    /** @param {{ limit: number, startAfter?: string }} options In the order of their names. */
    list: async ({ limit, startAfter = "" }) => {
      const names = [...entries.keys()].filter((name) => name > startAfter).sort();
      return new Map(names.slice(0, limit).map((name) => [name, entries.get(name)]));
    },
    /** @param {(transaction: any) => unknown} work */
    transaction: (work) => work(self),
    getAlarm: async () => null,
    setAlarm: async () => {},
    ...more,
  };
  return self;
}

test("an unknown outcome that comes without its time of sending keeps the same call away all the same", async () => {
  const guard = new QuickcallGuard(/** @type {any} */ ({ storage: storage() }));
  /** @param {string} step @param {unknown[]} given */
  const take = async (step, ...given) => {
    const request = new Request("https://guard.invalid/", {
      method: "POST",
      body: JSON.stringify({ step, given }),
    });
    return (await guard.fetch(request)).json();
  };
  const reservation = () => {
    const key = freshKey();
    const names = [`key:${key}`, "flight:a"];
    return JSON.stringify({ key, fingerprint: "f", flight: "a", ringTime: 30_000, limits: [], names });
  };
  const first = reservation();
  const { state, at } = await take("reserve", first);
  assert.equal(state, "reserved");
  await take("settle", first, at, { status: 504, code: "network", outcome: "unknown", body: "{}" });
  const { state: second, refusal } = await take("reserve", reservation());
  assert.deepEqual([second, refusal?.code], ["refused", "duplicate"]);
});

test("under what is no key nothing is reserved, and no entry is written", async () => {
  const kept = storage();
  const guard = new QuickcallGuard(/** @type {any} */ ({ storage: kept }));
  for (const key of ["", "short", "key 0001", "k".repeat(129)]) {
    const names = [`key:${key}`, "flight:a"];
    const reservation = { key, fingerprint: "f", flight: "a", ringTime: 30_000, limits: [], names };
    const body = JSON.stringify({ step: "reserve", given: [JSON.stringify(reservation)] });
    await assert.rejects(guard.fetch(new Request("https://guard.invalid/", { method: "POST", body })), Error);
    assert.equal((await kept.get(names)).size, 0);
  }
});

test("an alarm throws away what is over and no key that counts, and comes again while anything is left", async (context) => {
  const start = Date.now();
  context.mock.timers.enable({ apis: ["Date"], now: start });
  /** @type {number[]} */
  const alarms = [];
  const setAlarm = async (/** @type {number} */ time) => alarms.push(time);
  const kept = storage({ setAlarm });
  const guard = new QuickcallGuard(/** @type {any} */ ({ storage: kept }));
  /** @param {string} step @param {unknown[]} given */
  const take = async (step, ...given) => {
    const body = JSON.stringify({ step, given });
    return (await guard.fetch(new Request("https://guard.invalid/", { method: "POST", body }))).json();
  };
  const key = freshKey();
  const names = [`key:${key}`, "flight:a"];
  const reservation = { key, fingerprint: "f", flight: "a", ringTime: 30_000, limits: [], names };
  assert.equal((await take("reserve", JSON.stringify(reservation))).state, "reserved");
  const hour = 3_600_000;
  assert.deepEqual(alarms, [start + hour]);
  // Before the key's name and behind it, on more than one page, and more than are deleted together.
  for (let place = 0; place < 1_200; place++) {
    const name = `${place % 2 ? "limit" : "endpoint"}:${String(place).padStart(4, "0")}`;
    await kept.put({ [name]: { value: "1", expires: start + hour + (place % 3) - 1 } });
  }
  context.mock.timers.setTime(start + hour);
  await guard.alarm();
  const left = async () => [...(await kept.list({ limit: 9_999 })).values()];
  assert.equal((await left()).length, 401, "a third ends later, and the key in a day");
  assert.ok((await left()).every(({ expires }) => expires > start + hour));
  assert.equal((await take("known", key, "f")).refusal.code, "unknown", "the key is not free again");
  assert.deepEqual(alarms, [start + hour, start + 2 * hour]);
  context.mock.timers.setTime(start + 24 * hour);
  await guard.alarm();
  assert.deepEqual(await left(), []);
  assert.equal(alarms.length, 2, "nothing is left to come again for");
});

test("an alarm finds what is over behind more than a page of what still counts", async () => {
  const kept = storage({});
  const { list } = kept;
  let pages = 0;
  kept.list = (/** @type {any} */ how) => {
    pages += 1;
    assert.ok(pages < 9, "it comes to no end");
    return list(how);
  };
  const expires = Date.now() + 3_600_000;
  for (let place = 0; place < 600; place++) {
    await kept.put({ [`key:${String(place).padStart(4, "0")}`]: { value: "1", expires } });
  }
  await kept.put({ "limit:over": { value: "1", expires: 1 } });
  await new QuickcallGuard(/** @type {any} */ ({ storage: kept })).alarm();
  const left = await list({ limit: 9_999 });
  assert.deepEqual([left.size, left.has("limit:over")], [600, false]);
});

test("an alarm that fails for good is set again by a later step", async () => {
  /** @type {number[]} */
  const alarms = [];
  const list = () => Promise.reject(new Error("The storage failed."));
  const setAlarm = async (/** @type {number} */ time) => alarms.push(time);
  const object = new QuickcallGuard(/** @type {any} */ ({ storage: storage({ list, setAlarm }) }));
  const reserve = () => {
    const key = freshKey();
    const names = [`key:${key}`, `flight:${key}`];
    const given = { key, fingerprint: "f", flight: key, ringTime: 30_000, limits: [], names };
    const body = JSON.stringify({ step: "reserve", given: [JSON.stringify(given)] });
    return object.fetch(new Request("https://guard.invalid/", { method: "POST", body }));
  };
  await reserve();
  await reserve();
  assert.equal(alarms.length, 1);
  await assert.rejects(object.alarm(), /The storage failed/);
  await reserve();
  assert.equal(alarms.length, 2);
});

for (const failing of ["getAlarm", "setAlarm"]) {
  test(`a call is placed, and its key keeps its answer, though ${failing} fails; a later step sets the alarm`, async () => {
    const simulator = await startSimulator({ speed: 20, token: "canary-token-g1g2", rateLimit: false });
    /** @type {number[]} */
    const alarms = [];
    let isBroken = true;
    const mayFail = (/** @type {string} */ step) => {
      if (isBroken && step === failing) throw new Error("The storage failed.");
    };
    const object = new QuickcallGuard({
      storage: storage({
        getAlarm: async () => {
          mayFail("getAlarm");
          return alarms.at(-1) ?? null;
        },
        setAlarm: async (/** @type {number} */ time) => {
          mayFail("setAlarm");
          alarms.push(time);
        },
      }),
    });
    const stub = {
      /** @param {string} url @param {RequestInit} init */
      fetch: (url, init) => object.fetch(new Request(url, init)),
    };
    const guard = { idFromName: String, get: () => stub };
    const config = handlerConfig(simulator, "canary-token-g1g2", ORIGIN);
    const handler = await serve(createHandler({ ...config, guard }));
    try {
      const ask = (/** @type {string} */ key, /** @type {string} */ number) =>
        press(handler.url, { body: { endpoint: "sales", number }, headers: { "idempotency-key": key } });
      const key = freshKey();
      const { status, text } = await ask(key, "+14155550100");
      assert.equal(status, 200);
      assert.equal((await ask(key, "+14155550100")).text, text);
      assert.equal((await simulator.calls()).length, 1);
      assert.deepEqual(alarms, []);
      isBroken = false;
      assert.equal((await ask(freshKey(), "+14152550100")).status, 200);
      assert.equal((await ask(freshKey(), "+14153550100")).status, 200);
      assert.equal(alarms.length, 1);
    } finally {
      handler.close();
      await simulator.stop();
    }
  });
}

/**
 * The binding of an object that answers so.
 * @param {(step: string, given: any[]) => Response} answer
 * @returns {any}
 */
const bindingOf = (answer) => ({
  idFromName: (/** @type {string} */ name) => name,
  get: () => ({
    async fetch(/** @type {string} */ _, /** @type {{ body: string }} */ { body }) {
      const { step, given } = JSON.parse(body);
      return answer(step, given);
    },
  }),
});

test("an object that fails reserves nothing, whatever it says with that", async () => {
  const { sent, fetch } = kazoo();
  for (const status of [400, 429, 500, 503]) {
    const guard = bindingOf(() => Response.json({ state: "reserved", at: Date.now() }, { status }));
    const handler = createHandler(config({ fetch, guard }));
    assert.equal(await told(handler(request(freshKey()))), "unavailable not_placed", `${status}`);
  }
  assert.equal(sent.length, 0);
});

test("no request to the object waits for longer than 20 seconds, and a repeat asks again", async (context) => {
  /** @type {number[]} */
  const waits = [];
  const now = Date.now.bind(Date);
  let passed = 0;
  context.mock.method(Date, "now", () => now() + passed);
  const guard = bindingOf((step, given) => {
    if (step === "wait") {
      waits.push(given[2]);
      passed += given[2];
    }
    return Response.json({ state: "open" });
  });
  const handler = createHandler(config({ fetch: kazoo().fetch, guard, options: { timeout: 35 } }));
  assert.equal(await told(handler(request(freshKey()))), "in_progress unknown");
  assert.ok(Math.max(...waits) <= 20_000 && waits.length > 1, String(waits));
  // Ring time and margin.
  assert.ok(passed > 44_000 && passed <= 45_000, `${passed} ms`);
});
