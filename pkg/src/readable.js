import { invalid } from "./invalid.js";

/**
 * Reads from what a caller gave, whose getters may throw.
 * @template T
 * @param {string} name What was given.
 * @param {() => T} read
 * @returns {T}
 * @throws {QuickcallError} `invalid` where it cannot be read.
 */
export function readable(name, read) {
  try {
    return read();
  } catch {
    throw invalid("wrong_type", name, "This cannot be read.");
  }
}
