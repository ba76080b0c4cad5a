/**
 * Answers that say that no call was placed, while the websocket tells of its legs.
 */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { startEventServer, watchEvents } from "./harness/event_server.js";
import { hurry } from "./harness/soon.js";

const [A, B] = ["a", "b"].map((digit) => `${digit.repeat(36)}-quickcall`);

/** @type {Awaited<ReturnType<typeof startEventServer>>} */
let events;
/** @type {import("#quickcall/events").Watcher} */
let watcher;

before(async () => {
  await init();
  events = await startEventServer();
});
after(() => events?.stop());
beforeEach(async () => {
  watcher = await watchEvents(events);
});
afterEach(() => watcher?.close());

/**
 * What is told of a call that is refused; meanwhile its events are told.
 * @param {string} code
 * @param {(vars: Record<string, unknown>) => void} meanwhile
 */
async function refused(code, meanwhile) {
  const refusal = new QuickcallError({
    code,
    outcome: "not_placed",
    message: "The call was not placed.",
    status: 403,
    requestId: "r1",
  });
  const error = await watcher
    .call(
      {
        async call({ customApplicationVars }) {
          meanwhile({ custom_application_vars: customApplicationVars });
          await new Promise((resolve) => setTimeout(resolve, 50));
          throw refusal;
        },
      },
      { user: "a".repeat(32), number: "+14155550100" },
    )
    .then(
      () => assert.fail("it was to fail"),
      (error) => error,
    );
  assert.ok(error instanceof QuickcallError, String(error));
  const { callIds } = error;
  return { error, refusal, callIds };
}

test("an answered phone is no call that was not placed", async () => {
  const { error, refusal, callIds } = await refused("forbidden", (vars) => {
    events.tell("CHANNEL_CREATE", { call_id: A, ...vars });
    events.tell("CHANNEL_ANSWER", { call_id: A, ...vars });
  });
  const { code, outcome, status, requestId, message } = error.toJSON();
  assert.deepEqual([code, outcome, status, requestId], ["forbidden", "unknown", 403, "r1"]);
  assert.match(message, /events show it/);
  assert.deepEqual([callIds, error.cause], [[A], refusal]);
  assert.deepEqual(error.toJSON().callIds, [A], "for who hangs it up by what was logged");
});

test("a phone that goes on ringing is none either", async () => {
  const { error, callIds } = await refused("originate_failed", (vars) => {
    events.tell("CHANNEL_CREATE", { call_id: A, ...vars });
    events.tell("CHANNEL_CREATE", { call_id: B, ...vars });
    events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "USER_BUSY" });
  });
  assert.deepEqual([error.code, error.outcome, callIds], ["originate_failed", "unknown", [A, B]]);
});

test("phones that stopped ringing are, also when their end is told late", async () => {
  const { error, refusal } = await refused("originate_failed", (vars) => {
    events.tell("CHANNEL_CREATE", { call_id: A, ...vars });
    const end = { call_id: A, hangup_cause: "USER_BUSY", ...vars };
    setTimeout(() => events.tell("CHANNEL_DESTROY", end), 500);
  });
  assert.equal(error, refusal);
});

test("so are they when their end is told before their beginning", async (context) => {
  const work = () =>
    refused("originate_failed", (vars) => {
      // Only the beginning bears the var.
      events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "USER_BUSY" });
      events.tell("CHANNEL_CREATE", { call_id: A, ...vars });
    });
  const { seconds, value } = await hurry(context, work, 60);
  assert.equal(value.error, value.refusal);
  assert.ok(seconds <= 1, `${seconds} s`);
});

test("where no phone rang nothing is awaited", async (context) => {
  const { seconds, value } = await hurry(context, () => refused("forbidden", () => {}), 60);
  assert.deepEqual([value.error, value.callIds], [value.refusal, undefined]);
  assert.ok(seconds <= 1, `${seconds} s`);
});

test("the same call is refused then, as after any unknown outcome", async () => {
  const vars = { custom_application_vars: {} };
  let sent = 0;
  const quickcall = new Quickcall({
    baseUrl: "http://127.0.0.1:9/v2",
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: "a-token",
    fetch: async (_, how) => {
      sent += 1;
      vars.custom_application_vars = JSON.parse(String(how?.body)).data.custom_application_vars;
      events.tell("CHANNEL_CREATE", { call_id: B, ...vars });
      events.tell("CHANNEL_ANSWER", { call_id: B, ...vars });
      await new Promise((resolve) => setTimeout(resolve, 50));
      return new Response("{}", { status: 403 });
    },
  });
  const call = { user: "a".repeat(32), number: "+14155550199" };
  /** @param {{ again?: boolean }} [how] */
  const told = (how) =>
    watcher.call(quickcall, call, how).then(
      () => "placed",
      ({ code, outcome }) => `${code} ${outcome}`,
    );
  assert.equal(await told(), "forbidden unknown");
  assert.equal(await told(), "duplicate not_placed");
  assert.equal(sent, 1);
  assert.equal(await told({ again: true }), "forbidden unknown");
  assert.equal(sent, 2);
});

test("what is learnt late of one call does not end the wait for the same call that was placed since", async () => {
  /** @type {(answer?: unknown) => void} */
  let answer = () => {};
  /** @type {(value?: unknown) => void} */
  let refuse = () => {};
  const answered = new Promise((resolve) => {
    answer = resolve;
  });
  const refused = new Promise((resolve) => {
    refuse = resolve;
  });
  let sent = 0;
  const quickcall = new Quickcall({
    baseUrl: "http://127.0.0.1:9/v2",
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: "a-token",
    fetch: async (_, how) => {
      sent += 1;
      if (sent > 1) await answered;
      else {
        const { custom_application_vars } = JSON.parse(String(how?.body)).data;
        // Its phone rings on: it is looked for some time whether that ends.
        events.tell("CHANNEL_CREATE", { call_id: A, custom_application_vars });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return new Response("{}", { status: 403 });
    },
  });
  const call = { user: "a".repeat(32), number: "+14155550198" };
  const told = (/** @type {Promise<unknown>} */ placed) =>
    placed.then(
      () => "placed",
      ({ code, outcome }) => `${code} ${outcome}`,
    );
  const first = told(watcher.call({ call: (...given) => quickcall.call(...given).finally(refuse) }, call));
  await refused;
  const second = told(quickcall.call(call));
  try {
    assert.equal(await first, "forbidden unknown");
    assert.equal(await told(quickcall.call(call, { again: true })), "duplicate not_placed");
    assert.equal(sent, 2);
  } finally {
    answer();
  }
  assert.equal(await second, "forbidden not_placed");
});
