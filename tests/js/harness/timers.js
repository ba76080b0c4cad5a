/**
 * The timers that are set while a test runs, and not cleared.
 * @module
 */

/**
 * Keeps count of the timers that are set from now on.
 * @param {import("node:test").TestContext} context
 * @returns {Set<unknown>} Those that may still run.
 */
export function countTimers(context) {
  const live = new Set();
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  context.mock.method(
    globalThis,
    "setTimeout",
    (
      /** @type {(...given: any[]) => void} */ run,
      /** @type {number} */ after,
      /** @type {any[]} */ ...given
    ) => {
      const timer = setTimeout(() => {
        live.delete(timer);
        run(...given);
      }, after);
      live.add(timer);
      return timer;
    },
  );
  context.mock.method(
    globalThis,
    "setInterval",
    (/** @type {() => void} */ run, /** @type {number} */ after) => {
      const timer = setInterval(run, after);
      live.add(timer);
      return timer;
    },
  );
  const clear = (/** @type {(timer: any) => void} */ cleared) => (/** @type {any} */ timer) => {
    live.delete(timer);
    cleared(timer);
  };
  context.mock.method(globalThis, "clearTimeout", clear(clearTimeout));
  context.mock.method(globalThis, "clearInterval", clear(clearInterval));
  return live;
}
