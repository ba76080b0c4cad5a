/**
 * How memory grows with what is done.
 * @module
 */

import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
/** Collects what nobody holds. */
export const collect = /** @type {() => void} */ (runInNewContext("gc"));

/** At how many points the memory is looked at; the first of them are a warm-up. */
const POINTS = 12;
const WARM = 4;

/** What is in use once all that can go has gone, in bytes: the heap, and all buffers with the modules' memory. */
async function inUse() {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    collect();
    // What a finalizer frees goes in its own turn.
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

/**
 * What was found. @typedef {{ count: number, before: number, after: number, perItem: number }} Growth In bytes.
 */

/**
 * Does something again and again, and fails when the memory grows with it: by more than `allowed` bytes each time. That is
 * the middle of the slopes between all points, so that one odd point counts for nothing.
 * @param {number} count
 * @param {number} allowed
 * @param {(index: number) => unknown} work
 * @returns {Promise<Growth>}
 */
export async function growth(count, allowed, work) {
  const step = Math.ceil(count / POINTS);
  /** @type {number[]} */
  const points = [];
  for (let index = 0; index < step * POINTS; index++) {
    await work(index);
    if ((index + 1) % step === 0) points.push(await inUse());
  }
  const warm = points.slice(WARM);
  const slopes = warm.flatMap((first, one) =>
    warm.slice(one + 1).map((second, other) => (second - first) / ((other + 1) * step)),
  );
  slopes.sort((a, b) => a - b);
  const perItem = slopes[Math.floor(slopes.length / 2)] ?? 0;
  assert(perItem < allowed, `${perItem.toFixed(1)} bytes more each time, of ${allowed} allowed: ${points}`);
  return { count: step * POINTS, before: warm[0] ?? 0, after: warm.at(-1) ?? 0, perItem };
}
