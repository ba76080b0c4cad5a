/**
 * How time grows.
 * @module
 */

/**
 * How much more an item costs at the largest size than at a quarter of it: 1 at most where time grows with size, 4 where it grows
 * with its square. What every call costs besides is in both.
 * @param {{ rows: { size: number, median: number }[] }} grown
 */
export function steepness({ rows }) {
  const last = rows.at(-1);
  const before = rows.findLast(({ size }) => size * 4 <= (last?.size ?? 0));
  if (!last || !before) throw new Error("Too few sizes.");
  return last.median / last.size / (before.median / before.size);
}
