/**
 * Calls whose answer is lost, against the simulator's websocket: what the events tell of them.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Quickcall } from "#quickcall";
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
  USER,
} from "./harness/watching.js";

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
      // Its phone rings until it is hung up.
      { user: USER, number: "+14155560102", timeout: 600 },
      { signal: controller.signal },
    );
    while ((await simulator.calls()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
    const error = await failureOf(placed);
    assert.deepEqual([error.code, error.outcome], ["aborted", "unknown"]);
    const { callIds = [] } = error;
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
