/**
 * Watched calls whose server stays away, refuses, or is slow; the time of hours is not waited for.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import { QuickcallError } from "#quickcall";
import { hurry } from "./harness/soon.js";
import { A, events, GONE, open, pause, states, TIME } from "./harness/unheard.js";

test("the steps end, and nothing is claimed, when nothing can be learnt for five minutes", async (context) => {
  const { seconds, value } = await hurry(
    context,
    async () => {
      const watcher = await open();
      const progress = watcher.follow([A]);
      events.tell("CHANNEL_CREATE", { call_id: A });
      assert.equal((await progress.next()).value?.state, "ringing");
      // The token has expired.
      events.wanted.take = (socket, { request_id }) =>
        socket.send(JSON.stringify({ action: "reply", request_id, status: "error", data: {} }));
      events.cut();
      const rest = await states(progress);
      watcher.close();
      return rest;
    },
    600,
    TIME,
  );
  assert.deepEqual(value, []);
  assert.ok(seconds >= 300 && seconds <= 340, `${seconds} s`);
});

test("a socket that is there tells the end of a long call, though no question is answered", async (context) => {
  const { value } = await hurry(
    context,
    async () => {
      const watcher = await open();
      const progress = watcher.follow([A]);
      events.tell("CHANNEL_ANSWER", { call_id: A });
      setTimeout(() => events.tell("CHANNEL_DESTROY", { call_id: A }), 1_200_000);
      const all = await states(progress);
      watcher.close();
      return all;
    },
    1_300,
    TIME,
  );
  assert.deepEqual(value, ["answered", "ended"]);
  assert.equal(events.wanted.opened, 1);
});

test("a socket that is there does not keep a call for ever whose end was dropped", async (context) => {
  const { seconds, value } = await hurry(
    context,
    async () => {
      const watcher = await open();
      const all = await states(watcher.follow([A]));
      watcher.close();
      return all;
    },
    15_000,
    { ...TIME, step: 10 },
  );
  assert.deepEqual(value, []);
  assert.ok(seconds >= 14_400 && seconds <= 14_450, `${seconds} s`);
});

test("a call is not over because its token and its answer were slow", async (context) => {
  const { value } = await hurry(
    context,
    async () => {
      const watcher = await open({ fetch: async () => new Response(GONE, { status: 404 }) });
      const slow = {
        async call() {
          await pause(13.5);
          return /** @type {any} */ ({ state: "accepted", callIds: [A], warnings: [] });
        },
      };
      const { progress } = await watcher.call(slow, { user: "a".repeat(32), number: "1", blocking: false });
      setTimeout(() => events.tell("CHANNEL_CREATE", { call_id: A }), 4_000);
      setTimeout(() => events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "NO_ANSWER" }), 6_000);
      const all = await states(progress);
      watcher.close();
      return all;
    },
    60,
    TIME,
  );
  assert.deepEqual(value, ["ringing", "ended"]);
});

test("a call whose answer is awaited is watched on, however long nothing can be learnt of it", async (context) => {
  const { value } = await hurry(
    context,
    async () => {
      const watcher = await open();
      const slow = {
        async call() {
          events.wanted.take = (socket) => socket.close();
          events.cut();
          await pause(400);
          events.wanted.take = undefined;
          await pause(60);
          return /** @type {any} */ ({ state: "accepted", callIds: [A], warnings: [] });
        },
      };
      const { progress } = await watcher.call(slow, { user: "a".repeat(32), number: "1", blocking: false });
      setTimeout(() => events.tell("CHANNEL_ANSWER", { call_id: A }), 2_000);
      setTimeout(() => events.tell("CHANNEL_DESTROY", { call_id: A }), 4_000);
      const all = await states(progress);
      watcher.close();
      return all;
    },
    900,
    TIME,
  );
  assert.deepEqual(value, ["answered", "ended"]);
});

for (const [what, authToken, isFinal] of /** @type {const} */ ([
  ["text that is refused is given up after five minutes, and who places a call is told", "a-token", true],
  ["function is asked again and again: its next token may be better", () => "a-token", false],
])) {
  test(`a token's ${what}`, async (context) => {
    await hurry(
      context,
      async () => {
        const watcher = await open({ authToken });
        events.wanted.take = (socket, { request_id }) =>
          socket.send(JSON.stringify({ action: "reply", request_id, status: "error", data: {} }));
        events.cut();
        await pause(270);
        let placed = 0;
        const quickcall = {
          async call() {
            placed += 1;
            return /** @type {any} */ ({ state: "accepted", callIds: [A], warnings: [] });
          },
        };
        const call = { user: "a".repeat(32), number: "1" };
        await watcher.call(quickcall, call);
        await pause(90);
        const { opened } = events.wanted;
        assert.ok(opened > 10 && opened < 45, `${opened} sockets`);
        await pause(90);
        assert.equal(events.wanted.opened > opened, !isFinal);
        const told = await watcher.call(quickcall, call).catch((error) => error);
        assert.deepEqual(
          [told.code, told.outcome],
          isFinal ? ["unauthorized", "not_placed"] : [undefined, undefined],
        );
        assert.equal(placed, isFinal ? 1 : 2);
        watcher.close();
      },
      600,
      TIME,
    );
  });
}

test("a socket that ends as soon as it was opened is opened less and less often", async (context) => {
  await hurry(
    context,
    async () => {
      const watcher = await open();
      events.wanted.take = (socket, message) => {
        events.grant(socket, message);
        if (message.request_id === "CHANNEL_DESTROY") setTimeout(() => socket.terminate(), 5);
      };
      events.cut();
      await pause(60);
      const { opened } = events.wanted;
      assert.ok(opened > 3 && opened < 12, `${opened} sockets in a minute`);
      // One that stays for some time is opened again at once.
      events.wanted.take = undefined;
      while (events.sockets === 0) await pause(1);
      await pause(7);
      const before = events.wanted.opened;
      events.cut();
      await pause(3);
      assert.equal(events.wanted.opened, before + 1);
      watcher.close();
    },
    200,
    TIME,
  );
});

for (const [later, expected] of /** @type {[number, string][]} */ ([
  [1, "accepted"],
  [3, "network unknown"],
])) {
  test(`an event ${later} s after the answer was lost: ${expected}`, async (context) => {
    const { seconds, value } = await hurry(
      context,
      async () => {
        const watcher = await open();
        const told = await watcher
          .call(
            {
              async call({ customApplicationVars }) {
                const leg = { call_id: A, custom_application_vars: customApplicationVars };
                setTimeout(() => events.tell("CHANNEL_CREATE", leg), later * 1_000);
                throw new QuickcallError({ code: "network", outcome: "unknown", message: "It was lost." });
              },
            },
            { user: "a".repeat(32), number: "1" },
          )
          .then(
            ({ result }) => result.state,
            ({ code, outcome }) => `${code} ${outcome}`,
          );
        watcher.close();
        return told;
      },
      20,
      { ...TIME, step: 0.25 },
    );
    assert.equal(value, expected);
    assert.ok(seconds >= 2 && seconds <= 2.25, `${seconds} s`);
  });
}

test("a server that is away is asked less and less often, and twice a minute at last", async (context) => {
  /** When a socket was made, in milliseconds. @type {number[]} */
  const made = [];
  let isAway = false;
  class Away extends WebSocket {
    /** @param {string} url */
    constructor(url) {
      made.push(Date.now());
      if (isAway) throw new Error("There is no network.");
      super(url);
    }
  }
  await hurry(
    context,
    async () => {
      const watcher = await open({ WebSocket: Away });
      isAway = true;
      events.cut();
      while (made.length < 12) await pause(0.25);
      watcher.close();
    },
    300,
    { apis: ["setTimeout", "setInterval", "Date"], measured: true, step: 0.25 },
  );
  const pauses = made.slice(2).map((at, place) => at - (made[place + 1] ?? 0));
  assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
});

test("a socket that cannot be asked whether it is alive is opened again", async (context) => {
  let broken = true;
  class Broken extends WebSocket {
    /**
     * @override
     * @param {any} text
     */
    send(text) {
      if (broken && text.includes("ping")) throw new Error("It cannot send.");
      super.send(text);
    }
  }
  const { value } = await hurry(
    context,
    async () => {
      const watcher = await open({ WebSocket: Broken });
      const progress = watcher.follow([A]);
      while (events.wanted.opened < 2) await pause(1);
      broken = false;
      await pause(5);
      events.tell("CHANNEL_DESTROY", { call_id: A });
      const all = await states(progress);
      watcher.close();
      return all;
    },
    60,
    TIME,
  );
  assert.deepEqual(value, ["ended"]);
});

test("a socket has ten seconds to open and to take what is asked for", async (context) => {
  events.wanted.take = () => {};
  const { seconds, value } = await hurry(context, () => open().catch((error) => error.code), 60, TIME);
  assert.deepEqual([value, seconds], ["timeout", 10]);
});

test("a socket may take seven of them", async (context) => {
  const { grant } = events;
  events.wanted.take = (socket, message) => setTimeout(grant, 7_000, socket, message);
  const { seconds } = await hurry(context, async () => (await open()).close(), 60, TIME);
  assert.ok(seconds >= 7, `${seconds} s`);
});

test("a socket is asked four times a minute whether it is alive", async (context) => {
  let asked = 0;
  class Counted extends WebSocket {
    /**
     * @override
     * @param {any} text
     */
    send(text) {
      if (text.includes("ping")) asked += 1;
      super.send(text);
    }
  }
  await hurry(
    context,
    async () => {
      const watcher = await open({ WebSocket: Counted });
      await pause(125);
      watcher.close();
      await pause(60);
    },
    300,
    TIME,
  );
  assert.equal(asked, 8);
});

/**
 * A watcher whose beats come when a test wants them, each some seconds of measured time after the last.
 * @param {import("node:test").TestContext} context
 * @param {Parameters<typeof open>[0]} [more]
 */
async function openWithBeats(context, more) {
  const now = performance.now.bind(performance);
  let passed = 0;
  let look = () => {};
  context.mock.method(performance, "now", () => now() + passed);
  const interval = context.mock.method(globalThis, "setInterval", (/** @type {() => void} */ run) => {
    look = run;
    return {};
  });
  const watcher = await open(more);
  interval.mock.restore();
  context.after(() => watcher.close());
  return async (/** @type {number} */ seconds) => {
    passed += seconds * 1_000;
    look();
    // The answer, or the end, takes real time.
    await pause(0.1);
  };
}

test("a socket that answers stays, however seldom it is asked", async (context) => {
  const beat = await openWithBeats(context);
  for (const seconds of [60, 60, 8 * 3_600, 31, 31]) await beat(seconds);
  await pause(0.5);
  assert.deepEqual([events.wanted.opened, events.sockets], [1, 1]);
});

test("a socket that does not answer twice is opened again, and one that says anything is not", async (context) => {
  /** @type {string[]} */
  const asked = [];
  const beat = await openWithBeats(context);
  events.wanted.take = (_, { action }) => {
    asked.push(action);
  };
  await beat(15);
  await beat(15);
  events.tell("CHANNEL_CREATE", { call_id: A });
  await pause(0.1);
  await beat(15);
  await beat(15);
  assert.deepEqual([asked, events.wanted.opened], [["ping", "ping", "ping", "ping"], 1]);
  events.wanted.take = undefined;
  await beat(15);
  await pause(0.5);
  assert.equal(events.wanted.opened, 2);
  // The new one owes no answer yet.
  events.wanted.take = (socket, message) =>
    message.action === "ping" ? undefined : events.grant(socket, message);
  for (let time = 0; time < 2; time++) await beat(15);
  await pause(0.5);
  assert.equal(events.wanted.opened, 2);
  await beat(15);
  await pause(0.5);
  // Those that were given up are ended.
  assert.deepEqual([events.wanted.opened, events.sockets], [3, 1]);
});

test("what a socket says that was given up is no sign of life of the next one", async (context) => {
  /** @type {WebSocket[]} */
  const made = [];
  class Recorded extends WebSocket {
    /** @param {string} url */
    constructor(url) {
      super(url);
      made.push(this);
    }
  }
  const beat = await openWithBeats(context, { WebSocket: Recorded });
  events.wanted.take = (socket, message) =>
    message.action === "ping" ? undefined : events.grant(socket, message);
  for (let time = 0; time < 3; time++) await beat(15);
  await pause(0.5);
  assert.equal(made.length, 2);
  for (let time = 0; time < 3; time++) {
    made[0]?.emit("message", Buffer.from('{"response":"pong"}'), false);
    await beat(15);
  }
  await pause(0.5);
  assert.equal(made.length, 3);
});

for (const [what, isAway] of /** @type {const} */ ([
  ["after the server was away for long", true],
  ["and once more after it was taken for long", false],
])) {
  test(`a token that is refused once ${what} is no reason to stop`, async (context) => {
    await hurry(
      context,
      async () => {
        const watcher = await open({ authToken: "a-token" });
        const { take } = events.wanted;
        let refused = 0;
        /** @type {typeof events.wanted.take} */
        const refuse = (socket, { request_id }) => {
          refused += 1;
          events.wanted.take = take;
          socket.send(JSON.stringify({ action: "reply", request_id, status: "error", data: {} }));
        };
        events.wanted.take = isAway ? (socket) => socket.close() : refuse;
        events.cut();
        await pause(400);
        events.wanted.take = refuse;
        if (!isAway) events.cut();
        await pause(120);
        assert.equal(refused, isAway ? 1 : 2);
        const quickcall = {
          call: async () => /** @type {any} */ ({ state: "accepted", callIds: [A], warnings: [] }),
        };
        await watcher.call(quickcall, { user: "a".repeat(32), number: "1" });
        watcher.close();
      },
      800,
      TIME,
    );
  });
}
