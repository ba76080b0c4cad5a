import { TOO_LATE, within } from "./deadline.js";

/** How long it may take by the clock, in milliseconds. Clocks are set, and a call that is a little late is still expected. */
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
  // Timers stand still while the machine sleeps, and a call that leaves after that rings when nobody expects it any more. Time in which the
  // work itself keeps the process busy does not count, as that of `prompt()`: somebody has just answered it.
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
