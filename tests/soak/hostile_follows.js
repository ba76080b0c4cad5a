/**
 * What a program gives to what follows calls and gets tokens, and never should: each ends in time, with an error that says why.
 * Time is not waited for.
 * @module
 */

import assert from "node:assert/strict";
import { apiToken, Quickcall, QuickcallError } from "#quickcall";
import { follow, watch } from "#quickcall/events";
import { CALL_ID } from "../js/harness/confirmed.js";
import { freshKey } from "../js/harness/handler.js";
import { FETCHES } from "./harness/hostile_fetches.js";
import { hostile, nearlyRight } from "./harness/hostile_values.js";
import {
  confirm,
  counted,
  isTrue,
  never,
  number,
  SERVER,
  settled,
  shown,
  throws,
} from "./harness/hurried.js";

/** @import { Random } from "./harness/random.js" */

/** Until when each must have ended, in seconds. A stream that tells nothing is given up after 45, its answer after 60. */
const DEADLINE = { apiToken: 9, socket: 10, token: 10, call: 14, legs: 12, follow: 60 + 45 };

/** @param {Random} chance */
function hostileFetch(chance) {
  const [name, make] = chance.one(Object.entries(FETCHES));
  const value = hostile(chance);
  return { fetch: /** @type {any} */ (make(value)), about: () => `a fetch that ${name}: ${shown(value)}` };
}

/** @param {Random} chance */
async function tryApiToken(chance) {
  const value = hostile(chance);
  const key = chance.one(["baseUrl", "apiKey", "fetch", "all", "what it does"]);
  const given = hostileFetch(chance);
  const isFetch = key === "what it does";
  const about = () => (isFetch ? `apiToken with ${given.about()}` : `${key} of apiToken: ${shown(value)}`);
  const fetch = isFetch ? given.fetch : async () => new Response("{}");
  const right = { baseUrl: SERVER.baseUrl, apiKey: "k".repeat(64), fetch };
  const config = /** @type {any} */ (key === "all" ? value : isFetch ? right : { ...right, [key]: value });
  const asking = async () => apiToken(config)("call");
  const { error } = await settled(asking, DEADLINE.apiToken, about);
  if (key === "all") return;
  assert(error instanceof Error, `${String(error)}: ${about()}`);
  assert(!error.message.includes("kkkk"), about());
}

/** @param {Random} chance */
async function tryWatch(chance) {
  const value = hostile(chance);
  const key = chance.one([
    ...["url", "baseUrl", "accountId", "authToken", "WebSocket", "fetch", "allowInsecure", "signal"],
    "all",
  ]);
  const about = () => `${key} of watch: ${shown(value)}`;
  class Silent {
    addEventListener() {}
    send() {}
    close() {}
  }
  const right = { ...SERVER, url: "wss://kazoo.example.com:5556", WebSocket: Silent };
  const config = /** @type {any} */ (key === "all" ? value : { ...right, [key]: value });
  const { error } = await settled(() => watch(config), DEADLINE.socket + DEADLINE.token, about);
  isTrue(error, 0, about);
}

/** A socket whose server grants everything. */
class Granting {
  /** @type {Map<string, (event: object) => void>} */
  #listeners = new Map();
  constructor() {
    setImmediate(() => this.#listeners.get("open")?.({}));
  }
  /** @param {string} name @param {(event: object) => void} listener */
  addEventListener(name, listener) {
    this.#listeners.set(name, listener);
  }
  /** @param {string} text */
  send(text) {
    const { request_id } = JSON.parse(text);
    const data = JSON.stringify({ action: "reply", request_id, status: "success", data: {} });
    setImmediate(() => this.#listeners.get("message")?.({ data }));
  }
  close() {}
}

/** What is asked of a watcher. @param {Random} chance */
async function tryWatcher(chance) {
  const { fetch, about: isFetch } = hostileFetch(chance);
  const value = hostile(chance);
  const { sent, fetch: counting } = counted(chance.below(2) === 0 ? fetch : confirm);
  const opened = /** @type {any} */ ({
    ...SERVER,
    url: "wss://kazoo.example.com:5556",
    WebSocket: Granting,
    fetch,
  });
  const { value: watcher } = await settled(() => watch(opened), DEADLINE.socket, isFetch);
  const quickcall = new Quickcall({ ...SERVER, fetch: counting });
  const right = { user: SERVER.accountId, number: number(), timeout: 4 };
  /** @type {Record<string, () => Promise<unknown>>} */
  const asked = {
    "a call": () => watcher.call(quickcall, /** @type {any} */ (chance.one([value, nearlyRight(chance)]))),
    how: () => watcher.call(quickcall, right, /** @type {any} */ (value)),
    "call ids": async () =>
      watcher.follow(/** @type {any} */ (chance.one([value, [value], [CALL_ID, value]]))),
    "a signal": async () => watcher.follow([CALL_ID], /** @type {any} */ (value)),
    status: () => watcher.status(/** @type {any} */ (value)),
    hangup: () => watcher.hangup(/** @type {any} */ (value)),
    "an answer of status": () => watcher.status(CALL_ID),
    "an answer of hangup": () => watcher.hangup(CALL_ID),
  };
  const [name, asking] = chance.one(Object.entries(asked));
  const about = () => `${name}: ${shown(value)}, ${isFetch()}`;
  const { error } = await settled(asking, DEADLINE.call + DEADLINE.legs, about);
  watcher.close();
  if (error === undefined) return;
  // Whatever is wrong with a question about a call says nothing of its being placed.
  if (/status|hangup|call ids|a signal/.test(name)) return isTrue(error, 1, about);
  isTrue(error, sent.count, about);
}

const STREAM = new Headers({ "content-type": "text/event-stream" });

/** Streams that are none. @type {Record<string, (value: any) => object>} */
const STREAMS = {
  "gives nonsense": (value) => ({ read: async () => ({ done: false, value }), cancel: throws(value) }),
  "gives nothing for ever": () => ({
    read: async () => ({ done: false, value: new Uint8Array(0) }),
    cancel: never,
  }),
  "gives comments for ever": () => ({ read: async () => ({ done: false, value: new Uint8Array([58, 10]) }) }),
  "gives one line for ever": () => ({
    read: async () => ({ done: false, value: new Uint8Array(500) }),
    cancel: throws(1),
  }),
  throws: (value) => ({ read: throws(value), cancel: () => Promise.reject(value) }),
  "is no object": (value) => ({ read: async () => value, cancel: value }),
  "gives no more": () => ({ read: never, cancel: never }),
};

/** @param {Random} chance */
async function tryFollow(chance) {
  const value = hostile(chance);
  const key = chance.one(["handler", "call", "key", "signal", "fetch", "stream"]);
  const right = {
    handler: "https://edge.example.com/call",
    call: { endpoint: "sales", number: "+14155550100" },
    key: freshKey(),
  };
  const refused = async () => new Response("{}", { status: 404 });
  let what = `${key} of follow: ${shown(value)}`;
  /** @type {any} */
  let config = { ...right, fetch: refused, [key]: value };
  if (key === "fetch") {
    const { fetch, about } = hostileFetch(chance);
    what = `follow with ${about()}`;
    config = { ...right, fetch };
  } else if (key === "stream") {
    const [name, make] = chance.one(Object.entries(STREAMS));
    what = `follow with a stream that ${name}: ${shown(value)}`;
    config = {
      ...right,
      fetch: async () => ({ ok: true, status: 200, headers: STREAM, body: { getReader: () => make(value) } }),
    };
  }
  const about = () => what;
  const following = async () => {
    for await (const _ of follow(config)) assert.fail(`a step of ${what}`);
  };
  const { error } = await settled(following, DEADLINE.follow, about);
  if (key === "stream") return assert.equal(error, undefined, `${String(error)}: ${what}`);
  assert(error instanceof QuickcallError, `${String(error)}: ${what}`);
}

/** What is tried of them. */
export const FOLLOWING = [tryApiToken, tryWatch, tryWatcher, tryWatcher, tryFollow, tryFollow];
