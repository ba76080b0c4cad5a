/**
 * A timer that keeps no process alive, where the runtime has such.
 * @template T
 * @param {T} timer
 * @returns {T}
 */
export function idle(timer) {
  /** @type {{ unref?: () => void }} */ (timer).unref?.();
  return timer;
}
