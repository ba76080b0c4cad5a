/**
 * A websocket that is not opened to its end: by its owner's wish, or because its class throws.
 */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { afterEach, beforeEach, test } from "node:test";
import { WebSocket } from "ws";
import { QuickcallError } from "#quickcall";
import { watch } from "#quickcall/events";
import { startEventServer, watchEvents } from "./harness/event_server.js";
import { hurry } from "./harness/soon.js";
import { countTimers } from "./harness/timers.js";

const TOKEN = "canary-token-c105";
const LEG = `${"0".repeat(36)}-quickcall`;

/** @type {Awaited<ReturnType<typeof startEventServer>>} */
let events;

beforeEach(async () => {
  events = await startEventServer();
});
afterEach(() => events?.stop());

/** @param {Partial<Parameters<typeof watch>[0]>} [more] */
const open = (more) => watchEvents(events, { authToken: TOKEN, ...more });

/**
 * @param {Promise<unknown>} promise
 * @returns {Promise<QuickcallError>}
 */
async function failureOf(promise) {
  const error = await promise.then(
    () => assert.fail("it was to fail"),
    (error) => error,
  );
  assert.ok(error instanceof QuickcallError, String(error));
  return error;
}

/** @param {() => boolean} isSo */
async function soon(isSo) {
  for (let rest = 100; rest > 0 && !isSo(); rest--) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(isSo(), String(isSo));
}

test("a signal ends a socket that is just opened", { timeout: 60_000 }, async () => {
  events.wanted.take = () => {};
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const error = await failureOf(open({ signal: controller.signal }));
  assert.deepEqual([error.code, error.outcome], ["aborted", "not_placed"]);
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  await soon(() => events.sockets === 0);
});

test("a signal ends the wait for a token", { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  const never = () => new Promise(() => {});
  assert.equal((await failureOf(open({ signal: controller.signal, authToken: never }))).code, "aborted");
  assert.equal(events.wanted.opened, 0);
});

test("with an aborted signal no token is asked for, and no socket is opened", async () => {
  let asked = 0;
  const authToken = () => {
    asked += 1;
    return TOKEN;
  };
  for (const token of [authToken, TOKEN]) {
    const error = await failureOf(open({ signal: AbortSignal.abort(), authToken: token }));
    assert.equal(error.code, "aborted");
  }
  assert.deepEqual([asked, events.wanted.opened], [0, 0]);
});

test("a socket that is just opened again is ended by close()", { timeout: 60_000 }, async () => {
  const watcher = await open();
  events.wanted.take = () => {};
  events.cut();
  await soon(() => events.wanted.opened === 2 && events.sockets === 1);
  watcher.close();
  await soon(() => events.sockets === 0);
  // And none is opened any more.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.equal(events.wanted.opened, 2);
});

for (const [what, isAway] of /** @type {const} */ ([
  ["open", false],
  ["being opened again", true],
])) {
  test(`a watcher that is closed while its socket is ${what} leaves no timer`, {
    timeout: 60_000,
  }, async (context) => {
    const pause = globalThis.setTimeout;
    const timers = countTimers(context);
    const watcher = await open();
    if (isAway) {
      events.wanted.take = () => {};
      events.cut();
      while (events.wanted.opened < 2 || events.sockets === 0) await new Promise((done) => pause(done, 20));
    }
    watcher.close();
    // One that waits for the server's farewell stays a second.
    for (let rest = 200; rest > 0 && timers.size > 0; rest--) await new Promise((done) => pause(done, 20));
    // What would be tried again would be so by now.
    await new Promise((done) => pause(done, 600));
    assert.equal(timers.size, 0);
  });
}

test("a signal that ends the watching a little behind the last grant leaves no socket and no timer", {
  timeout: 60_000,
}, async (context) => {
  const pause = globalThis.setTimeout;
  const timers = countTimers(context);
  for (let turns = 0; turns < 20; turns++) {
    const controller = new AbortController();
    let asked = 0;
    class Leaving extends WebSocket {
      /**
       * @override
       * @param {any} text
       */
      send(text) {
        asked += 1;
        super.send(text);
        if (asked > 1) return;
        // Behind the package's own listener, and before or after what waits for it goes on.
        this.addEventListener("message", async () => {
          asked -= 1;
          if (asked > 0) return;
          for (let rest = turns; rest > 0; rest--) await undefined;
          controller.abort();
        });
      }
    }
    const opening = open({ WebSocket: Leaving, signal: controller.signal });
    // It may be open by then, and closed.
    await opening.catch(({ code }) => assert.equal(code, "aborted"));
  }
  for (let rest = 200; rest > 0 && timers.size > 0; rest--) await new Promise((done) => pause(done, 20));
  assert.deepEqual([timers.size, events.sockets], [0, 0]);
});

test("a question of a watcher that is closed is given up", async (context) => {
  /** @type {AbortSignal | null | undefined} */
  let asked;
  await hurry(
    context,
    async () => {
      const watcher = await open({
        fetch: (_, how) => {
          asked = how?.signal;
          return new Promise(() => {});
        },
      });
      watcher.follow([LEG]);
      while (!asked) await new Promise((resolve) => setTimeout(resolve, 1_000));
      assert.equal(asked.aborted, false);
      watcher.close();
    },
    60,
    { apis: ["setTimeout", "setInterval"], measured: true },
  );
  assert.equal(asked?.aborted, true);
});

test("a class that throws is a broken connection, with its cause", async () => {
  const cause = new DOMException("It is insecure.", "SecurityError");
  const Throws = /** @type {any} */ (
    class {
      constructor() {
        throw cause;
      }
    }
  );
  const error = await failureOf(open({ WebSocket: Throws }));
  assert.deepEqual([error.code, error.cause], ["network", cause]);
});

test("a socket that cannot send is a broken connection, and its words are not taken over", async () => {
  class Throws extends WebSocket {
    /**
     * @override
     * @param {any} text
     */
    send(text) {
      throw new Error(`It cannot send ${text}.`);
    }
  }
  const error = await failureOf(open({ WebSocket: Throws }));
  assert.deepEqual([error.code, error.cause], ["network", undefined]);
  await soon(() => events.sockets === 0);
});

test("a socket that is lost with the last grant is no open one", async () => {
  class Brief extends EventTarget {
    constructor() {
      super();
      setTimeout(() => this.dispatchEvent(new Event("open")), 0);
    }
    /** @param {string} text */
    send(text) {
      const { request_id } = JSON.parse(text);
      const data = JSON.stringify({ action: "reply", request_id, status: "success", data: {} });
      this.dispatchEvent(new MessageEvent("message", { data }));
      if (request_id === "CHANNEL_DESTROY") this.dispatchEvent(new Event("close"));
    }
    close() {}
  }
  const error = await failureOf(open({ WebSocket: /** @type {any} */ (Brief) }));
  assert.equal(error.code, "network");
});

test("a socket that tells its end within close() is closed a few times, and not without end", async () => {
  let closed = 0;
  class Prompt extends EventTarget {
    constructor() {
      super();
      setTimeout(() => this.dispatchEvent(new Event("open")), 0);
    }
    /** @param {string} text */
    send(text) {
      const { request_id } = JSON.parse(text);
      const status = isRefused ? "error" : "success";
      const data = JSON.stringify({ action: "reply", request_id, status, data: {} });
      this.dispatchEvent(new MessageEvent("message", { data }));
    }
    close() {
      closed += 1;
      if (closed > 20) return;
      this.dispatchEvent(new Event("error"));
      this.dispatchEvent(new Event("close"));
    }
  }
  let isRefused = true;
  const WebSocket = /** @type {any} */ (Prompt);
  assert.equal((await failureOf(open({ WebSocket }))).code, "unauthorized");
  assert.ok(closed > 0 && closed < 4, `closed ${closed} times where it was refused`);
  closed = 0;
  isRefused = false;
  (await open({ WebSocket })).close();
  assert.ok(closed > 0 && closed < 4, `closed ${closed} times by its owner`);
});

test("a closed watcher follows nothing, and says so", { timeout: 60_000 }, async () => {
  const watcher = await open();
  watcher.close();
  assert.throws(
    () => watcher.follow([LEG]),
    ({ code, outcome, message }) => {
      assert.deepEqual([code, outcome], ["invalid", "unknown"]);
      return message === "The call cannot be followed: watcher: It is closed. Make a new one.";
    },
  );
});
