/** Called on a value it gives its tag, such as `[object RegExp]`: the same for one of another realm. */
export const tagOf = Object.prototype.toString;

/** The tag of a plain object. */
export const OBJECT = "[object Object]";

/**
 * Whether the core sees an object with members: no list, and no `Map` or the like.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return !Array.isArray(value) && tagOf.call(value) === OBJECT;
}
