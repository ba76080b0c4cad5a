/** @import { Fetch } from "./types.js" */
import { QuickcallError } from "./errors.js";

/**
 * What is known of a call that was placed from here: until when the same call is refused, in milliseconds of `performance.now()`,
 * which no change of the clock moves; `Infinity` while in flight. `key`: its caller's own.
 * @typedef {{ until: number, key: string | undefined }} Entry
 */

const REGISTER = Symbol.for("quickcall.duplicates");

/**
 * The name under which an error with `not_placed` has a function that refuses the same call all the same: who watches calls may know better
 * than the answer. Every copy of this package knows the name.
 */
const HOLD = Symbol.for("quickcall.hold");

/**
 * Refuses the call of this error for as long as one of unknown outcome.
 * @param {QuickcallError} error
 */
export function hold(error) {
  /** @type {any} */ (error)[HOLD]?.();
}

/** The calls of this copy of the package, where no register can be shared. @type {Map<string, Entry>} */
const own = new Map();

/**
 * The calls of this process or page. Every copy of this package shares it.
 * @returns {Map<string, Entry>}
 */
function register() {
  const scope = /** @type {any} */ (globalThis);
  try {
    scope[REGISTER] ??= own;
  } catch {
    // Nothing may be added to it.
  }
  return scope[REGISTER] ?? own;
}

/**
 * Places a call by `attempt`, unless the same call is under way, in its cool-down, or may still be ringing.
 * @template T
 * @param {string} call Endpoint and number.
 * @param {object} how
 * @param {boolean} how.again Whether a call that has ended may be repeated at once.
 * @param {string | undefined} [how.key] The caller's own: with the same one it is the same call, that may be asked for at once.
 * @param {number} how.cooldown For how long the same is refused when it was placed, in milliseconds.
 * @param {number} how.ringTime For how long it rings, in milliseconds. When nobody knows what became of it, the same is refused for so
 *   long after it was sent last.
 * @param {(waitFor: number | undefined) => Error} refused The error of a call that is not placed; for how many seconds to wait,
 *   where that is known.
 * @param {Fetch} fetch
 * @param {(fetch: Fetch) => Promise<T>} attempt With a `fetch` that remembers when it sent.
 * @returns {Promise<T>}
 */
export async function unlessDuplicate(call, { again, key, cooldown, ringTime }, refused, fetch, attempt) {
  const reserved = reserve(call, again, key);
  if (!("release" in reserved)) throw refused(reserved.waitFor);
  let sent = performance.now();
  let refusedUntil = 0;
  try {
    const placed = await attempt((url, init) => {
      sent = performance.now();
      return fetch(url, init);
    });
    refusedUntil = performance.now() + cooldown;
    return placed;
  } catch (error) {
    const until = sent + ringTime;
    if (error instanceof QuickcallError) {
      if (error.outcome === "unknown") refusedUntil = until;
      else Object.defineProperty(error, HOLD, { value: () => reserved.hold(until) });
    }
    throw error;
  } finally {
    reserved.release(refusedUntil);
  }
}

/**
 * Takes the place of a call, so that the same call is refused meanwhile.
 * @param {string} call Endpoint and number.
 * @param {boolean} again Whether a call that has ended may be repeated at once.
 * @param {string | undefined} key
 * @returns {{ waitFor: number | undefined } | { release: (until: number) => void, hold: (until: number) => void }} For how many seconds
 *   to wait, where that is known; or what ends the call and says until when the same is refused: 0 where it was not placed. `hold` says so
 *   later.
 */
function reserve(call, again, key) {
  const calls = register();
  const now = performance.now();
  for (const [other, { until }] of calls) if (until <= now) calls.delete(other);
  const before = calls.get(call);
  const isSame = key !== undefined && before?.key === key;
  if (before && (before.until === Infinity || !(again || isSame))) {
    return { waitFor: before.until === Infinity ? undefined : Math.ceil((before.until - now) / 1000) };
  }
  const entry = { until: Infinity, key };
  calls.set(call, entry);
  return {
    release(until) {
      // A call that was not placed says nothing of the one before it, which may still ring.
      if (until === 0 && before && !isSame) calls.set(call, before);
      else if (until <= performance.now()) calls.delete(call);
      else entry.until = until;
    },
    hold(until) {
      if (calls.get(call)?.until !== Infinity) calls.set(call, { until, key });
    },
  };
}
