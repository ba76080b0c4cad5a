/**
 * The simulator's websocket, on which calls are watched: refused, cut, opened again and closed.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { all, FULL, failureOf, open, quickcall, simulator, TOKEN, USER, urls } from "./harness/watching.js";

describe("the socket", () => {
  it("is refused with a wrong token, and the token is in no URL and no error", async () => {
    const error = await failureOf(open({ authToken: "a-wrong-token" }));
    assert.equal(error.code, "unauthorized");
    assert.ok(!JSON.stringify(error).includes("a-wrong-token"));
    assert.ok(urls.length > 0 && urls.every((url) => !url.includes(TOKEN) && !url.includes("wrong")));
  });

  it("gets a new token once when the first is refused", async () => {
    /** @type {string[]} */
    const asked = [];
    await open({
      authToken: async (/** @type {string} */ reason) => {
        asked.push(reason);
        return reason === "call" ? "an-old-token" : TOKEN;
      },
    });
    assert.deepEqual(asked, ["call", "unauthorized"]);
  });

  it("is opened by watch() alone: a watcher shows nothing more than it needs", async () => {
    const shown = Object.getOwnPropertyNames(Object.getPrototypeOf(await open()));
    assert.deepEqual(shown.sort(), ["call", "close", "constructor", "follow", "hangup", "status"]);
  });

  it("that cannot be had is one error", async () => {
    await simulator.tellEvents({ refused: true });
    assert.equal((await failureOf(open())).code, "network");
    assert.equal((await failureOf(open({ url: "ws://127.0.0.1:1/" }))).code, "network");
  });

  it("is not opened with a token that cannot be sent: no call is spoken of", async () => {
    const error = await failureOf(open({ authToken: `${TOKEN}\n` }));
    assert.equal(error.code, "token_failed");
    assert.match(error.message, /^Nothing is watched: there is no usable token\. A token is/);
  });

  it("whose URL is that of the API says which one is wrong", async () => {
    for (const url of [simulator.baseUrl.replace(/^http/, "https"), simulator.baseUrl]) {
      const error = await failureOf(open({ url }));
      assert.match(error.message, /url: The URL must start with wss/);
    }
    const error = await failureOf(open({ url: simulator.baseUrl.replace(/^http/, "ws") }));
    assert.equal(error.code, "network");
    assert.match(error.message, /Check that `url` is that of the websocket/);
  });

  it("that says nothing is given up", { timeout: 120_000 }, async () => {
    await simulator.tellEvents({ silent: true });
    assert.equal((await failureOf(open())).code, "timeout");
  });

  it("is checked like the server's URL, all issues at once", async () => {
    const error = await failureOf(open({ url: "ws://kazoo.example.com/", baseUrl: "x", accountId: "y" }));
    assert.deepEqual(
      error.issues.map(({ path }) => path[0]),
      ["url", "baseUrl", "accountId"],
    );
    const none = await failureOf(open({ url: undefined, baseUrl: undefined, accountId: undefined }));
    assert.deepEqual(
      none.issues.map(({ code, path }) => [code, path[0]]),
      [
        ["required", "url"],
        ["required", "baseUrl"],
        ["required", "accountId"],
      ],
    );
    const insecure = {
      url: "ws://kazoo.example.com",
      baseUrl: "http://kazoo.example.com/v2",
      accountId: "y",
    };
    const allowed = await failureOf(open({ ...insecure, allowInsecure: true }));
    assert.deepEqual(
      allowed.issues.map(({ path }) => path[0]),
      ["accountId"],
    );
    const number = await failureOf(open({ accountId: 7 }));
    assert.deepEqual([number.issues[0]?.code, number.issues[0]?.path[0]], ["wrong_type", "accountId"]);
    for (const [url, code, said, expected] of [
      ["https://kazoo:5556", "invalid_url", "start with wss://", "wss://kazoo.example.com:5556"],
      ["wss:kazoo", "invalid_url", "or with ws:// in a private network", "wss://kazoo.example.com:5556"],
      ["wss://kazoo.example.com/?token=x", "invalid_url", "no query", "wss://kazoo.example.com:5556"],
      ["WS://kazoo.example.com", "not_allowed", "With ws everybody", "wss"],
      ["ws://kazoo.example.com", "not_allowed", "Use wss, or", "wss"],
    ]) {
      const issue = (await failureOf(open({ url }))).issues[0];
      assert.deepEqual([issue?.path, issue?.code, issue?.expected], [["url"], code, expected], url);
      assert.ok(issue?.message.includes(said ?? "") && !issue.message.includes("http"), issue?.message);
    }
    assert.equal((await failureOf(open({ WebSocket: 5 }))).issues[0]?.path[0], "WebSocket");
    for (const authToken of [undefined, ""]) {
      const [issue] = (await failureOf(open({ authToken }))).issues;
      assert.deepEqual([issue?.code, issue?.path], ["required", ["authToken"]]);
    }
  });

  for (const cut of FULL.slice(0, 3)) {
    it(`is opened again when it is cut while the call is ${cut}, and the call ends`, async () => {
      const before = urls.length;
      const { progress } = await (await open()).call(quickcall, {
        user: USER,
        number: "+14155550106",
        blocking: false,
      });
      /** @type {string[]} */
      const seen = [];
      for await (const { state } of progress) {
        seen.push(state);
        if (state === cut) await simulator.closeSockets();
      }
      assert.equal(urls.length, before + 2, "it was cut, and opened again");
      assert.equal(seen.at(-1), "ended");
      assert.deepEqual(
        seen,
        FULL.filter((state) => seen.includes(state)),
      );
    });
  }

  it("that is cut while a call is placed and cannot be had again leaves nothing hanging", {
    timeout: 120_000,
  }, async () => {
    const watcher = await open();
    const placed = watcher.call(quickcall, { user: USER, number: "+14155550100" });
    await simulator.tellEvents({ refused: true });
    await simulator.closeSockets();
    const { result, progress } = await placed;
    assert.equal(result.state, "started");
    // The channels API tells the end.
    assert.equal((await all(progress)).at(-1)?.state, "ended");
  });

  it("closed by its owner ends everything", async () => {
    const watcher = await open();
    const { progress } = await watcher.call(quickcall, {
      user: USER,
      number: "+14155550106",
      blocking: false,
    });
    watcher.close();
    assert.ok((await all(progress)).length <= 1);
    assert.equal((await failureOf(watcher.call(quickcall, { user: USER, number: "1" }))).code, "invalid");
  });

  it("is ended by its signal", async () => {
    const controller = new AbortController();
    const watcher = await open({ signal: controller.signal });
    const { progress } = await watcher.call(quickcall, {
      user: USER,
      number: "+14155550106",
      blocking: false,
    });
    controller.abort();
    assert.ok((await all(progress)).length <= 1);
  });
});
