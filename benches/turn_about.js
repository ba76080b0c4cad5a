/**
 * Times of several works, turn and turn about: what disturbs the machine disturbs all of them.
 * @module
 */

/** How long one round of one work takes at least, in milliseconds: so short that some are not disturbed. */
const ROUND = 2;
/** For how long each is run before, in milliseconds: engines make WebAssembly fast in threads of their own. */
const WARM = 250;

/**
 * @param {Record<string, () => unknown>} works
 * @param {number} rounds
 * @returns {Record<string, number[]>} For each work the mean time of every round, in microseconds.
 */
export function timeTurnAbout(works, rounds) {
  const measured = Object.entries(works).map(([name, work]) => {
    // The first calls are compiled and made fast, and say how many of them make a round.
    let calls = 1;
    const began = performance.now();
    do {
      if (time(work, calls) < ROUND) calls *= 2;
    } while (performance.now() - began < WARM);
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
