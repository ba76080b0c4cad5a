import { TOO_LATE, within } from "./deadline.js";

/** By the clock it may be longer, in milliseconds: clocks are set, and what is a little late is expected still. */
const LATEST = 60_000;

/**
 * Waits for what a call needs before it is sent, by the clock as well.
 * @template T
 * @param {() => T | Promise<T>} work
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
export async function withinByClock(work, milliseconds, signal) {
  // What counts the time of a page or a process stands still while the machine sleeps, and what leaves then rings when nobody expects it
  // any more. What keeps the process itself busy counts for nothing, such as `prompt()`: somebody has just answered it.
  let begun = 0;
  const begin = () => {
    const working = work();
    begun = Date.now();
    return working;
  };
  const given = await within(begin, milliseconds, signal);
  if (Date.now() - begun > LATEST) throw TOO_LATE;
  return given;
}
