/** @import { Step } from "./call_flow.js" */

/** For how long a button rests at least, in seconds: a press so soon after another is the second one of a double click. */
const DOUBLE = 0.4;

/**
 * Takes the steps of a call that was placed, until it has ended, the signal says so, or nothing more comes; then waits for the
 * cool-down. Never rejects: who tells of the call may fail, and the call goes on.
 * @param {() => AsyncIterable<Step> | undefined} source
 * @param {(step: Step & { wasAnswered: boolean }) => void} show `wasAnswered`: an earlier step says that the person's own phone was.
 * @param {AbortSignal} signal
 * @param {number} cooldown In seconds.
 */
export async function takeSteps(source, show, signal, cooldown) {
  /** @type {AsyncIterator<Step> | undefined} */
  let steps;
  let wasAnswered = false;
  /** @type {Promise<undefined>} */
  const stopped = new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const take = async () => {
    const next = await steps?.next();
    return next && !next.done ? { step: await next.value } : undefined;
  };
  try {
    steps = iteratorOf(source());
    for (;;) {
      // A `next()` may wait for hours, and what waits for it ends with it only.
      const taken = await Promise.race([take(), stopped]);
      if (!taken || signal.aborted) break;
      const { step } = taken;
      show({ ...step, wasAnswered });
      if (step.state === "ended") break;
      wasAnswered ||= step.state === "answered" || step.state === "connected";
    }
  } catch {
    // Nothing more is told of the call.
  }
  endSteps(steps);
  // A timer of more than 31 bits would end at once.
  const rest = Math.min(Math.max(cooldown, DOUBLE) * 1000, 2 ** 31 - 1);
  await new Promise((resolve) => setTimeout(resolve, rest));
}

/**
 * What an `await` in a loop would take: a list, too.
 * @param {any} source
 * @returns {AsyncIterator<Step> | undefined}
 */
function iteratorOf(source) {
  return source?.[Symbol.asyncIterator]?.() ?? source?.[Symbol.iterator]();
}

/** Lets whoever tells the steps let go of what it holds, such as a connection. @param {AsyncIterator<Step> | undefined} steps */
async function endSteps(steps) {
  try {
    await steps?.return?.();
  } catch {
    // There is nothing to let go of.
  }
}
