/**
 * Which keys have a request whose check is under way. A browser sends a request again by itself, and a check that can be passed once
 * only lets through one of the two.
 * @module
 */

/** How often it is looked whether they are through, in milliseconds. */
const LOOK_AGAIN = 50;

/** How many requests with this key are between their check and their reservation. @type {Map<string, number>} */
const entered = new Map();

/**
 * Counts a request with this key.
 * @param {string} key
 * @returns {() => void} Counts it no more.
 */
export function enter(key) {
  entered.set(key, (entered.get(key) ?? 0) + 1);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    const rest = (entered.get(key) ?? 1) - 1;
    if (rest > 0) entered.set(key, rest);
    else entered.delete(key);
  };
}

/**
 * Waits until no other request with this key is between its check and its reservation; by looking again, because in workerd one
 * request must not wait for a promise of another.
 * @param {string} key
 * @param {number} milliseconds
 * @returns {Promise<boolean>} Whether there is none.
 */
export async function areChecked(key, milliseconds) {
  const end = Date.now() + milliseconds;
  while (entered.has(key)) {
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
  return true;
}
