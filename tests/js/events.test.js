/**
 * Watched calls, against the simulator's websocket: steps, hanging up, lost answers, lost sockets, and events told badly.
 */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { WebSocket } from "ws";
import { Quickcall, QuickcallError } from "#quickcall";
import { follow, watch } from "#quickcall/events";
import { NO_SIGNALS } from "./harness/signals.js";
import { startSimulator } from "./harness/simulator.js";

const TOKEN = "canary-token-e4e5";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const THREE = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/** @type {import("./harness/simulator.js").Simulator} */
let simulator;
/** @type {Quickcall} */
let quickcall;
/** @type {import("#quickcall/events").Watcher | undefined} */
let watcher;
let url = "";
/** Every URL that a socket was opened with. @type {string[]} */
const urls = [];

class Recorded extends WebSocket {
  /** @param {string} url */
  constructor(url) {
    super(url);
    urls.push(url);
  }
}

/** @returns {never} */
const throws = () => {
  throw new RangeError("hostile");
};

before(async () => {
  simulator = await startSimulator({ speed: 10, token: TOKEN, rateLimit: false });
  url = (await simulator.about()).events;
  quickcall = new Quickcall({ baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN });
});
after(() => simulator?.stop());
beforeEach(async () => {
  await simulator.clear();
  await simulator.tellEvents({});
});
afterEach(() => {
  watcher?.close();
  watcher = undefined;
});

/** @param {Record<string, unknown>} [more] */
async function open(more = {}) {
  const options = {
    url,
    baseUrl: simulator.baseUrl,
    accountId: ACCOUNT,
    authToken: TOKEN,
    WebSocket: Recorded,
  };
  watcher = await watch({ ...options, ...more });
  return watcher;
}

/** @param {AsyncIterable<import("#quickcall/events").ProgressStep>} progress */
async function all(progress) {
  const steps = [];
  for await (const step of progress) steps.push(step);
  return steps;
}
/** @param {{ state: string }[]} steps */
const states = (steps) => steps.map(({ state }) => state);
const FULL = ["ringing", "answered", "connected", "ended"];

/** @param {Promise<unknown>} promise @returns {Promise<QuickcallError>} */
async function failureOf(promise) {
  const error = await promise.then(
    () => assert.fail("it was to fail"),
    (error) => error,
  );
  assert.ok(error instanceof QuickcallError, String(error));
  assert.ok(!JSON.stringify(error).includes(TOKEN) && !String(error.stack).includes(TOKEN));
  return error;
}

describe("a watched call", () => {
  for (const blocking of [true, false]) {
    it(`is followed to its end, blocking ${blocking}`, async () => {
      const { result, progress } = await (await open()).call(quickcall, {
        user: USER,
        number: "+14155550100",
        blocking,
        customApplicationVars: { page: "7" },
      });
      assert.equal(result.state, blocking ? "started" : "accepted");
      const steps = await all(progress);
      assert.deepEqual(states(steps), FULL);
      const [first, , connected, last] = steps;
      assert.deepEqual(result.callIds, [first?.callId]);
      assert.ok(connected?.otherCallId);
      assert.equal(last?.hangupCause, "NORMAL_CLEARING");
      assert.equal(typeof last?.seconds, "number");
      const [call] = await simulator.calls();
      assert.equal(call.options.custom_application_vars.page, "7");
      assert.match(call.options.custom_application_vars.quickcall_id, /^[0-9a-f]{32}$/);
    });
  }

  it("of a user with three devices ends with the device that was answered", async () => {
    const { result, progress } = await (await open()).call(quickcall, {
      user: THREE,
      number: "+14155550100",
    });
    assert.equal(result.callIds.length, 3);
    const steps = await all(progress);
    assert.deepEqual(states(steps), FULL);
    assert.equal(steps.at(-1)?.hangupCause, "NORMAL_CLEARING");
  });

  it("that is not blocking says why no phone was answered", async () => {
    for (const [number, cause] of [
      ["+14155550101", "USER_BUSY"],
      ["+14155550102", "NO_ANSWER"],
    ]) {
      const { result, progress } = await (watcher ?? (await open())).call(quickcall, {
        user: USER,
        number: number ?? "",
        blocking: false,
        timeout: 5,
      });
      assert.equal(result.state, "accepted");
      const steps = await all(progress);
      assert.deepEqual(states(steps), ["ringing", "ended"]);
      assert.equal(steps.at(-1)?.hangupCause, cause);
    }
  });

  it("whose phone never rings is reported: the channels API knows no such call", {
    timeout: 30_000,
  }, async () => {
    await simulator.tellEvents({
      dropped: ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_DESTROY"],
    });
    const { progress } = await (await open()).call(quickcall, {
      user: USER,
      number: "+14155550101",
      blocking: false,
    });
    assert.deepEqual(states(await all(progress)), ["ended"]);
  });

  it("is hung up, and its status is told", async () => {
    const watcher = await open();
    const { progress } = await watcher.call(quickcall, { user: USER, number: "+14155550100" });
    const seen = [];
    for await (const { state, callId } of progress) {
      seen.push(state);
      if (state !== "connected") continue;
      assert.equal(await watcher.status(callId), "active");
      assert.equal(await watcher.hangup(callId), "active");
    }
    assert.deepEqual(seen, FULL);
    const [call] = await simulator.calls();
    assert.equal(await watcher.status(call.call_ids[0]), "gone");
    assert.equal(await watcher.hangup(call.call_ids[0]), "gone");
    for (const id of ["a b", "", ".", "..", "x".repeat(257), 5]) {
      const { code, outcome, issues, message } = await failureOf(watcher.hangup(/** @type {any} */ (id)));
      assert.deepEqual([code, outcome, issues[0]?.path], ["invalid", "unknown", ["callId"]]);
      assert.match(message, /^The call was not hung up: callId: ./);
    }
    const leg = call.call_ids[0];
    const holed = Object.assign(new Array(3), { 0: leg, 2: leg });
    const longer = Object.assign([leg], { length: 4_000_000_000 });
    const unreadable = Object.defineProperty([leg], 0, { get: throws });
    const { proxy: revoked, revoke } = Proxy.revocable([leg], {});
    revoke();
    const wrong = [undefined, "x", [], [5], ["a b"], new Array(5), holed, longer, unreadable, revoked];
    for (const ids of /** @type {any[]} */ (wrong)) {
      const { code, issues } = await failureOf((async () => watcher.follow(ids))());
      assert.deepEqual([code, issues[0]?.path], ["invalid", ["callIds"]]);
    }
  });

  it("that is not blocking is not over because its phone is not there yet", async () => {
    const gone = '{"status":"error","error":"404","message":"bad identifier"}';
    const watcher = await open({ fetch: async () => new Response(gone, { status: 404 }) });
    const { callIds } = await quickcall.call({ user: USER, number: "+14155550500", blocking: false });
    assert.equal(await watcher.status(callIds[0] ?? ""), "gone");
    const steps = await all(watcher.follow(callIds));
    assert.notEqual(steps[0]?.state, "ended");
    assert.equal(steps.at(-1)?.hangupCause, "NORMAL_CLEARING");
  });

  it("goes on when nobody follows it, and its signal ends the following", async () => {
    const watcher = await open();
    const controller = new AbortController();
    const { progress } = await watcher.call(
      quickcall,
      { user: USER, number: "+14155550100" },
      { signal: controller.signal },
    );
    await progress.next();
    controller.abort();
    assert.ok((await all(progress)).length < 3);
    assert.equal((await simulator.calls()).length, 1);
  });

  it("takes no signal that is none: nothing is placed, followed or opened", async () => {
    const watcher = await open();
    const opened = urls.length;
    for (const signal of NO_SIGNALS) {
      const placed = watcher.call(quickcall, { user: USER, number: "+14155550100" }, { signal });
      const followed = follow({ handler: "http://127.0.0.1:9/", call: {}, key: "a-test-key", signal }).next();
      const watched = (async () => watcher.follow([], signal))();
      for (const failed of [placed, followed, watched, watch(/** @type {any} */ ({ signal }))]) {
        const { code, issues } = await failureOf(failed);
        assert.deepEqual([code, issues[0]?.path], ["invalid", ["signal"]]);
      }
    }
    assert.equal(urls.length, opened);
    assert.deepEqual(await simulator.calls(), []);
  });

  it("is invalid where it cannot be read, and so is how, and what watches", async () => {
    const watcher = await open();
    const right = { user: USER, number: "+14155550100" };
    const unreadable = () =>
      Object.defineProperty({ ...right }, "customApplicationVars", { get: throws, enumerable: true });
    const keys = new Proxy({ ...right }, { ownKeys: throws });
    const how = Object.defineProperty({}, "signal", { get: throws });
    for (const [failed, path] of /** @type {[Promise<unknown>, string][]} */ ([
      [watcher.call(quickcall, unreadable()), "call"],
      [watcher.call(quickcall, keys), "call"],
      [watcher.call(quickcall, right, how), "how"],
      [watch(/** @type {any} */ (Object.defineProperty({}, "WebSocket", { get: throws }))), "options"],
    ])) {
      const { code, outcome, issues } = await failureOf(failed);
      assert.deepEqual([code, outcome, issues[0]?.path], ["invalid", "not_placed", [path]]);
    }
    assert.deepEqual(await simulator.calls(), []);
  });

  it("that fails for certain fails as it does without a watcher", async () => {
    const watcher = await open();
    const busy = await failureOf(watcher.call(quickcall, { user: USER, number: "+14155550101" }));
    assert.deepEqual([busy.code, busy.hangupCause], ["originate_failed", "USER_BUSY"]);
    const wrong = await failureOf(watcher.call(quickcall, { user: USER, number: "users" }));
    assert.equal(wrong.code, "invalid");
    const vars = /** @type {any} */ ({ user: USER, number: "1", customApplicationVars: 5 });
    assert.equal(
      (await failureOf(watcher.call(quickcall, vars))).issues[0]?.path[0],
      "customApplicationVars",
    );
  });
});

describe("a leg that is asked for", () => {
  const LEG = `${"0123456789ab".repeat(3)}-quickcall`;
  /** Each status with the code of its error, and whether it is sure that nothing was hung up. @type {[number, string, boolean][]} */
  const ANSWERS = [
    [401, "unauthorized", true],
    [403, "forbidden", true],
    [429, "rate_limited", true],
    [400, "rejected", true],
    [408, "server_error", false],
    [503, "server_error", false],
    [302, "bad_response", false],
  ];

  for (const [status, code, isSure] of ANSWERS) {
    it(`and answered with ${status} is ${code}: that says nothing of a call that was placed`, async () => {
      const watcher = await open({ fetch: async () => new Response("{}", { status }) });
      const unsure = await failureOf(watcher.status(LEG));
      assert.deepEqual([unsure.code, unsure.outcome, unsure.status], [code, "unknown", status]);
      assert.match(unsure.message, /^Nobody knows whether the call goes on: ./);
      const { code: same, outcome, message } = await failureOf(watcher.hangup(LEG));
      assert.deepEqual([same, outcome], [code, "unknown"]);
      const meaning = isSure
        ? /^The call was not hung up: ./
        : /^Nobody knows whether the call was hung up: ./;
      assert.match(message, meaning);
      assert.doesNotMatch(message, /undefined/);
    });
  }

  it("is there or gone by the word of the API only, not by a page that somebody else sent", async () => {
    const html = "<html>Log in</html>";
    /** @type {[number, BodyInit, string][]} */
    const answers = [
      [200, '{"status":"success","data":{}}', "active"],
      [202, '{"status":"success","data":"hanging up"}', "active"],
      [404, '{"status":"error","error":"404","message":"bad identifier"}', "gone"],
      [200, html, "bad_response"],
      [200, '{"status":"error"}', "bad_response"],
      [200, "", "bad_response"],
      [404, html, "bad_response"],
      [404, '{"status":"success"}', "bad_response"],
      [404, "", "bad_response"],
      [404, new ReadableStream({ pull: (stream) => stream.error(new TypeError("cut")) }), "network"],
    ];
    for (const [status, body, told] of answers) {
      const watcher = await open({ fetch: async () => new Response(body, { status }) });
      const said = await watcher.status(LEG).catch((error) => error.code);
      assert.equal(said, told, `${status} ${body}`);
      watcher.close();
    }
  });

  it("and refused says when to ask again, and the server's id of the question unless it holds the token", async () => {
    for (const [id, kept] of [
      ["r1", "r1"],
      [`r-${TOKEN}`, undefined],
    ]) {
      const headers = { "retry-after": "7", "x-request-id": id ?? "" };
      const watcher = await open({ fetch: async () => new Response("{}", { status: 429, headers }) });
      const { retryAfter, requestId } = await failureOf(watcher.hangup(LEG));
      assert.deepEqual([retryAfter, requestId], [7, kept]);
      watcher.close();
    }
  });

  it("by a fetch that throws what it likes is a broken connection", async () => {
    const theirs = new QuickcallError({
      code: "unauthorized",
      outcome: "not_placed",
      message: "Not placed.",
    });
    for (const thrown of [undefined, null, 5, { code: "unauthorized" }, theirs]) {
      let asked = 0;
      const fetch = () => {
        asked += 1;
        return Promise.reject(thrown);
      };
      const watcher = await open({ fetch, authToken: () => TOKEN });
      const { code, outcome } = await failureOf(watcher.hangup(LEG));
      assert.deepEqual([code, outcome, asked], ["network", "unknown", 1]);
      watcher.close();
    }
  });

  it("without an answer or a token is unknown, too", { timeout: 20_000 }, async () => {
    const cause = new TypeError("The connection failed.");
    /** @type {[string, () => Promise<Response>][]} */
    const without = [
      ["network", () => Promise.reject(cause)],
      ["bad_response", () => Promise.reject(new TypeError("unexpected redirect"))],
      ["timeout", () => new Promise(() => {})],
    ];
    for (const [code, fetch] of without) {
      const error = await failureOf((await open({ fetch })).hangup(LEG));
      assert.deepEqual([error.code, error.outcome], [code, "unknown"]);
      assert.match(error.message, /^Nobody knows whether the call was hung up: [^u]/);
      if (code === "network") assert.equal(error.cause, cause);
      watcher?.close();
    }
    let token = TOKEN;
    const watching = await open({ authToken: () => token });
    token = "no token";
    const error = await failureOf(watching.hangup(LEG));
    assert.deepEqual([error.code, error.outcome], ["token_failed", "unknown"]);
    assert.match(error.message, /^The call was not hung up: there is no usable token/);
  });
});

describe("an outcome that would be unknown", () => {
  for (const [number, what] of [
    ["+14155550107", "the connection closes before the answer"],
    ["+14155550108", "the answer is cut off"],
    ["+14155550110", "the answer is text"],
    ["+14155550126", "the answer is a list"],
  ]) {
    it(`is known by the events: ${what}`, async () => {
      const { result, progress } = await (await open()).call(quickcall, { user: USER, number: number ?? "" });
      assert.ok(["accepted", "started"].includes(result.state));
      assert.match(result.callIds[0] ?? "", /-quickcall$/);
      assert.equal((await all(progress)).at(-1)?.hangupCause, "NORMAL_CLEARING");
      assert.equal((await simulator.calls()).length, 1);
    });
  }

  for (const [what, isLost, number] of /** @type {const} */ ([
    ["lost", true, "+14155550100"],
    ["late", false, "+14155550200"],
  ])) {
    it(`is known by the events when the call is over before its answer is ${what}`, async () => {
      const watcher = await open();
      const slow = new Quickcall({
        baseUrl: simulator.baseUrl,
        accountId: ACCOUNT,
        authToken: TOKEN,
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          const [call] = await simulator.calls();
          for (let rest = 200; rest > 0 && (await watcher.status(call.call_ids[0])) === "active"; rest--) {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          assert.equal(await watcher.status(call.call_ids[0]), "gone");
          // The event of its end is told at once.
          await new Promise((resolve) => setTimeout(resolve, 100));
          if (isLost) throw new TypeError("The connection failed.");
          return response;
        },
      });
      const { result, progress } = await watcher.call(slow, { user: USER, number });
      const [call] = await simulator.calls();
      assert.deepEqual([result.state, result.callIds], ["started", call.call_ids]);
      assert.deepEqual(states(await all(progress)), FULL);
    });
  }

  it("stays unknown where the events show that nobody answered, and says so", async () => {
    const watcher = await open();
    const error = await failureOf(
      watcher.call(quickcall, { user: USER, number: "+14155550102", timeout: 5 }),
    );
    assert.deepEqual(
      [error.code, error.outcome, error.unanswered, error.hangupCause],
      ["unconfirmed", "unknown", true, "NO_ANSWER"],
    );
  });

  it("is known by the events when the caller stopped waiting, and the call can be hung up", async () => {
    const watcher = await open();
    const controller = new AbortController();
    const placed = watcher.call(
      quickcall,
      { user: USER, number: "+14155560106" },
      { signal: controller.signal },
    );
    while ((await simulator.calls()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
    const error = await failureOf(placed);
    assert.deepEqual([error.code, error.outcome], ["aborted", "unknown"]);
    const { callIds } = /** @type {QuickcallError & { callIds: string[] }} */ (error);
    const [call] = await simulator.calls();
    assert.deepEqual(callIds, call.call_ids);
    assert.equal(await watcher.hangup(callIds[0] ?? ""), "active");
    for (let rest = 50; rest > 0 && (await watcher.status(callIds[0] ?? "")) === "active"; rest--) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await watcher.status(callIds[0] ?? ""), "gone");
  });

  it("stays unknown where the events show nothing", async () => {
    await simulator.tellEvents({
      dropped: ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_DESTROY"],
    });
    const error = await failureOf(
      (await open()).call(quickcall, { user: USER, number: "+14155560107", timeout: 4 }),
    );
    assert.deepEqual([error.code, error.outcome], ["network", "unknown"]);
  });
});

describe("the steps of a call", () => {
  it("that nobody takes leave nothing behind when they are given up, or the call is over", async () => {
    const { signal } = new AbortController();
    const watcher = await open();
    const given = await watcher.call(quickcall, { user: USER, number: "+14155550300" }, { signal });
    assert.equal(getEventListeners(signal, "abort").length, 1);
    assert.deepEqual(await given.progress.return(), { value: undefined, done: true });
    assert.equal(getEventListeners(signal, "abort").length, 0);
    const { result } = await watcher.call(quickcall, { user: USER, number: "+14155550400" }, { signal });
    for (let rest = 200; rest > 0 && (await watcher.status(result.callIds[0] ?? "")) === "active"; rest--) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  it("are known when the watcher is closed while the answer is awaited, and its socket speaks on", async () => {
    const leg = `${"0".repeat(36)}-quickcall`;
    /** @type {(event: string, ownId?: string, cause?: string) => void} */
    let tell = () => {};
    class Stubborn extends EventTarget {
      constructor() {
        super();
        const say = (/** @type {object} */ message) =>
          this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
        tell = (name, ownId, cause) => {
          const vars = { custom_application_vars: { quickcall_id: ownId } };
          say({
            action: "event",
            name,
            data: { call_id: leg, event_name: name, hangup_cause: cause, ...vars },
          });
        };
        this.send = (/** @type {string} */ text) => {
          const { action, request_id } = JSON.parse(text);
          if (action === "subscribe") say({ action: "reply", request_id, status: "success", data: {} });
        };
        setTimeout(() => this.dispatchEvent(new Event("open")), 0);
      }
      close() {}
    }
    const watcher = await open({ WebSocket: Stubborn });
    const lost = new QuickcallError({ code: "network", outcome: "unknown", message: "It was lost." });
    const own = {
      call: async (/** @type {any} */ call) => {
        tell("CHANNEL_CREATE", call.customApplicationVars.quickcall_id);
        tell("CHANNEL_ANSWER");
        watcher.close();
        tell("CHANNEL_DESTROY", undefined, "NORMAL_CLEARING");
        throw lost;
      },
    };
    const { result } = await watcher.call(own, { user: USER, number: "1001" });
    assert.deepEqual([result.state, result.callIds], ["started", [leg]]);
  });
});

describe("the socket", () => {
  it("is refused with a wrong token, and the token is in no URL and no error", async () => {
    const error = await failureOf(open({ authToken: "a-wrong-token" }));
    assert.equal(error.code, "unauthorized");
    assert.ok(!JSON.stringify(error).includes("a-wrong-token"));
    assert.ok(urls.length > 0 && urls.every((url) => !url.includes(TOKEN) && !url.includes("wrong")));
  });

  it("gets a new token once when the first is refused", async () => {
    /** @type {string[]} */
    const asked = [];
    await open({
      authToken: async (/** @type {string} */ reason) => {
        asked.push(reason);
        return reason === "call" ? "an-old-token" : TOKEN;
      },
    });
    assert.deepEqual(asked, ["call", "unauthorized"]);
  });

  it("that cannot be had is one error", async () => {
    await simulator.tellEvents({ refused: true });
    assert.equal((await failureOf(open())).code, "network");
    assert.equal((await failureOf(open({ url: "ws://127.0.0.1:1/" }))).code, "network");
  });

  it("that says nothing is given up", { timeout: 20_000 }, async () => {
    await simulator.tellEvents({ silent: true });
    assert.equal((await failureOf(open())).code, "timeout");
  });

  it("is checked like the server's URL, all issues at once", async () => {
    const error = await failureOf(open({ url: "ws://kazoo.example.com/", baseUrl: "x", accountId: "y" }));
    assert.deepEqual(
      error.issues.map(({ path }) => path[0]),
      ["url", "baseUrl", "accountId"],
    );
    const noSocket = await failureOf(open({ url: "https://kazoo.example.com/" }));
    assert.equal(noSocket.issues[0]?.path[0], "url");
    assert.equal((await failureOf(open({ WebSocket: 5 }))).issues[0]?.path[0], "WebSocket");
    assert.equal((await failureOf(open({ authToken: undefined }))).issues[0]?.path[0], "authToken");
  });

  for (const cut of FULL.slice(0, 3)) {
    it(`is opened again when it is cut while the call is ${cut}, and the call ends`, async () => {
      const { progress } = await (await open()).call(quickcall, {
        user: USER,
        number: "+14155550106",
        blocking: false,
      });
      /** @type {string[]} */
      const seen = [];
      for await (const { state } of progress) {
        seen.push(state);
        if (state === cut) await simulator.closeSockets();
      }
      assert.equal(seen.at(-1), "ended");
      assert.deepEqual(
        seen,
        FULL.filter((state) => seen.includes(state)),
      );
    });
  }

  it("that is cut while a call is placed and cannot be had again leaves nothing hanging", {
    timeout: 40_000,
  }, async () => {
    const watcher = await open();
    const placed = watcher.call(quickcall, { user: USER, number: "+14155550100" });
    await simulator.tellEvents({ refused: true });
    await simulator.closeSockets();
    const { result, progress } = await placed;
    assert.equal(result.state, "started");
    // The channels API tells the end.
    assert.equal((await all(progress)).at(-1)?.state, "ended");
  });

  it("closed by its owner ends everything", async () => {
    const watcher = await open();
    const { progress } = await watcher.call(quickcall, {
      user: USER,
      number: "+14155550106",
      blocking: false,
    });
    watcher.close();
    assert.ok((await all(progress)).length <= 1);
    assert.equal((await failureOf(watcher.call(quickcall, { user: USER, number: "1" }))).code, "invalid");
  });

  it("is ended by its signal", async () => {
    const controller = new AbortController();
    const watcher = await open({ signal: controller.signal });
    const { progress } = await watcher.call(quickcall, {
      user: USER,
      number: "+14155550106",
      blocking: false,
    });
    controller.abort();
    assert.ok((await all(progress)).length <= 1);
  });
});

describe("events that are told badly", () => {
  it("late, twice and among others: every call ends in the right state, and none goes back", {
    timeout: 60_000,
  }, async (context) => {
    await simulator.tellEvents({ late: 8_000, repeated: 1, foreign: true });
    const watcher = await open();
    const count = 1_000;
    const before = process.memoryUsage().heapUsed;
    const started = performance.now();
    const followed = await Promise.all(
      Array.from({ length: count }, async (_, place) => {
        const number = `+1${String(4_150_000 + place)}${place % 4 === 0 ? "0101" : "0100"}`;
        const call = { user: USER, number, blocking: false };
        const { progress } = await watcher.call(quickcall, call);
        return { busy: place % 4 === 0, steps: await all(progress) };
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    const kilobytes = (process.memoryUsage().heapUsed - before) / count / 1024;
    context.diagnostic(
      `${count} watched calls at once on one socket: ${seconds.toFixed(1)} s, ${kilobytes.toFixed(1)} kB each`,
    );
    for (const { busy, steps } of followed) {
      const seen = states(steps);
      assert.deepEqual(
        seen,
        FULL.filter((state) => seen.includes(state)),
      );
      assert.equal(seen.at(-1), "ended");
      assert.ok(!busy || (!seen.includes("answered") && !seen.includes("connected")), seen.join());
      assert.equal(steps.at(-1)?.hangupCause, busy ? "USER_BUSY" : "NORMAL_CLEARING");
    }
    assert.equal((await simulator.calls()).length, count);
  });
});
