/**
 * Chance that can be repeated: the same seed gives the same values (xorshift).
 * @module
 */

/** @param {number} seed */
export function random(seed) {
  let state = seed | 1;
  /** From 0 up to `limit`, without it. @param {number} limit */
  const below = (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return {
    below,
    /** @template T @param {readonly T[]} list @returns {T} */
    one: (list) => /** @type {T} */ (list[below(list.length)]),
  };
}

/** @typedef {ReturnType<typeof random>} Random */
