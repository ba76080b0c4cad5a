/** @import { Answer } from "./harness/answering_handler.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerWith,
  client,
  cutOff,
  cutWithoutLength,
  dies,
  fails,
  fresh,
  placed,
  received,
  refused,
  reply,
  silent,
  theKey,
} from "./harness/answering_handler.js";
import { PLACED } from "./harness/confirmed.js";
import { hurry } from "./harness/soon.js";

/** @type {("setTimeout" | "setInterval")[]} */
const TIMERS = ["setTimeout", "setInterval"];

for (const [name, answer] of /** @type {[string, Answer][]} */ ([
  ["dies before the answer", dies],
  ["is cut off", cutOff],
  ["is cut off, and had no length", cutWithoutLength],
  ["is a gateway's page of an error", reply(502, "<html>")],
  ["says that the first is in progress", refused(409, "in_progress", "unknown", { retryAfter: 0 })],
])) {
  test(`a reply that ${name}: the handler is asked again with the same key and body`, async () => {
    answerWith(answer, answer, placed);
    const { state } = await client().call(fresh());
    assert.equal(state, "started");
    assert.equal(received.length, 3);
    theKey();
    assert.equal(new Set(received.map(({ body }) => body)).size, 1);
  });
}

for (const [what, retryAfter, expected] of /** @type {const} */ ([
  ["after pauses that grow to four seconds", undefined, [0, 0.25, 0.75, 1.75, 3.75, 7.75, 11.75, 15.75]],
  ["not sooner than it says", 7, [0, 7, 14, 21]],
])) {
  test(`a handler that does not know yet is asked again ${what}`, async (context) => {
    const error = { code: "in_progress", outcome: "unknown", message: "It goes on.", retryAfter };
    let seconds = 0;
    /** When it was asked. @type {number[]} */
    const asked = [];
    /** @type {any} */
    const fetch = async () => {
      asked.push(seconds);
      const isLast = asked.length === expected.length;
      return isLast ? Response.json(PLACED) : Response.json({ error }, { status: 409 });
    };
    const work = () => {
      // What passes in truth is not counted.
      setInterval(() => {
        seconds += 0.25;
      }, 250);
      return client({ fetch }).call(fresh());
    };
    const how = { apis: TIMERS, measured: true, step: 0.25 };
    assert.equal((await hurry(context, work, 60, how)).value.state, "started");
    // A pause may begin at the next look at the clock only.
    for (const [place, least] of expected.entries()) {
      const at = asked[place] ?? -1;
      assert.ok(at >= least - 0.25 && at <= least + 0.25 * (place + 1), `${asked}`);
    }
  });
}

for (const [what, clock] of /** @type {const} */ ([
  ["a page that rested", performance],
  ["a machine that slept", Date],
])) {
  test(`a handler is not asked again by ${what} for longer than a call waits: nobody expects it any more`, async (context) => {
    const now = clock.now.bind(clock);
    let passed = 0;
    context.mock.method(clock, "now", () => now() + passed);
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      if (asked > 1) return Response.json(PLACED);
      setTimeout(() => {
        passed = 3_600_000;
      }, 20);
      throw new TypeError("fetch failed");
    };
    await fails(client({ fetch }).call(fresh()), "timeout", "unknown");
    assert.equal(asked, 1);
  });
}

test("what a key is told at last ends the doubt about its call, and not about another one's", async () => {
  const key = "a-key-of-the-test";
  for (const [second, code] of /** @type {const} */ ([
    [key, undefined],
    ["another-key-of-it", "duplicate"],
  ])) {
    const call = fresh();
    answerWith(refused(504, "network", "unknown"));
    await fails(client().call(call, { key }), "network", "unknown");
    answerWith(refused(502, "originate_failed", "not_placed"));
    const again = second === key ? {} : { again: true };
    await fails(client().call(call, { key: second, ...again }), "originate_failed", "not_placed");
    answerWith(placed);
    const third = client().call(call);
    if (code) await fails(third, code, "not_placed");
    else assert.equal((await third).state, "started");
  }
});

test("a refusal whose words were cut is one all the same: nothing was placed, and nobody is asked again", async () => {
  for (const [status, code] of /** @type {const} */ ([
    [401, "unauthorized"],
    [404, "not_found"],
    [429, "rate_limited"],
    [418, "rejected"],
  ])) {
    received.length = 0;
    answerWith(reply(status, '{"error":{"code":"limi'));
    await fails(client().call(fresh()), code, "not_placed");
    assert.equal(received.length, 1, code);
  }
});

test("what the handler knows after a lost reply is reported, a failure too", async () => {
  answerWith(dies, refused(502, "originate_failed", "not_placed", { hangupCause: "USER_BUSY" }));
  const error = await fails(client().call(fresh()), "originate_failed", "not_placed");
  assert.equal(error.hangupCause, "USER_BUSY");
  assert.equal(error.status, 502);
  assert.equal(error.message, "It was originate_failed.");
});

test("a refusal of the moment says nothing of a request whose reply was lost", async () => {
  const ofTheMoment = ["duplicate", "limited", "verification_failed", "unsupported_media_type", "too_large"];
  for (const code of [...ofTheMoment, "method_not_allowed", "origin_refused", "key_mismatch"]) {
    received.length = 0;
    answerWith(dies, refused(403, code, "not_placed"));
    await fails(client().call(fresh()), code, "unknown");
    assert.equal(received.length, 2);
    answerWith(refused(403, code, "not_placed"));
    await fails(client().call(fresh()), code, "not_placed");
  }
  answerWith(dies, reply(404, "<html>"));
  received.length = 0;
  await fails(client().call(fresh()), "not_found", "unknown");
  // Nothing was sent then, and no record is left: the first request may still be on its way.
  received.length = 0;
  answerWith(dies, refused(502, "token_failed", "not_placed"));
  await fails(client().call(fresh()), "token_failed", "unknown");
  answerWith(refused(502, "token_failed", "not_placed"));
  await fails(client().call(fresh()), "token_failed", "not_placed");
});

test("a refusal that says nothing of the call keeps its status and when to ask again, and not that no call was placed", async () => {
  const message = "The call was not placed: there were too many.";
  answerWith(dies, refused(429, "limited", "not_placed", { message, retryAfter: 7 }));
  const error = await fails(client().call(fresh()), "limited", "unknown");
  assert.deepEqual([error.status, error.retryAfter], [429, 7]);
  assert.match(error.message, /^Nobody knows whether the call was placed: .*there were too many\.$/);
  assert.doesNotMatch(error.message, /The call was not placed/);
});

test("what is refused each time says what became of a request whose reply was lost", async () => {
  for (const code of ["invalid", "destination_refused", "unknown_endpoint", "dry_run"]) {
    received.length = 0;
    answerWith(dies, refused(403, code, "not_placed"));
    await fails(client().call(fresh()), code, "not_placed");
    assert.equal(received.length, 2);
  }
});

for (const [status, code] of /** @type {[number, string][]} */ ([
  [503, "unavailable"],
  // The body of the repeat came in part.
  [400, "bad_request"],
])) {
  test(`a handler that says ${code} is asked again, where a reply was lost before`, async () => {
    answerWith(dies, refused(status, code, "not_placed"), placed);
    await client().call(fresh());
    assert.equal(received.length, 3);
    received.length = 0;
    answerWith(refused(status, code, "not_placed"));
    await fails(client().call(fresh()), code, "not_placed");
    assert.equal(received.length, 1);
  });
}

test("what is not understood twice is no call of a key that is asked for again", async () => {
  answerWith(refused(400, "bad_request", "not_placed"));
  await fails(client().call(fresh(), { key: "a-key-of-mine" }), "bad_request", "not_placed");
  assert.equal(received.length, 2);
  received.length = 0;
  answerWith(dies, refused(400, "bad_request", "not_placed"));
  await fails(client().call(fresh()), "bad_request", "unknown");
  assert.equal(received.length, 3);
});

test("a key that has another call is told as that, where no reply was lost", async () => {
  answerWith(refused(422, "key_mismatch", "not_placed"));
  await fails(client().call(fresh(), { key: "a-key-of-mine" }), "key_mismatch", "not_placed");
});

test("everything together ends at the deadline", async (context) => {
  const soon = { deadlineMargin: 7 };
  const call = () => ({ ...fresh(), blocking: false });
  const work = async () => {
    answerWith(dies);
    await fails(client(soon).call(call()), "network", "unknown");
    assert(received.length >= 2);
    theKey();
    answerWith(silent);
    await fails(client(soon).call(call()), "timeout", "unknown");
    answerWith(refused(409, "in_progress", "unknown"));
    await fails(client(soon).call(call()), "in_progress", "unknown");
    answerWith(dies, silent);
    await fails(client(soon).call(call()), "timeout", "unknown");
  };
  const { seconds } = await hurry(context, work, 120, { measured: true, step: 0.25 });
  assert(seconds >= 14 && seconds <= 29, `${seconds} s`);
});

test("after an unknown outcome the old key asks what became of the call", async () => {
  const call = { ...fresh(), blocking: false };
  const key = "press_1-0123456789";
  const quickcall = client({ deadlineMargin: 0.3 });
  answerWith(silent);
  await fails(quickcall.call(call, { key }), "timeout", "unknown");
  await fails(quickcall.call(call), "duplicate", "not_placed");
  answerWith(placed);
  assert.equal((await quickcall.call(call, { key })).state, "started");
  assert.equal(theKey(), key);
  // A press with an old key may have been sent before: a refusal of the moment says nothing of it.
  answerWith(refused(429, "limited", "not_placed"));
  await fails(quickcall.call(call, { key }), "limited", "unknown");
  // A new one looks the same, and the message says no more than is known.
  const { message } = await fails(
    client().call(fresh(), { key: "press_2-0123456789" }),
    "limited",
    "unknown",
  );
  assert.match(message, /may have been sent before.*Where it was not, no call was placed.*It was limited/);
  assert.doesNotMatch(message, /lost/);
});

test("a handler that says to ask again at once is asked again after a pause", async () => {
  answerWith(refused(409, "in_progress", "unknown", { retryAfter: 0 }, { "retry-after": "0" }));
  const error = await fails(
    client({ deadlineMargin: 1 }).call({ ...fresh(), blocking: false }),
    "in_progress",
    "unknown",
  );
  assert.equal(error.retryAfter, 0);
  assert.ok(received.length > 1 && received.length < 5, String(received.length));
});

test("a refusal whose body comes late is what it says, and is not asked for again", async () => {
  answerWith((response) => {
    response.writeHead(403, { "content-type": "application/json" });
    response.flushHeaders();
    const error = { code: "destination_refused", outcome: "not_placed", message: "No.", issues: [] };
    setTimeout(() => response.end(JSON.stringify({ error })), 2_500);
  });
  await fails(client().call(fresh()), "destination_refused", "not_placed");
  assert.equal(received.length, 1);
});
