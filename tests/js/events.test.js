/**
 * Watched calls, against the simulator's websocket: their steps, also where events are told badly.
 */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Quickcall, QuickcallError } from "#quickcall";
import { follow, watch } from "#quickcall/events";
import { NO_SIGNALS } from "./harness/signals.js";
import {
  ACCOUNT,
  all,
  FULL,
  failureOf,
  open,
  quickcall,
  simulator,
  states,
  TOKEN,
  throws,
  USER,
  urls,
  watcher,
} from "./harness/watching.js";

const THREE = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

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

  it("is refused with the vars and calls that the class refuses, and with a var of the watcher's name", async () => {
    const watcher = await open();
    const call = { user: USER, number: "+14155550100" };
    for (const [given, code, path] of /** @type {[any, string, string[]][]} */ ([
      ...[
        ["x"],
        Object.assign(["x"], { [Symbol.toStringTag]: "Object" }),
        new Map([["a", "b"]]),
        new Date(),
        /x/,
        Object("xy"),
        () => {},
        null,
        7,
      ].map((vars) => [{ ...call, customApplicationVars: vars }, "wrong_type", ["customApplicationVars"]]),
      [
        { ...call, customApplicationVars: { quickcall_id: "mine" } },
        "reserved",
        ["customApplicationVars", "quickcall_id"],
      ],
      [
        { ...call, custom_application_vars: { quickcall_id: "" } },
        "reserved",
        ["custom_application_vars", "quickcall_id"],
      ],
      ...[null, [], 5, "x", new Map()].map((call) => [call, "wrong_type", []]),
    ])) {
      const { issues } = await failureOf(watcher.call(quickcall, given));
      assert.deepEqual(
        [issues[0]?.code, issues[0]?.path],
        [code, path],
        String(given?.customApplicationVars),
      );
    }
    assert.deepEqual(await simulator.calls(), []);
  });

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
    timeout: 120_000,
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

  it("that is not blocking is not over because its phone is not there yet", async () => {
    const gone = '{"status":"error","error":"404","message":"bad identifier"}';
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      return new Response(gone, { status: 404 });
    };
    const watcher = await open({ fetch });
    const { callIds } = await quickcall.call({ user: USER, number: "+14155550106", blocking: false });
    const progress = watcher.follow(callIds);
    // Opened again, it is asked what happened meanwhile.
    await simulator.closeSockets();
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const steps = await all(progress);
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

  it("is followed by 1 to 1,000 ids of calls, and by nothing else", async () => {
    const watcher = await open();
    const ids = Array.from({ length: 1_001 }, (_, place) => `${place}-quickcall`);
    const holed = ["a-quickcall", "b-quickcall", "c-quickcall"];
    delete holed[1];
    for (const wrong of /** @type {any[]} */ ([ids, [], holed, [""], ["a b"], ["a", 5], "a-quickcall", {}])) {
      const { code, outcome, issues } = await failureOf((async () => watcher.follow(wrong))());
      assert.deepEqual([code, outcome], ["invalid", "unknown"]);
      assert.deepEqual([issues[0]?.code, issues[0]?.path], ["wrong_type", ["callIds"]]);
    }
    await watcher.follow(ids.slice(1)).return();
    await watcher.follow(["a-quickcall"]).return();
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
      [watcher.call(/** @type {any} */ (right), /** @type {any} */ (quickcall)), "quickcall"],
      [watcher.call(/** @type {any} */ (undefined), right), "quickcall"],
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

describe("events that are told badly", () => {
  it("late, twice and among others: every call ends in the right state, and none goes back", {
    timeout: 600_000,
  }, async (context) => {
    await simulator.tellEvents({ late: 8_000, repeated: 1, foreign: true });
    const watcher = await open();
    // How long so many answers take is the machine's affair.
    const server = { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN };
    const patient = new Quickcall({ ...server, deadlineMargin: 300 });
    const count = 1_000;
    const before = process.memoryUsage().heapUsed;
    const started = performance.now();
    const followed = await Promise.all(
      Array.from({ length: count }, async (_, place) => {
        const number = `+1${String(4_150_000 + place)}${place % 4 === 0 ? "0101" : "0100"}`;
        const call = { user: USER, number, blocking: false };
        const { progress } = await watcher.call(patient, call);
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
