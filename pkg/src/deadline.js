/** The reason of a wait that took too long. */
export const TOO_LATE = Symbol("too late");
/** The reason of a wait that the caller ended. */
export const ABORTED = Symbol("aborted");

/**
 * Waits for `work`, but not longer than `milliseconds` and not after `signal`. Always settles, whatever `work` does.
 * @template T
 * @param {() => T | Promise<T>} work
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @param {() => void} [stop] Called when nobody waits any more for what is not done.
 * @returns {Promise<T>} Rejects with `TOO_LATE`, `ABORTED`, or as `work` does.
 */
export function within(work, milliseconds, signal, stop) {
  return new Promise((resolve, reject) => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const settle = () => {
      clearTimeout(timer);
      unlisten(signal, onAbort);
    };
    /** @param {symbol} reason */
    const end = (reason) => {
      reject(reason);
      settle();
      stop?.();
    };
    const onAbort = () => end(ABORTED);
    // First what can throw: no timer is left behind then.
    signal?.addEventListener("abort", onAbort);
    const isAborted = signal?.aborted;
    timer = setTimeout(() => end(TOO_LATE), milliseconds);
    if (isAborted) return onAbort();
    Promise.resolve().then(work).then(resolve, reject).then(settle);
  });
}

/**
 * The same, for work that can be stopped.
 * @template T
 * @param {(stopped: AbortSignal) => T | Promise<T>} work Its signal is aborted when nobody waits any more.
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export function withinOrStop(work, milliseconds, signal) {
  const controller = new AbortController();
  return within(
    () => work(controller.signal),
    milliseconds,
    signal,
    () => controller.abort(),
  );
}

/**
 * Listens no longer to a signal. It is the caller's, and may be anything.
 * @param {AbortSignal | undefined} signal
 * @param {() => void} listener
 */
export function unlisten(signal, listener) {
  try {
    signal?.removeEventListener?.("abort", listener);
  } catch {
    // It stays as it is.
  }
}
