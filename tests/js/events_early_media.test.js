/**
 * A far party whose line sends sound while it rings: the switch connects it at once, and tells it as it tells a conversation.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, all, FULL, open, quickcall, simulator, states, TOKEN, USER } from "./harness/watching.js";

const CALL = { user: USER, number: "+14155550129" };

/** What the channels API says of a leg. @param {string | undefined} callId */
async function channel(callId) {
  const url = `${simulator.baseUrl}/accounts/${ACCOUNT}/channels/${callId}`;
  const answer = await fetch(url, { headers: { "X-Auth-Token": TOKEN } });
  return /** @type {any} */ (await answer.json()).data;
}

test("it is connected when the far party has answered", async () => {
  const watcher = await open();
  const { progress } = await watcher.call(quickcall, CALL);
  const steps = [];
  for await (const step of progress) {
    steps.push(step);
    if (step.state === "connected") assert.equal((await channel(step.otherCallId)).answered, true);
  }
  assert.deepEqual(states(steps), FULL);
});

test("it never was connected where the far party did not answer", async () => {
  // The bridge comes, and nobody answers behind it.
  const watcher = await open();
  const { result, progress } = await watcher.call(quickcall, CALL);
  const [callId] = result.callIds;
  assert.ok(callId);
  while (!(await channel(callId)).other_leg) await new Promise((resolve) => setTimeout(resolve, 10));
  await watcher.hangup(callId);
  const steps = await all(progress);
  assert.deepEqual(states(steps), ["ringing", "answered", "ended"]);
  const last = steps.at(-1);
  assert.ok(last?.otherCallId, "sound of it was heard");
});

test("of a far leg that nobody heard of before, the bridge is all there is", async () => {
  await simulator.tellEvents({ dropped: ["CHANNEL_CREATE", "CHANNEL_ANSWER"] });
  const { progress } = await (await open()).call(quickcall, CALL);
  // The bridge is the first thing that is heard.
  assert.deepEqual(states(await all(progress)), ["connected", "ended"]);
});
