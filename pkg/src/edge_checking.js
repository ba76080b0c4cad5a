/**
 * Which keys have a request that is not reserved yet. A browser sends a request again by itself, and what is said of one of the two must
 * be true of both.
 * @module
 */

import { PATIENCE } from "./edge_patience.js";
import { sleep } from "./sleep.js";

/** For how long such a request counts, in milliseconds: a runtime may have ended it, and then nobody says so. */
const LONGEST = 3 * PATIENCE;

/** How often it is looked whether they are through, in milliseconds. */
const LOOK_AGAIN = 50;

/** When requests of a key began that are between their check and their reservation. @type {Map<string, Set<{ at: number }>>} */
const entered = new Map();

/**
 * Counts a request with this key.
 * @param {string} key
 * @returns {() => void} Counts it no more.
 */
export function enter(key) {
  const now = performance.now();
  // Those that came first stand first.
  for (const [other, all] of entered) {
    if (!forgetOld(other, all, now)) break;
  }
  const own = { at: now };
  const all = entered.get(key) ?? new Set();
  entered.set(key, all.add(own));
  return () => leave(key, own);
}

/**
 * Forgets those that cannot be there any more.
 * @param {string} key
 * @param {Set<{ at: number }>} all
 * @param {number} now
 * @returns {boolean} Whether there was any.
 */
function forgetOld(key, all, now) {
  const old = [...all].filter(({ at }) => now - at > LONGEST);
  for (const one of old) leave(key, one);
  return old.length > 0;
}

/**
 * @param {string} key
 * @param {{ at: number }} one
 */
function leave(key, one) {
  const all = entered.get(key);
  all?.delete(one);
  if (all?.size === 0) entered.delete(key);
}

/**
 * Whether any request with this key is between its check and its reservation.
 * @param {string} key
 */
export function isEntered(key) {
  return entered.has(key);
}

/**
 * Waits until no other request with this key is between its check and its reservation; by looking again, because in workerd one
 * request must not wait for a promise of another.
 * @param {string} key
 * @param {number} milliseconds
 * @returns {Promise<boolean>} Whether there is none any more.
 */
export async function waitForOthers(key, milliseconds) {
  const end = performance.now() + milliseconds;
  for (;;) {
    const now = performance.now();
    forgetOld(key, entered.get(key) ?? new Set(), now);
    if (!isEntered(key)) return true;
    if (now >= end) return false;
    await sleep(LOOK_AGAIN);
  }
}
