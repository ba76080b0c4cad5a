/**
 * Many starts, turn and turn about.
 * @module
 */

import { spread } from "../spread.js";

/** @typedef {Record<string, import("../spread.js").Spread>} Parts The total and its parts, in milliseconds. */

/**
 * @param {Record<string, () => Promise<Record<string, number>>>} starts Each starts anew and says its times.
 * @param {number} runs
 * @returns {Promise<Record<string, Parts>>}
 */
export async function gather(starts, runs) {
  /** @type {Record<string, Record<string, number[]>>} */
  const all = {};
  // The first start also fills the caches of the disk.
  for (let round = -1; round < runs; round++) {
    for (const [name, start] of Object.entries(starts)) {
      const times = await start();
      if (round < 0) continue;
      all[name] ??= {};
      const parts = all[name];
      for (const [part, time] of Object.entries(times)) {
        parts[part] ??= [];
        parts[part].push(time);
      }
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, parts]) => [
      name,
      Object.fromEntries(Object.entries(parts).map(([part, times]) => [part, spread(times)])),
    ]),
  );
}
