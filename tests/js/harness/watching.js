/**
 * A watcher on the simulator's websocket, and calls that it watches. Each file that takes from here has all of it for itself.
 * @module
 */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { WebSocket } from "ws";
import { Quickcall, QuickcallError } from "#quickcall";
import { watch } from "#quickcall/events";
import { startSimulator } from "./simulator.js";

export const TOKEN = "canary-token-e4e5";
export const ACCOUNT = "0123456789abcdef0123456789abcdef";
export const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** @type {import("./simulator.js").Simulator} */
export let simulator;
/** @type {Quickcall} */
export let quickcall;
/** The one that was opened last. @type {import("#quickcall/events").Watcher | undefined} */
export let watcher;
let url = "";
/** Every URL that a socket was opened with. @type {string[]} */
export const urls = [];

class Recorded extends WebSocket {
  /** @param {string} url */
  constructor(url) {
    super(url);
    urls.push(url);
  }
}

/** @returns {never} */
export const throws = () => {
  throw new RangeError("hostile");
};

before(async () => {
  simulator = await startSimulator({ speed: 10, token: TOKEN, rateLimit: false });
  url = (await simulator.about()).events;
  quickcall = new Quickcall({ baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN });
});
after(() => simulator?.stop());
beforeEach(async () => {
  await simulator.clear();
  await simulator.tellEvents({});
});
afterEach(() => {
  watcher?.close();
  watcher = undefined;
});

/**
 * Watches.
 * @param {Record<string, unknown>} [more]
 */
export async function open(more = {}) {
  const options = {
    url,
    baseUrl: simulator.baseUrl,
    accountId: ACCOUNT,
    authToken: TOKEN,
    WebSocket: Recorded,
  };
  watcher = await watch({ ...options, ...more });
  return watcher;
}

/**
 * All steps, up to the last.
 * @param {AsyncIterable<import("#quickcall/events").ProgressStep>} progress
 */
export async function all(progress) {
  const steps = [];
  for await (const step of progress) steps.push(step);
  return steps;
}
/** @param {{ state: string }[]} steps */
export const states = (steps) => steps.map(({ state }) => state);
/** The states of a call that both sides answer. */
export const FULL = ["ringing", "answered", "connected", "ended"];

/**
 * The error of what fails, in which no token stands.
 * @param {Promise<unknown>} promise
 * @returns {Promise<QuickcallError>}
 */
export async function failureOf(promise) {
  const error = await promise.then(
    () => assert.fail("it was to fail"),
    (error) => error,
  );
  assert.ok(error instanceof QuickcallError, String(error));
  assert.ok(!JSON.stringify(error).includes(TOKEN) && !String(error.stack).includes(TOKEN));
  return error;
}
