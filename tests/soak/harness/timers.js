/**
 * The timers that the package has set and that are still to come, also those that keep no process alive.
 * @module
 */

/** Watches them from now on. */
export function watchTimers() {
  /** @type {Map<unknown, string>} */
  const set = new Map();
  const scope = /** @type {any} */ (globalThis);
  const { setTimeout, setInterval, clearTimeout, clearInterval } = scope;
  const { timeout } = AbortSignal;
  /** How much sooner the package's timers come. */
  let speed = 1;
  const isOurs = (/** @type {string} */ stack) => stack.includes("/pkg/dist/");

  scope.setTimeout = (/** @type {any} */ work, /** @type {number} */ after, /** @type {any[]} */ ...more) => {
    const stack = new Error("set").stack ?? "";
    const timer = setTimeout(
      (/** @type {any[]} */ ...given) => {
        set.delete(timer);
        work(...given);
      },
      isOurs(stack) ? after / speed : after,
      ...more,
    );
    if (isOurs(stack)) set.set(timer, `${after} ms ${stack}`);
    return timer;
  };
  scope.setInterval = (/** @type {any[]} */ ...given) => {
    const stack = new Error("set").stack ?? "";
    const timer = setInterval(...given);
    if (isOurs(stack)) set.set(timer, stack);
    return timer;
  };
  // It cannot be taken back: it is there until it comes, or its signal is forgotten.
  AbortSignal.timeout = (milliseconds) => {
    const stack = new Error("set").stack ?? "";
    const signal = timeout.call(AbortSignal, milliseconds);
    if (isOurs(stack)) set.set(signal, `a signal of ${milliseconds} ms ${stack}`);
    return signal;
  };
  scope.clearTimeout = (/** @type {unknown} */ timer) => {
    set.delete(timer);
    clearTimeout(timer);
  };
  scope.clearInterval = (/** @type {unknown} */ timer) => {
    set.delete(timer);
    clearInterval(timer);
  };
  return {
    /** Where those that are left were set. */
    left: () => [...set.values()],
    /** Lets the package's timers that are set from now on come so many times sooner. @param {number} times */
    hurry: (times) => {
      speed = times;
    },
    stop: () => {
      Object.assign(scope, { setTimeout, setInterval, clearTimeout, clearInterval });
      AbortSignal.timeout = timeout;
    },
  };
}
