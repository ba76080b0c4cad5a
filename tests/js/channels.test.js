/**
 * What a watcher asks the channels API: whether a leg of a call is there, and that it is hung up.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apiToken, QuickcallError } from "#quickcall";
import {
  FULL,
  failureOf,
  open,
  quickcall,
  simulator,
  TOKEN,
  throws,
  USER,
  watcher,
} from "./harness/watching.js";

describe("a watched call", () => {
  it("says why there is no token, and nothing of its being placed", async () => {
    let isLate = false;
    const wrong = apiToken({ baseUrl: "http://kazoo.example.com", apiKey: "k" });
    const authToken = (/** @type {"call" | "unauthorized"} */ reason) => (isLate ? wrong(reason) : TOKEN);
    const watcher = await open({ authToken });
    isLate = true;
    for (const asked of [watcher.hangup("a-call"), watcher.status("a-call")]) {
      const { code, outcome, message, cause } = await failureOf(asked);
      assert.deepEqual([code, outcome], ["token_failed", "unknown"]);
      assert.doesNotMatch(message, /placed/);
      assert.match(String(cause), /baseUrl: /);
    }
    watcher.close();
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
      const { code, outcome, issues } = await failureOf((async () => watcher.follow(ids))());
      assert.deepEqual([code, outcome, issues[0]?.path], ["invalid", "unknown", ["callIds"]]);
    }
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

  it("without an answer or a token is unknown, too", { timeout: 120_000 }, async () => {
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
