/**
 * Calls that are watched on a websocket that tells what the test wants, and when.
 */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { QuickcallError } from "#quickcall";
import { watch } from "#quickcall/events";
import { startEventServer, watchEvents } from "./harness/event_server.js";

const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const [A, B] = ["a", "b"].map((digit) => `${digit.repeat(36)}-quickcall`);

/** @type {Awaited<ReturnType<typeof startEventServer>>} */
let events;
/** @type {import("#quickcall/events").Watcher} */
let watcher;

before(async () => {
  events = await startEventServer();
});
after(() => events?.stop());
/** @param {Partial<Parameters<typeof watch>[0]>} [more] */
const open = (more) => watchEvents(events, more);
beforeEach(async () => {
  watcher = await open();
});
afterEach(() => watcher?.close());

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A call whose answer is lost; meanwhile its events are told.
 * @param {(vars: Record<string, unknown>) => unknown} meanwhile
 */
const lose = (meanwhile) =>
  watcher.call(
    {
      async call({ customApplicationVars }) {
        // What is told later goes on when the answer is lost.
        await meanwhile({ custom_application_vars: customApplicationVars });
        const message = "The answer was lost.";
        throw new QuickcallError({
          code: "network",
          outcome: "unknown",
          message,
          status: 502,
          requestId: "r1",
        });
      },
    },
    { user: USER, number: "+14155550100" },
  );

test("a leg that ended is no proof: another one is heard of later", async () => {
  const { result } = await lose((vars) => {
    events.tell("CHANNEL_CREATE", { call_id: A, ...vars });
    events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "USER_NOT_REGISTERED" });
    setTimeout(() => events.tell("CHANNEL_CREATE", { call_id: B, ...vars }), 300);
    setTimeout(() => events.tell("CHANNEL_ANSWER", { call_id: B, ...vars }), 400);
    return pause(50);
  });
  assert.deepEqual([result.state, result.callIds], ["started", [A, B]]);
  assert.deepEqual([result.status, result.requestId], [502, "r1"]);
});

test("where all legs that were heard of ended the outcome stays unknown, with a hint", async () => {
  const error = await lose((vars) => {
    events.tell("CHANNEL_CREATE", { call_id: A, ...vars });
    events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "NO_ANSWER" });
  }).catch((error) => error);
  assert.ok(error instanceof QuickcallError, String(error));
  const { code, outcome, unanswered, hangupCause } = error.toJSON();
  assert.deepEqual([code, outcome, unanswered, hangupCause], ["network", "unknown", true, "NO_ANSWER"]);
});

test("the steps end when the legs that were heard of are over, and no other came", {
  timeout: 60_000,
}, async () => {
  const { result, progress } = await lose((vars) => {
    events.tell("CHANNEL_CREATE", { call_id: A, ...vars });
  });
  assert.equal(result.state, "accepted");
  events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "NO_ANSWER" });
  const steps = [];
  for await (const { state, hangupCause } of progress) steps.push([state, hangupCause]);
  assert.deepEqual(steps, [
    ["ringing", undefined],
    ["ended", "NO_ANSWER"],
  ]);
});

test("all that follow one call hear of it", { timeout: 120_000 }, async () => {
  const followed = ["first", "second"].map(() => watcher.follow([String(A)]));
  events.tell("CHANNEL_ANSWER", { call_id: A });
  events.tell("CHANNEL_BRIDGE", { call_id: A, other_leg_call_id: "far" });
  events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "USER_BUSY" });
  for (const progress of followed) {
    const steps = [];
    for await (const { state, hangupCause } of progress) steps.push([state, hangupCause]);
    assert.deepEqual(steps, [
      ["answered", undefined],
      ["connected", undefined],
      ["ended", "USER_BUSY"],
    ]);
  }
});

test("the far party's leg is none of the call, also where it is heard of first", async () => {
  const { result } = await lose((vars) => {
    events.tell("CHANNEL_CREATE", { call_id: "far", other_leg_call_id: A, ...vars });
    events.tell("CHANNEL_DESTROY", {
      call_id: "far",
      other_leg_call_id: A,
      hangup_cause: "USER_BUSY",
      ...vars,
    });
  });
  assert.deepEqual([result.state, result.callIds], ["accepted", [A]]);
});

test("a message of over a mebibyte is not looked at, and the next one is", async () => {
  const { progress } = await lose((vars) => {
    const more = "x".repeat(1 << 20);
    events.tell("CHANNEL_BRIDGE", { call_id: A, other_leg_call_id: "far", more, ...vars });
    events.tell("CHANNEL_ANSWER", { call_id: A, ...vars });
  });
  assert.equal((await progress.next()).value?.state, "answered");
  await progress.return();
});

test("steps that nobody takes any more end at once, whatever is awaited", { timeout: 120_000 }, async () => {
  const watching = await open();
  const { signal } = new AbortController();
  const reason = new RangeError("of who takes them");
  const over = { done: true, value: undefined };
  try {
    for (const isBegun of [true, false]) {
      const [left, failed] = [watching.follow([String(A)], signal), watching.follow([String(A)], signal)];
      const awaited = isBegun ? [left.next(), failed.next()] : [];
      assert.deepEqual(await left.return(), over);
      await assert.rejects(failed.throw(reason), reason);
      for (const step of awaited) assert.deepEqual(await step, over);
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }
  } finally {
    watching.close();
  }
});

test("nothing listens to the signal when the watching has ended, or never began", async () => {
  const { signal } = new AbortController();
  for (let count = 0; count < 3; count++) (await open({ signal })).close();
  await assert.rejects(open({ signal, url: "ws://127.0.0.1:1/" }), { code: "network" });
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("nothing is taken over that holds the token", async () => {
  const token = "A_TOKEN_LIKE_A_CAUSE";
  const watching = await open({ authToken: token });
  try {
    /** @type {import("#quickcall/events").ProgressStep[]} */
    const steps = [];
    const followed = (async () => {
      for await (const step of watching.follow([String(A)])) steps.push(step);
    })();
    events.tell("CHANNEL_CREATE", { call_id: A, other_leg_call_id: `${token}-leg` });
    events.tell("CHANNEL_ANSWER", { call_id: A, other_leg_call_id: token });
    events.tell("CHANNEL_BRIDGE", { call_id: A, other_leg_call_id: `b-${token}` });
    events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: token, duration_seconds: "3" });
    await followed;
    assert.deepEqual(
      steps.map(({ state }) => state),
      ["ringing", "answered", "connected", "ended"],
    );
    assert.doesNotMatch(JSON.stringify(steps), /TOKEN/);
  } finally {
    watching.close();
  }
});

test("a signal that throws when it is let go of: the steps end, and so does the watcher", async () => {
  const signal = /** @type {any} */ ({
    aborted: false,
    addEventListener() {},
    get removeEventListener() {
      throw new Error("It is broken.");
    },
  });
  const watching = await open({ signal });
  const followed = watching.follow([String(A)], signal);
  events.tell("CHANNEL_ANSWER", { call_id: A });
  assert.equal((await followed.next()).value?.state, "answered");
  await followed.return();
  watching.close();
});
