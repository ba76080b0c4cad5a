/**
 * What is answered to a key that is known: a repeat gets the answer of its call, and places none.
 * @module
 */

/** @import { Answer } from "./edge_answer.js" */
/** @import { AnyGuard, Asked } from "./edge_handler.js" */
/** @import { Judged } from "./edge_judge.js" */
/** @import { Known } from "./guard.js" */
import { within } from "./deadline.js";
import { edgeRefusal, kept, refusedBy } from "./edge_answer.js";
import { problem, report } from "./edge_log.js";
import { Failed, PATIENCE, patiently } from "./edge_patience.js";

/** How long a repeat waits where its own call is not known, in milliseconds. */
export const USUAL_WAIT = 40_000;

/**
 * What is known of a key now.
 * @param {AnyGuard} guard
 * @param {Judged} judged
 */
export function knownOf(guard, { key, fingerprint }) {
  return patiently(() => guard.known(key, fingerprint), "guard");
}

/**
 * The answer to a key that is known, or to a reservation that was not made.
 * @param {Known} known
 * @param {Asked} asked
 * @param {Judged} judged
 * @param {number} milliseconds For how long a call that is under way is waited for.
 * @returns {Promise<Answer>}
 */
export async function repeat(known, { ready, entry }, judged, milliseconds) {
  let now = known;
  if (known.state === "open") {
    try {
      now = await answerOf(ready.guard, judged, milliseconds);
    } catch (error) {
      // That the call is under way is known all the same.
      report(ready.log, problem("guard", error));
    }
  }
  if (now.state === "settled") {
    entry.repeat = true;
    return kept(now.status, now.body);
  }
  if (now.state !== "refused") return edgeRefusal("in_progress");
  if (now.limit !== undefined) entry.limit = now.limit;
  return refusedBy(now.refusal);
}

/**
 * What is known of a key when its call has an answer, or after so many milliseconds.
 * @param {AnyGuard} guard
 * @param {Judged} judged
 * @param {number} milliseconds
 */
export function answerOf(guard, { key, fingerprint }, milliseconds) {
  const waiting = within(
    () => guard.wait(key, fingerprint, milliseconds),
    milliseconds + PATIENCE,
    undefined,
  );
  return waiting.catch((error) => {
    throw new Failed("guard", error);
  });
}
