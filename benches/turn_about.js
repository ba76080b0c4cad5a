/**
 * Times of several works, turn and turn about: what disturbs the machine disturbs all of them.
 * @module
 */

/** How long one round of one work takes at least, in milliseconds. */
const ROUND = 8;

/**
 * @param {Record<string, () => unknown>} works
 * @param {number} rounds
 * @returns {Record<string, number[]>} For each work the mean time of every round, in microseconds.
 */
export function timeTurnAbout(works, rounds) {
  const measured = Object.entries(works).map(([name, work]) => {
    // The first calls are compiled and made fast, and say how many of them make a round.
    let calls = 1;
    let took = 0;
    for (let warm = 0; warm < 3; ) {
      took = time(work, calls);
      if (took < ROUND) calls *= 2;
      else warm += 1;
    }
    return { name, work, calls, times: /** @type {number[]} */ ([]) };
  });
  for (let round = 0; round < rounds; round++) {
    // No work always follows the same other one.
    const first = round % measured.length;
    for (const { work, calls, times } of [...measured.slice(first), ...measured.slice(0, first)]) {
      times.push((time(work, calls) * 1_000) / calls);
    }
  }
  return Object.fromEntries(measured.map(({ name, times }) => [name, times]));
}

/** @param {() => unknown} work @param {number} calls */
function time(work, calls) {
  const began = performance.now();
  for (let call = 0; call < calls; call++) work();
  return performance.now() - began;
}
