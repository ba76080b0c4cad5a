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
 * Takes the place of a call, so that the same call is refused meanwhile.
 * @param {string} key Endpoint and number.
 * @param {boolean} again Whether a call that has ended may be repeated at once.
 * @returns {{ waitFor: number | undefined } | { release: (until: number) => void }} For how many seconds to wait, where
 *   that is known; or what ends the call and says until when (in milliseconds) the same is refused.
 */
export function reserve(key, again) {
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
