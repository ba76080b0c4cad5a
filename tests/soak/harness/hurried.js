/**
 * Tries whose time is not waited for, and what they share.
 * @module
 */

import assert from "node:assert/strict";
import { mock } from "node:test";
import { QuickcallError } from "#quickcall";
import { CONFIRMED } from "../../js/harness/confirmed.js";

export const TOKEN = "canary-token-calls";
export const SERVER = {
  baseUrl: "https://kazoo.example.com:8443/v2",
  accountId: "0123456789abcdef0123456789abcdef",
  authToken: TOKEN,
};
export const confirm = async () => Response.json(CONFIRMED);
export const never = () => new Promise(() => {});
export const throws = (/** @type {unknown} */ value) => () => {
  throw value;
};

/** Lets everything go on that waits for no timer. */
async function rest() {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Waits for a promise in a time of its own.
 * @param {() => Promise<any>} begin
 * @param {number} seconds
 * @param {() => string} about
 * @returns {Promise<{ value?: any, error?: any }>}
 */
export async function settled(begin, seconds, about) {
  /** @type {{ value?: any, error?: any } | undefined} */
  let said;
  let promise;
  try {
    promise = begin();
  } catch (error) {
    return { error };
  }
  promise.then(
    (value) => {
      said = { value };
    },
    (error) => {
      said = { error };
    },
  );
  await rest();
  for (let passed = 0; !said && passed < seconds * 2; passed++) {
    mock.timers.tick(500);
    await rest();
  }
  assert(said, `nothing was said within ${seconds} s: ${about()}`);
  return said;
}

/**
 * A `fetch` that counts what was sent.
 * @param {(...given: any[]) => any} fetch
 */
export function counted(fetch) {
  const sent = { count: 0 };
  const counting = (/** @type {any[]} */ ...given) => {
    sent.count += 1;
    return fetch(...given);
  };
  return { sent, fetch: /** @type {typeof globalThis.fetch} */ (counting) };
}

let next = 0;
export const number = () => `1415${String(next++).padStart(7, "0")}`;

/**
 * Fails unless the error is of the package and says the truth.
 * @param {unknown} error
 * @param {number} sent
 * @param {() => string} about
 */
export function isTrue(error, sent, about) {
  assert(error instanceof QuickcallError, `${String(error)}: ${about()}`);
  assert.equal(error.outcome, sent > 0 ? "unknown" : "not_placed", `${error.code}: ${about()}`);
  assert(!JSON.stringify(error).includes(TOKEN), about());
}

/** @param {unknown} value */
export function shown(value) {
  try {
    return `${typeof value} ${String(value)} ${JSON.stringify(value)}`.slice(0, 300);
  } catch {
    return `${typeof value} that cannot be shown`;
  }
}
