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

/**
 * The named members of what a caller gave, each read once.
 * @template {object} T
 * @template {keyof T} K
 * @param {string} name What was given.
 * @param {T} given
 * @param {readonly K[]} names
 * @returns {Pick<T, K>}
 * @throws {QuickcallError} `invalid` where they cannot be read.
 */
export function members(name, given, names) {
  const read = () => Object.fromEntries(names.map((name) => [name, Object(given)[name]]));
  return /** @type {any} */ (readable(name, read));
}
