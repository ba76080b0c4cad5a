/**
 * What is answered to a key that is known: a repeat gets the answer of its call, and places none.
 * @module
 */

/** @import { Answer } from "./edge_answer.js" */
/** @import { Asked, Judged } from "./edge_judge.js" */
/** @import { AnyGuard } from "./edge_ready.js" */
/** @import { LogEntry } from "./edge_types.js" */
/** @import { Known } from "./guard.js" */
import { within } from "./deadline.js";
import { edgeRefusal, kept, refusedBy } from "./edge_answer.js";
import { problem, report } from "./edge_log.js";
import { Failed, PATIENCE, patiently, timeLeft } from "./edge_patience.js";

/** How long the answer of a call is awaited whose own deadline is not known, in milliseconds. */
const USUAL_WAIT = 40_000;

/**
 * What is known of a key now.
 * @param {AnyGuard} guard
 * @param {Judged} judged
 */
export function knownOf(guard, { key, fingerprint }) {
  return patiently(() => guard.known(key, fingerprint), "guard");
}

/**
 * The answer to a key that is known, or to a reservation that was not made. That of a call that is under way is awaited.
 * @param {Known} known
 * @param {Asked} asked
 * @param {Judged} judged
 * @returns {Promise<Answer>}
 */
export async function repeat(known, asked, judged) {
  const { ready, entry } = asked;
  let latest = known;
  if (known.state === "open") {
    try {
      latest = await knownLater(asked, judged, judged.call?.deadline);
    } catch (error) {
      // That the call is under way is known all the same.
      report(ready.log, problem("guard", error));
    }
  }
  if (latest.state === "settled") {
    entry.repeat = true;
    return kept(latest.status, latest.body);
  }
  return withoutAnswer(latest, entry);
}

/**
 * What is said where no answer was kept: the guard has refused, or the call is still under way.
 * @param {Known} known
 * @param {LogEntry} entry
 * @returns {Answer}
 */
export function withoutAnswer(known, entry) {
  if (known.state !== "refused") return edgeRefusal("in_progress");
  if (known.limit !== undefined) entry.limit = known.limit;
  return refusedBy(known.refusal);
}

/**
 * What is known of a key when its call has an answer, or when that was awaited for long enough.
 * @param {Asked} asked
 * @param {Judged} judged
 * @param {number} [deadline] Of the call, in milliseconds.
 */
export function knownLater({ ready, started }, { key, fingerprint }, deadline = USUAL_WAIT) {
  const milliseconds = Math.min(deadline, timeLeft(started));
  const waiting = within(() => ready.guard.wait(key, fingerprint, milliseconds), milliseconds + PATIENCE);
  return waiting.catch((error) => {
    throw new Failed("guard", error);
  });
}
