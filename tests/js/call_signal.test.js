/**
 * The signal of a call, and what else is asked for besides it: what ends a call, and what is left behind.
 */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { answerWith, client, fails, fresh, received, reply, started } from "./harness/answering_server.js";
import { brokenSignal, ForeignController, NO_SIGNALS } from "./harness/signals.js";

test("abort: nothing is sent before, nothing is known after", async () => {
  const call = fresh();
  await fails(client().call(call, { signal: AbortSignal.abort("because") }), "aborted", "not_placed");
  assert.equal(received.length, 0);
  const controller = new AbortController();
  answerWith(() => controller.abort("because"));
  await fails(client().call(call, { signal: controller.signal }), "aborted", "unknown");
  assert.equal(received.length, 1);
});

for (const [what, late, sent] of /** @type {const} */ ([
  ["its token", "call", 0],
  ["its second token", "unauthorized", 1],
])) {
  test(`a call that waits for ${what} is ended by its signal, and was not placed`, async () => {
    reply(401, {});
    const controller = new AbortController();
    const authToken = (/** @type {string} */ reason) => {
      if (reason !== late) return "a-token";
      setTimeout(() => controller.abort(), 20);
      return /** @type {Promise<string>} */ (new Promise(() => {}));
    };
    const { signal } = controller;
    await fails(client({ authToken }).call(fresh(), { signal }), "aborted", "not_placed");
    assert.equal(received.length, sent);
  });
}

test("a call that has ended leaves no listener and no timer", async () => {
  answerWith(() => {});
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const controller = new AbortController();
  const placing = client().call(fresh(), { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await fails(placing, "aborted", "unknown");
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  assert.equal(timers(), before);
  reply(200, started);
  const { signal } = new AbortController();
  await client().call(fresh(), { signal });
  assert.equal(getEventListeners(signal, "abort").length, 0);
  assert.equal(timers(), before);
});

test("what is no signal is invalid, and so are no options: nothing is sent", async () => {
  for (const signal of NO_SIGNALS) {
    const { issues } = await fails(client().call(fresh(), { signal }), "invalid", "not_placed");
    assert.deepEqual(issues[0]?.path, ["signal"]);
  }
  for (const how of /** @type {any[]} */ ([null, 5, "again"])) {
    const { issues } = await fails(client().call(fresh(), how), "invalid", "not_placed");
    assert.deepEqual(issues[0]?.path, ["how"]);
  }
  assert.equal(received.length, 0);
});

test("a signal that a library made works, and null is none", async () => {
  assert.equal((await client().call(fresh(), { signal: /** @type {any} */ (null) })).state, "started");
  const { signal } = new ForeignController();
  assert.equal((await client().call(fresh(), { signal })).state, "started");
  const before = new ForeignController();
  before.abort();
  await fails(client().call(fresh(), { signal: before.signal }), "aborted", "not_placed");
  assert.equal(received.length, 2);
  const during = new ForeignController();
  answerWith(() => during.abort());
  await fails(client().call(fresh(), { signal: during.signal }), "aborted", "unknown");
});

test("a signal that calls who lets go of it ends no call that has an answer", async () => {
  reply(200, started);
  let calls = 0;
  const signal = {
    aborted: false,
    addEventListener() {},
    removeEventListener(/** @type {string} */ _, /** @type {() => void} */ listener) {
      calls += 1;
      if (calls === 1) listener();
    },
  };
  const placed = await client().call(fresh(), { signal: /** @type {any} */ (signal) });
  assert.equal(placed.state, "started");
});

test("a signal that cannot be listened to leaves no timer behind", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  await fails(client().call(fresh(), { signal: brokenSignal() }), "network", "unknown");
  assert.equal(timers(), before);
});

test("what a caller gives throws when it is let go of: the call settles, and nothing is left to end the process", async () => {
  reply(200, started);
  const signal = {
    aborted: false,
    addEventListener() {},
    get removeEventListener() {
      throw new Error("It is broken.");
    },
  };
  const placed = await client().call(fresh(), { signal: /** @type {any} */ (signal) });
  assert.equal(placed.state, "started");
  const readers = [
    // No `cancel`, one that throws, and one that gives no promise.
    {},
    {
      cancel() {
        throw new Error("It is broken.");
      },
    },
    { cancel: () => 5 },
  ];
  for (const reader of readers) {
    const body = { getReader: () => ({ read: () => new Promise(() => {}), ...reader }) };
    const fetch = /** @type {any} */ (async () => ({ status: 200, headers: new Headers(), body }));
    const call = { ...fresh(), blocking: false };
    await fails(client({ fetch, deadlineMargin: 0.1 }).call(call), "timeout", "unknown");
  }
  // What throws in a listener is told a little later.
  await new Promise((resolve) => setTimeout(resolve, 50));
});

for (const [what, chunk, code, ends] of /** @type {const} */ ([
  ["does not end", 1, "timeout", () => {}],
  [
    "nobody waits for any more",
    1,
    "aborted",
    (/** @type {AbortController} */ controller) => controller.abort(),
  ],
  ["is too long", 1 << 21, "bad_response", () => {}],
])) {
  test(`an answer that ${what} is let go of`, async () => {
    let cancelled = 0;
    const controller = new AbortController();
    // Its stream does not end with the request.
    const fetch = async () => {
      return new Response(
        new ReadableStream({
          pull(stream) {
            stream.enqueue(new Uint8Array(chunk).fill(0x20));
            if (chunk > 1) return;
            setTimeout(ends, 20, controller);
            return new Promise(() => {});
          },
          cancel() {
            cancelled += 1;
          },
        }),
      );
    };
    const call = { ...fresh(), blocking: false };
    const placing = client({ fetch, deadlineMargin: 0.5 }).call(call, { signal: controller.signal });
    await fails(placing, code, "unknown");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(cancelled, 1);
  });
}

for (const status of [200, 404]) {
  test(`so is one with the status ${status} that comes when nobody waits for it any more`, async () => {
    let cancelled = 0;
    const cancel = () => {
      cancelled += 1;
    };
    const controller = new AbortController();
    /** @type {((response: Response) => void) | undefined} */
    let answer;
    // As that of a library that knows no signal.
    const fetch = () =>
      new Promise((/** @type {(response: Response) => void} */ resolve) => {
        answer = resolve;
        setTimeout(() => controller.abort(), 20);
      });
    await fails(client({ fetch }).call(fresh(), { signal: controller.signal }), "aborted", "unknown");
    answer?.(new Response(new ReadableStream({ cancel }), { status }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(cancelled, 1);
  });
}

test("what is not known besides a call, or is of another type, is invalid: nothing is sent", async () => {
  /** @type {[any, string, string[]][]} */
  const wrong = [
    [{ idempotencyKey: "0123456789abcdef" }, "unknown_key", ["idempotencyKey"]],
    [{ Key: "0123456789abcdef" }, "unknown_key", ["Key"]],
    [{ signal: undefined, timeout: 20 }, "unknown_key", ["timeout"]],
    [{ again: "true" }, "wrong_type", ["again"]],
    [{ again: 1 }, "wrong_type", ["again"]],
    [{ again: null }, "wrong_type", ["again"]],
    [[], "wrong_type", ["how"]],
    [new AbortController().signal, "wrong_type", ["how"]],
    [new ForeignController().signal, "wrong_type", ["how"]],
  ];
  for (const [how, code, path] of wrong) {
    const { issues } = await fails(client().call(fresh(), how), "invalid", "not_placed");
    assert.deepEqual([issues[0]?.code, issues[0]?.path], [code, path]);
  }
  assert.equal(received.length, 0);
  const nothing = /** @type {any} */ ({ timeout: undefined, again: undefined });
  assert.equal((await client().call(fresh(), nothing)).state, "started");
});

test("what is asked for besides the call and cannot be read is invalid", async () => {
  const broken = {
    get again() {
      throw new Error("It is broken.");
    },
  };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const how of [broken, revoked]) {
    const { issues } = await fails(client().call(fresh(), /** @type {any} */ (how)), "invalid", "not_placed");
    assert.deepEqual(issues[0]?.path, ["how"]);
  }
  assert.equal(received.length, 0);
});
