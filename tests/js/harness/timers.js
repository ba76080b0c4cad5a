/**
 * The timers that the package sets while a test runs, and does not clear.
 * @module
 */

/**
 * Keeps count of the timers that the package sets from now on: what it uses sets some, too.
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
      if (isOfPackage()) live.add(timer);
      return timer;
    },
  );
  context.mock.method(
    globalThis,
    "setInterval",
    (/** @type {() => void} */ run, /** @type {number} */ after) => {
      const timer = setInterval(run, after);
      if (isOfPackage()) live.add(timer);
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

/** Whether a timer is set by the package just now: by who stands behind this file and the test runner. */
function isOfPackage() {
  const [, ...callers] = new Error().stack?.split("\n") ?? [];
  const caller = callers.find((line) => !/harness\/timers\.js|node:internal\/test_runner/.test(line));
  return caller?.includes("/pkg/dist/") === true;
}
