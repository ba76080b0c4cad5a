/**
 * Which keys have a request whose check is under way. A browser sends a request again by itself, and a check that can be passed once
 * only lets through one of the two.
 * @module
 */

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
  const own = { at: Date.now() };
  const all = entered.get(key) ?? new Set();
  entered.set(key, all.add(own));
  return () => leave(key, own);
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
 * Waits until no other request with this key is between its check and its reservation; by looking again, because in workerd one
 * request must not wait for a promise of another.
 * @param {string} key
 * @param {number} milliseconds
 * @param {number} longest For how long one can be there: a runtime may have ended it, and then nobody says so.
 * @returns {Promise<boolean>} Whether there is none.
 */
export async function areChecked(key, milliseconds, longest) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const now = Date.now();
    for (const one of entered.get(key) ?? []) if (now - one.at > longest) leave(key, one);
    if (!entered.has(key)) return true;
    if (now >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}
