/**
 * Characters that mean something, in all that is given besides a call: base URLs, tokens, API keys, ids of calls, and what a
 * websocket is told.
 * @module
 */

import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { apiToken, Quickcall, QuickcallError } from "#quickcall";
import { watch } from "#quickcall/events";
import { ACCOUNT, checkHeaders, DEVICE, parsed, pieces, RIGHT, TOKEN, tried } from "./harness/injected.js";

/** @import { Arrival } from "./harness/arrivals.js" */
/** @import { Server } from "./harness/injected.js" */
/** @import { Random } from "./harness/random.js" */

/**
 * Tries each of them.
 * @param {Random} chance
 * @param {number} count
 * @param {Server} server
 * @param {{ events: string }} about
 * @returns {Promise<number>} How many were tried.
 */
export async function tryElsewhere(chance, count, server, about) {
  return (
    (await inBaseUrl(chance, count, server)) +
    (await inToken(chance, count, server)) +
    (await inEvents(chance, count, server, about))
  );
}

/**
 * @param {Random} chance
 * @param {number} count
 * @param {Server} server
 */
async function inBaseUrl(chance, count, server) {
  let sent = 0;
  for (let index = 0; index < count; index++) {
    const baseUrl =
      index % 8 === 0
        ? `http://${server.host}/a/b`
        : `http://${server.host}${chance.one(["", "/"])}${pieces(chance)}`;
    server.take();
    let arrived;
    try {
      const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN });
      const { code } = await quickcall.call(RIGHT, { again: true }).catch((error) => error);
      arrived = server.take();
      assert.equal(code, "not_found", baseUrl);
    } catch (error) {
      assert(error instanceof QuickcallError && error.code === "invalid", `${baseUrl}: ${error}`);
      assert.equal(server.take().length, 0);
      continue;
    }
    const { pathname, search, hash, username, host } = new URL(baseUrl);
    assert.equal(arrived.length, 1, baseUrl);
    assert.deepEqual(
      { search, hash, username, host },
      { search: "", hash: "", username: "", host: server.host },
    );
    const base = pathname.replace(/\/+$/, "");
    const right = `${base}/accounts/${ACCOUNT}/devices/${DEVICE}/quickcall/${RIGHT.number}?auto_answer=false`;
    assert.equal(arrived[0]?.url, right, baseUrl);
    checkHeaders(/** @type {Arrival} */ (arrived[0]), {
      "x-auth-token": TOKEN,
      "content-type": "application/json",
    });
    sent += 1;
  }
  assert(sent > 0, "some base URLs are right");
  return count;
}

/**
 * @param {Random} chance
 * @param {number} count
 * @param {Server} server
 */
async function inToken(chance, count, server) {
  const baseUrl = `http://${server.host}/v2`;
  let sent = 0;
  for (let index = 0; index < count; index++) {
    const token = `token${pieces(chance)}`;
    // A text is checked with the configuration, what a function gives with the call.
    const authToken = chance.below(2) === 0 ? token : () => token;
    const quickcall = configured({ baseUrl, accountId: ACCOUNT, authToken });
    const arrived = quickcall && (await tried(quickcall, RIGHT, server));
    if (arrived) {
      checkHeaders(arrived, { "x-auth-token": token, "content-type": "application/json" });
      sent += 1;
    }
    server.take();
    await apiToken({ baseUrl, apiKey: token })("call").catch(() => {});
    const [asked] = server.take();
    assert.equal(asked?.url, "/v2/api_auth");
    checkHeaders(asked, { "content-type": "application/json" });
    assert.deepEqual(parsed(asked.body), { data: { api_key: token } });
  }
  assert(sent > 0, "some tokens are right");
  return 2 * count;
}

/**
 * A client, where its configuration is one.
 * @param {import("#quickcall").Config} config
 */
function configured(config) {
  try {
    return new Quickcall(config);
  } catch (error) {
    assert.equal(/** @type {any} */ (error).code, "invalid");
    return undefined;
  }
}

/**
 * Ids of calls in the channels API, and what is sent on the websocket.
 * @param {Random} chance
 * @param {number} count
 * @param {Server} server
 * @param {{ events: string }} about
 */
async function inEvents(chance, count, server, { events }) {
  const baseUrl = `http://${server.host}/v2`;
  const given = { url: events, baseUrl, accountId: ACCOUNT, allowInsecure: true };
  const watcher = await watch({ ...given, authToken: TOKEN, WebSocket });
  const id = "0123456789abcdef0123456789abcdef0123-quickcall";
  let sent = 0;
  try {
    for (let index = 0; index < count; index++) {
      const callId = chance.one([id, pieces(chance), id + pieces(chance), pieces(chance) + id, ".", ".."]);
      server.take();
      const isHangUp = chance.below(2) === 0;
      await (isHangUp ? watcher.hangup(callId) : watcher.status(callId)).catch(() => {});
      const [arrived, ...more] = server.take();
      assert.equal(more.length, 0);
      if (!arrived) {
        assert.notEqual(callId, id);
        continue;
      }
      assert.equal(arrived.url, `/v2/accounts/${ACCOUNT}/channels/${encodeURIComponent(callId)}`);
      assert.equal(arrived.method, isHangUp ? "POST" : "GET");
      assert.equal(arrived.body, isHangUp ? '{"data":{"action":"hangup"}}' : "");
      const type = isHangUp ? { "content-type": "application/json" } : {};
      checkHeaders(arrived, { "x-auth-token": TOKEN, ...type });
      sent += 1;
    }
  } finally {
    watcher.close();
  }
  assert(sent > 0, "some ids are right");
  for (let index = 0; index < count; index++) {
    const token = `token${pieces(chance)}`;
    const url = index % 3 === 0 ? events + pieces(chance) : events;
    const accountId = index % 5 === 0 ? ACCOUNT.slice(4) + pieces(chance) : ACCOUNT;
    const { Heard, urls, messages } = makeSocket();
    const watched = await watch({ ...given, url, accountId, authToken: token, WebSocket: Heard }).catch(
      (/** @type {unknown} */ error) => error,
    );
    if (watched instanceof Error) {
      assert.deepEqual([urls, messages], [[], []], String(watched));
      continue;
    }
    /** @type {any} */ (watched).close();
    // Some pieces make one that is right.
    assert.match(accountId, /^[0-9a-f]{32}$/);
    for (const each of urls) {
      const { host, search, username } = new URL(each);
      assert.deepEqual({ host, search, username }, { host: new URL(events).host, search: "", username: "" });
    }
    assert(messages.length > 0);
    for (const message of messages) {
      const { request_id, data, ...rest } = parsed(message);
      assert.deepEqual(rest, { action: "subscribe", auth_token: token });
      assert.equal(typeof request_id, "string");
      assert.deepEqual(data, { account_id: accountId, binding: data.binding });
      assert.match(data.binding, /^call\.(?:\*|CHANNEL_[A-Z]+)\.\*$/);
    }
  }
  return 2 * count;
}

/** A socket that keeps what is sent and takes all of it. */
function makeSocket() {
  /** @type {string[]} */
  const urls = [];
  /** @type {string[]} */
  const messages = [];
  class Heard extends EventTarget {
    /** @param {string} url */
    constructor(url) {
      super();
      urls.push(url);
      setTimeout(() => this.dispatchEvent(new Event("open")));
    }

    /** @param {string} text */
    send(text) {
      messages.push(text);
      const { request_id } = JSON.parse(text);
      const data = JSON.stringify({ action: "reply", request_id, status: "success", data: {} });
      setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data })));
    }

    close() {}
  }
  return { Heard: /** @type {any} */ (Heard), urls, messages };
}
