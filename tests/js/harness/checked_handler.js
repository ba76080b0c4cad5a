/**
 * A handler with every check, the simulator behind it, and its log; the limit of the visitor `full` is used up. Each file that takes
 * from here has all of it for itself.
 * @module
 */

import assert from "node:assert/strict";
import { after, before, beforeEach } from "node:test";
import { createHandler } from "#quickcall/edge";
import { memoryStore, ORIGIN, press, serve } from "./handler.js";
import { startSimulator } from "./simulator.js";

/** @import { EdgeConfig, LogEntry } from "#quickcall/edge" */

export const ACCOUNT = "0123456789abcdef0123456789abcdef";
export const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
export const TOKEN = "canary-token-edge-41";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
export let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
export let handler;
/** What was logged in this test. @type {LogEntry[]} */
export let log = [];
let next = 1000;

/** A number that no test called before. */
export const freshNumber = () => `+1415555${next++}`;

/**
 * The configuration of the handler, but for what is given.
 * @param {Partial<EdgeConfig>} [more]
 * @returns {EdgeConfig}
 */
export const config = (more) => ({
  baseUrl: simulator.baseUrl,
  accountId: ACCOUNT,
  authToken: TOKEN,
  endpoints: { sales: { user: USER } },
  origins: [ORIGIN],
  destinations: { allow: ["+1415", "+1900", "+4420"], deny: ["+1900"], extensions: false },
  visitorOptions: ["customApplicationVars"],
  limits: { perVisitor: "3/min" },
  visitor: (request) => request.headers.get("x-test-visitor") ?? `visitor-${next++}`,
  verify: async (_, body) => body.verification === "passed",
  log: (entry) => log.push(entry),
  ...more,
});

/** A request that passes every check. */
export const right = () => ({ endpoint: "sales", number: freshNumber(), verification: "passed" });

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  handler = await serve(createHandler(config()));
  // The limit of this visitor is used up.
  for (let count = 0; count < 3; count++) {
    const { status } = await press(handler.url, { body: right(), headers: { "x-test-visitor": "full" } });
    assert.equal(status, 200);
  }
});
after(async () => {
  handler.close();
  await simulator.stop();
});
beforeEach(async () => {
  await simulator.clear();
  log = [];
});

/**
 * A store for a guard that fails `times` times, behind the first `from`.
 * @param {number} times
 * @param {number} [from]
 */
export function failingGuard(times, from = 0) {
  const store = memoryStore();
  let count = 0;
  return {
    /** @type {import("#quickcall/edge").Store["update"]} */
    update(names, step) {
      count += 1;
      if (count > from && count <= from + times) throw new Error(`${TOKEN} in a guard's error`);
      return store.update(names, step);
    },
  };
}
