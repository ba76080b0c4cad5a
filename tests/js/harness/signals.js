/**
 * What callers give as a signal.
 * @module
 */

/** What is none. @type {any[]} */
export const NO_SIGNALS = [new AbortController(), 5, "now", true, {}, { aborted: false }, () => {}];

/** A controller as a library makes it: its signal is no `AbortSignal`, and knows only what is needed. */
export class ForeignController {
  #isAborted = false;
  /** @type {(() => void)[]} */
  #listeners = [];
  /** @type {AbortSignal} */
  signal = foreign(
    () => this.#isAborted,
    (_, listener) => this.#listeners.push(listener),
  );

  abort() {
    this.#isAborted = true;
    for (const listener of this.#listeners) listener();
  }
}

/** A signal that cannot be listened to. */
export const brokenSignal = () =>
  foreign(
    () => false,
    () => {
      throw new Error("It is broken.");
    },
  );

/**
 * @param {() => boolean} aborted
 * @param {(name: string, listener: () => void) => unknown} addEventListener
 * @returns {any}
 */
const foreign = (aborted, addEventListener) => ({
  get aborted() {
    return aborted();
  },
  addEventListener,
});
