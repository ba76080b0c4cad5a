/** @import { Fetch } from "./types.js" */
import { QuickcallError } from "./errors.js";

/**
 * What is known of a call that was placed from here.
 * @typedef {{ until: number }} Entry Until when the same call is refused, in milliseconds; `Infinity` while in flight.
 */

const REGISTER = Symbol.for("quickcall.duplicates");

/**
 * The calls of this process or page. Every copy of this package shares it.
 * @returns {Map<string, Entry>}
 */
function register() {
  const scope = /** @type {any} */ (globalThis);
  scope[REGISTER] ??= new Map();
  return scope[REGISTER];
}

/**
 * Places a call by `attempt`, unless the same call is under way, in its cool-down, or may still be ringing.
 * @template T
 * @param {string} key Endpoint and number.
 * @param {object} how
 * @param {boolean} how.again Whether a call that has ended may be repeated at once.
 * @param {number} how.cooldown For how long the same is refused when it was placed, in milliseconds.
 * @param {number} how.ringTime For how long it rings, in milliseconds: so long after it was sent last, when nobody knows what became
 *   of it.
 * @param {(waitFor: number | undefined) => Error} refused The error of a call that is not placed; for how many seconds to wait,
 *   where that is known.
 * @param {Fetch} fetch
 * @param {(fetch: Fetch) => Promise<T>} attempt With a `fetch` that remembers when it sent.
 * @returns {Promise<T>}
 */
export async function unlessDuplicate(key, { again, cooldown, ringTime }, refused, fetch, attempt) {
  const reserved = reserve(key, again);
  if (!("release" in reserved)) throw refused(reserved.waitFor);
  let sent = Date.now();
  let refusedUntil = 0;
  try {
    const placed = await attempt((url, init) => {
      sent = Date.now();
      return fetch(url, init);
    });
    refusedUntil = Date.now() + cooldown;
    return placed;
  } catch (error) {
    if (error instanceof QuickcallError && error.outcome === "unknown") refusedUntil = sent + ringTime;
    throw error;
  } finally {
    reserved.release(refusedUntil);
  }
}

/**
 * Takes the place of a call, so that the same call is refused meanwhile.
 * @param {string} key Endpoint and number.
 * @param {boolean} again Whether a call that has ended may be repeated at once.
 * @returns {{ waitFor: number | undefined } | { release: (until: number) => void }} For how many seconds to wait, where
 *   that is known; or what ends the call and says until when (in milliseconds) the same is refused.
 */
function reserve(key, again) {
  const calls = register();
  const now = Date.now();
  for (const [other, { until }] of calls) if (until <= now) calls.delete(other);
  const before = calls.get(key);
  if (before && (before.until === Infinity || !again)) {
    return { waitFor: before.until === Infinity ? undefined : Math.ceil((before.until - now) / 1000) };
  }
  const entry = { until: Infinity };
  calls.set(key, entry);
  return {
    release(until) {
      if (calls.get(key) !== entry) return;
      entry.until = until;
      if (until <= Date.now()) calls.delete(key);
    },
  };
}
