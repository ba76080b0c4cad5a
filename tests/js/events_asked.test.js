/**
 * Watched calls that nothing is heard of: when the server is asked for them, and what its answer says. The time is not waited for.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { QuickcallError } from "#quickcall";
import { hurry } from "./harness/soon.js";
import { A, events, GONE, open, pause, states, TIME } from "./harness/unheard.js";

for (const how of ["followed", "placed"]) {
  test(`a call that is ${how} when it is over is asked for after ten seconds, and not at the next beat only`, async (context) => {
    const { value } = await hurry(
      context,
      async () => {
        const watcher = await open({ fetch: async () => new Response(GONE, { status: 404 }) });
        let seconds = 0;
        setInterval(() => {
          seconds += 1;
        }, 1_000);
        const quickcall = {
          call: async () => /** @type {any} */ ({ state: "accepted", callIds: [A], warnings: [] }),
        };
        const followed = how === "followed" ? { progress: watcher.follow([A]) } : undefined;
        const { progress } =
          followed ?? (await watcher.call(quickcall, { user: "a".repeat(32), number: "1" }));
        const all = await states(progress);
        watcher.close();
        return { all, seconds };
      },
      60,
      TIME,
    );
    assert.deepEqual(value.all, ["ended"]);
    // The event of its end has two seconds to come.
    assert.ok(value.seconds >= 11 && value.seconds <= 13, `${value.seconds} s`);
  });
}

test("a call is asked for only when nothing was heard of it for ten seconds: a server counts questions with the calls", async (context) => {
  let asked = 0;
  await hurry(
    context,
    async () => {
      const begun = performance.now();
      const watcher = await open({
        fetch: async () => {
          asked += 1;
          return Response.json({ status: "success", data: {} });
        },
      });
      await pause(7);
      const progress = watcher.follow([A]);
      events.tell("CHANNEL_CREATE", { call_id: A });
      assert.equal((await progress.next()).value?.state, "ringing");
      // By now the watcher has looked after its calls once.
      await pause(15.5 - (performance.now() - begun) / 1_000);
      assert.equal(asked, 0);
      while (asked === 0) await pause(1);
      watcher.close();
    },
    60,
    TIME,
  );
});

test("a call that the server says is there is followed on, however long the socket is lost", async (context) => {
  const { value } = await hurry(
    context,
    async () => {
      const watcher = await open({ fetch: async () => Response.json({ status: "success", data: {} }) });
      const progress = watcher.follow([A]);
      events.wanted.take = (socket) => socket.close();
      events.cut();
      await pause(400);
      events.wanted.take = undefined;
      await pause(60);
      setTimeout(() => events.tell("CHANNEL_DESTROY", { call_id: A }), 2_000);
      const all = await states(progress);
      watcher.close();
      return all;
    },
    900,
    TIME,
  );
  assert.deepEqual(value, ["ended"]);
});

test("the event of an end that comes after the answer to a question still tells why", async (context) => {
  const { value } = await hurry(
    context,
    async () => {
      const end = { call_id: A, hangup_cause: "USER_BUSY", duration_seconds: "12" };
      const watcher = await open({
        fetch: async () => {
          setTimeout(() => events.tell("CHANNEL_DESTROY", end), 1_000);
          return new Response(GONE, { status: 404 });
        },
      });
      const steps = [];
      for await (const { state, hangupCause, seconds } of watcher.follow([A])) {
        steps.push([state, hangupCause, seconds]);
      }
      watcher.close();
      return steps;
    },
    60,
    TIME,
  );
  assert.deepEqual(value, [["ended", "USER_BUSY", 12]]);
});

test("questions are asked two at a time, and of every call", async (context) => {
  const count = 50;
  let now = 0;
  let most = 0;
  const asked = new Set();
  await hurry(
    context,
    async () => {
      const watcher = await open({
        fetch: async (url) => {
          asked.add(url);
          now += 1;
          most = Math.max(most, now);
          await pause(0.1);
          now -= 1;
          return new Response('{"status":"success","data":{}}', { status: 200 });
        },
      });
      for (let place = 0; place < count; place++) watcher.follow([`${place}-quickcall`]);
      while (asked.size < count) await pause(1);
      watcher.close();
    },
    100,
    TIME,
  );
  assert.equal(most, 2);
  // Who has waited longest comes first.
  assert.deepEqual(
    [...asked].map((url) => Number.parseInt(String(url).split("/").pop() ?? "", 10)),
    Array.from({ length: count }, (_, place) => place),
  );
});

test("a question about a leg has ten seconds", async (context) => {
  const { seconds, value } = await hurry(
    context,
    async () => {
      const watcher = await open({ fetch: () => new Promise(() => {}) });
      const told = await watcher.status(A).catch((error) => error);
      watcher.close();
      return `${told.code} ${told.outcome}`;
    },
    60,
    TIME,
  );
  assert.deepEqual([value, seconds], ["timeout unknown", 10]);
});

test("a call that nobody waits for any more is asked for no more, though its phone rings", async (context) => {
  let asked = 0;
  await hurry(
    context,
    async () => {
      const watcher = await open({
        fetch: async () => {
          asked += 1;
          return new Response('{"status":"success","data":{}}', { status: 200 });
        },
      });
      const told = await watcher
        .call(
          {
            async call({ customApplicationVars }) {
              events.tell("CHANNEL_CREATE", { call_id: A, custom_application_vars: customApplicationVars });
              await pause(3);
              throw new QuickcallError({ code: "aborted", outcome: "unknown", message: "It was ended." });
            },
          },
          { user: "a".repeat(32), number: "1" },
        )
        .catch((error) => error);
      assert.deepEqual([told.code, told.callIds], ["aborted", [A]]);
      await pause(60);
      watcher.close();
    },
    100,
    TIME,
  );
  assert.equal(asked, 0);
});
