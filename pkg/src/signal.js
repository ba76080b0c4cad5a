import { invalid } from "./invalid.js";

/**
 * The signal that a caller gave: of this realm, of another one, or made by a library.
 * @param {unknown} signal
 * @returns {AbortSignal | undefined}
 * @throws {QuickcallError} `invalid` where it is none, such as an `AbortController`.
 */
export function usableSignal(signal) {
  if (signal === undefined || signal === null) return undefined;
  try {
    const { aborted, addEventListener } = /** @type {Partial<AbortSignal>} */ (signal);
    if (typeof aborted === "boolean" && typeof addEventListener === "function")
      return /** @type {AbortSignal} */ (signal);
  } catch {
    // What cannot be looked at is no signal.
  }
  throw invalid("wrong_type", "signal", "This is no `AbortSignal`. Of a controller give its `signal`.");
}
