/**
 * Time that passes when a test wants it.
 * @module
 */

/** The one that no test has taken. */
const inTruth = globalThis.setTimeout;

/**
 * Lets time pass, by some seconds at once, until something has settled; after how many seconds it had.
 * @template T
 * @param {import("node:test").TestContext} context
 * @param {() => Promise<T>} work
 * @param {number} most The most seconds.
 * @param {{ apis?: ("setTimeout" | "setInterval" | "Date")[], measured?: boolean, step?: number }} [how] What of the time is the test's
 *   own, whether it also passes for who measures it, and how many seconds pass at once.
 * @returns {Promise<{ seconds: number, value: T }>}
 */
export async function hurry(context, work, most, { apis = ["setTimeout"], measured = false, step = 1 } = {}) {
  context.mock.timers.enable({ apis, now: Date.now() });
  let passed = 0;
  // Only what passes here: on a busy machine the test's own work would count, too.
  const begun = performance.now();
  if (measured) context.mock.method(performance, "now", () => begun + passed);
  /** @type {{ value: T } | undefined} */
  let settled;
  const done = work().then((value) => {
    settled = { value };
  });
  const rest = () => new Promise((resolve) => setImmediate(resolve));
  for (let seconds = 0; seconds <= most; seconds += step) {
    for (let turn = 0; turn < 20; turn++) await rest();
    // What real sockets do takes real time.
    await new Promise((resolve) => inTruth(resolve, 1));
    await Promise.race([done, rest()]);
    if (settled) return { seconds, value: settled.value };
    passed += step * 1_000;
    context.mock.timers.tick(step * 1_000);
  }
  throw new Error(`It has not settled after ${most} seconds.`);
}
