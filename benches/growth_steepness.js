/**
 * How time grows.
 * @module
 */

/**
 * How much more an item costs at the largest size than at a quarter of it: 1 at most where time grows with size, 4 where it grows
 * with its square. What every call costs besides is in both. Of the shortest rounds: what else the machine does can only add.
 * @param {{ rows: { size: number, least: number }[] }} grown
 */
export function steepness({ rows }) {
  const last = rows.at(-1);
  const before = rows.findLast(({ size }) => size * 4 <= (last?.size ?? 0));
  if (!last || !before) throw new Error("Too few sizes.");
  return last.least / last.size / (before.least / before.size);
}
