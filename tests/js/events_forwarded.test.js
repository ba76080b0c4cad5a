/**
 * A phone that is forwarded to a number: its leg gives way to that of the number, and the call goes on.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Quickcall } from "#quickcall";
import { startSimulator } from "./harness/simulator.js";
import { ACCOUNT, all, FULL, open, simulator, states, TOKEN, USER } from "./harness/watching.js";

const CALL = { user: USER, number: "+14155550130" };

/** A server of release 5. @type {import("./harness/simulator.js").Simulator} */
let five;
before(async () => {
  five = await startSimulator({ release: "5", speed: 10, token: TOKEN, rateLimit: false });
});
after(() => five?.stop());

/**
 * Places a call to the forwarded phone.
 * @param {string} release
 * @param {boolean} [blocking]
 */
async function placed(release, blocking = true) {
  const kazoo = release === "5" ? five : simulator;
  const { baseUrl } = kazoo;
  const watcher = await open({ baseUrl, url: (await kazoo.about()).events });
  const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN });
  return { watcher, ...(await watcher.call(quickcall, { ...CALL, blocking }, { again: true })) };
}

// In release 4.3 the leg gives way as soon as the number has answered, in 5 while both talk.
for (const release of ["4.3", "5"]) {
  for (const blocking of [true, false]) {
    test(`release ${release}, ${blocking ? "" : "not "}blocking: the call ends with the number's leg`, async () => {
      const { result, progress } = await placed(release, blocking);
      const steps = await all(progress);
      assert.deepEqual(states(steps), FULL);
      const [rung] = result.callIds;
      const [first, , connected, last] = steps;
      assert.equal(first?.callId, rung);
      assert.equal(connected?.callId === rung, release === "5");
      assert.notEqual(last?.callId, rung);
      assert.equal(last?.otherCallId, connected?.otherCallId);
      assert.equal(last?.hangupCause, "NORMAL_CLEARING");
    });
  }
}

test("the number's leg can be hung up, and not the phone's", async () => {
  const { watcher, result, progress } = await placed("4.3");
  const steps = [];
  for await (const step of progress) {
    steps.push(step);
    if (step.state !== "connected") continue;
    assert.equal(await watcher.hangup(result.callIds[0] ?? ""), "gone");
    assert.equal(await watcher.hangup(step.callId), "active");
  }
  assert.deepEqual(states(steps), FULL);
});

test("where the connection of the number was not heard, the call has ended with the phone's leg", async () => {
  await simulator.tellEvents({ dropped: ["CHANNEL_BRIDGE"] });
  const { progress } = await placed("4.3");
  const steps = await all(progress);
  assert.deepEqual(states(steps), ["ringing", "answered", "ended"]);
  assert.equal(steps.at(-1)?.hangupCause, "BOWOUT");
});
