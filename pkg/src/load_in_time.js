/**
 * How long a press waits for a script.
 * @module
 */

import { abortedBefore, notPlaced } from "./errors.js";

/** How long what is loaded before a call may take, in milliseconds. */
const LOAD_DEADLINE = 60_000;

/** @param {unknown} [cause] */
export const notLoaded = (cause) =>
  notPlaced("load_failed", "The call was not placed: a script could not be loaded.", cause);

/**
 * Waits for what is loaded, for so long and no longer.
 * @template T
 * @param {Promise<T>} work
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>} Rejects when the signal ends the waiting, or when it was too long.
 */
export function loadInTime(work, signal) {
  return new Promise((resolve, reject) => {
    const until = Date.now() + LOAD_DEADLINE;
    const end = () => reject(abortedBefore());
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end);
    // The first of these counts, and the others change nothing. `within` would clear up behind itself, for 0.2 kB of the 6 that a page
    // loads before anybody calls.
    setTimeout(() => reject(notLoaded()), LOAD_DEADLINE);
    // By the clock as well: a page that rested meanwhile would call when nobody expects it any more.
    work.then((given) => {
      if (Date.now() > until) reject(notLoaded());
      resolve(given);
    }, reject);
  });
}
