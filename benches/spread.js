/**
 * Many times in one figure.
 * @module
 */

/** @typedef {{ median: number, least: number, most: number }} Spread */

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/**
 * The middle and the ends, with four digits.
 * @param {number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const short = (/** @type {number} */ value) => Number(value.toPrecision(4));
  return {
    median: short(median(values)),
    least: short(Math.min(...values)),
    most: short(Math.max(...values)),
  };
}
