/**
 * Time that passes when a test wants it.
 * @module
 */

/**
 * Lets time pass, by a second at once, until something has settled; after how many seconds it had.
 * @template T
 * @param {import("node:test").TestContext} context
 * @param {() => Promise<T>} work
 * @param {number} most The most seconds.
 * @returns {Promise<{ seconds: number, value: T }>}
 */
export async function hurry(context, work, most) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {{ value: T } | undefined} */
  let settled;
  const done = work().then((value) => {
    settled = { value };
  });
  const rest = () => new Promise((resolve) => setImmediate(resolve));
  for (let seconds = 0; seconds <= most; seconds++) {
    for (let turn = 0; turn < 20; turn++) await rest();
    await Promise.race([done, rest()]);
    if (settled) return { seconds, value: settled.value };
    context.mock.timers.tick(1_000);
  }
  throw new Error(`It has not settled after ${most} seconds.`);
}
