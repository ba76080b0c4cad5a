/**
 * What is asked of a handler again: the same key gets what became of its call, and the same call with another key waits for it.
 * @module
 */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createHandler } from "#quickcall/edge";
import {
  config,
  failingGuard,
  handler,
  log,
  right,
  simulator,
  TOKEN,
  USER,
} from "./harness/checked_handler.js";
import { CONFIRMED } from "./harness/confirmed.js";
import { freshKey, memoryStore, press, serve } from "./harness/handler.js";

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

test("the same visitor, endpoint and number with another key is refused while the call is in flight", async (context) => {
  const headers = { "x-test-visitor": "impatient" };
  const body = right();
  /** @type {(value?: undefined) => void} */
  let send = () => {};
  /** @type {(value?: undefined) => void} */
  let sends = () => {};
  const sending = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    sends = resolve;
  });
  const sent = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    send = resolve;
  });
  const slow = await serve(
    createHandler(
      config({
        fetch: async (url, init) => {
          sends();
          await sent;
          return fetch(url, init);
        },
      }),
    ),
  );
  context.after(slow.close);
  const first = press(slow.url, { body, headers });
  await sending;
  const second = await press(slow.url, { body, headers });
  assert.deepEqual([second.status, second.json.error.code], [409, "duplicate"]);
  assert(Number(second.headers["retry-after"]) > 0);
  send();
  assert.equal((await first).status, 200);
  const third = await press(slow.url, { body, headers });
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

for (const [clock, hours] of /** @type {[string, number][]} */ ([
  ["", 0],
  [", also where the clock was set back", -2],
  [", also where the clock was set ahead", 2],
])) {
  test(`the same call with another key waits for the ring time from when the call was sent${clock}`, async () => {
    // The token takes its time, and so does the end of the connection.
    mock.timers.enable({ apis: ["Date"], now: Date.now() + hours * 3_600_000 });
    const { now } = performance;
    let later = 0;
    performance.now = () => now.call(performance) + later;
    const pass = (/** @type {number} */ milliseconds) => {
      mock.timers.tick(milliseconds);
      later += milliseconds;
    };
    const authToken = () => {
      pass(9_000);
      return TOKEN;
    };
    let sent = 0;
    let refused = false;
    const fetch = async () => {
      if (!refused) {
        refused = true;
        return new Response("{}", { status: 401 });
      }
      sent += 1;
      pass(8_000);
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
      pass(21_000);
      assert.equal(await ask(), "duplicate");
      assert.equal(sent, 1);
      pass(1_500);
      assert.equal(await ask(), "network");
      assert.equal(sent, 2);
    } finally {
      mock.timers.reset();
      performance.now = now;
      handler.close();
    }
  });
}

test("a clock that is set makes no key new, and ends no limit", async () => {
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    throw new TypeError("The connection died.");
  };
  const handler = await serve(createHandler(config({ fetch, limits: { total: "1/day" } })));
  try {
    const body = right();
    const key = { "idempotency-key": freshKey() };
    const ask = async (/** @type {Record<string, string>} */ headers) => {
      const { json } = await press(handler.url, { body, headers });
      return json.error.code;
    };
    mock.timers.enable({ apis: ["Date"], now: Date.now() });
    assert.equal(await ask(key), "network");
    for (const hours of [25, -80]) {
      mock.timers.setTime(Date.now() + hours * 3_600_000);
      assert.equal(await ask(key), "network");
      assert.equal(await ask({}), "limited");
    }
    assert.equal(sent, 1);
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
    // It is tried again behind the answer.
    for (let rest = 200; !log.some(({ where }) => where === "guard"); rest--) {
      assert.ok(rest > 0, "nothing is logged");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // Nobody knows any more what came of it, but that it was begun.
    const { status, json } = await press(failing.url, { body, headers });
    assert([409, 504].includes(status), String(status));
    assert.equal(json.error.outcome, "unknown");
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    failing.close();
  }
});

test("a repeat whose check fails looks its key up when the first is reserved, and not when its call is over", async () => {
  const store = memoryStore();
  let asked = 0;
  let checks = 0;
  /** @type {(passes: boolean) => void} */
  let pass = () => {};
  /** @type {(answer: Response) => void} */
  let answer = () => {};
  let isSent = false;
  const held = await serve(
    createHandler(
      config({
        guard: {
          update: (names, step) => {
            asked += 1;
            return store.update(names, step);
          },
        },
        // The first passes, later; the repeat does not.
        verify: () => {
          checks += 1;
          if (checks > 1) return false;
          return new Promise((resolve) => {
            pass = resolve;
          });
        },
        fetch: () => {
          isSent = true;
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      }),
    ),
  );
  /** @param {string} what @param {() => boolean} is */
  const until = async (what, is) => {
    for (let rest = 300; !is(); rest--) {
      assert.ok(rest > 0, what);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    const headers = { "idempotency-key": freshKey() };
    const body = right();
    const ask = () => {
      const asking = press(held.url, { body, headers });
      // Where this test fails, nobody waits for it any more.
      asking.catch(() => {});
      return asking;
    };
    const first = ask();
    await until("the first is not checked", () => checks === 1);
    const second = ask();
    await until("the repeat is not checked", () => checks === 2);
    pass(true);
    await until("the call is not sent", () => isSent);
    const before = asked;
    await until("the repeat does not look its key up", () => asked > before);
    answer(Response.json(CONFIRMED));
    const answers = await Promise.all([first, second]);
    assert.deepEqual(
      answers.map(({ status, json }) => [status, json.state]),
      [
        [200, "started"],
        [200, "started"],
      ],
    );
  } finally {
    held.close();
  }
});
