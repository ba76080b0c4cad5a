/**
 * What becomes of a call, told to the page that placed it.
 * @module
 */

/** @import { FollowedAnswer } from "./edge_answer.js" */
/** @import { Asked } from "./edge_handler.js" */
import { edgeRefusal, kept } from "./edge_answer.js";
import { judge } from "./edge_judge.js";
import { problem, report } from "./edge_log.js";
import { timeLeft } from "./edge_patience.js";
import { answerOf, repeat, USUAL_WAIT } from "./edge_repeat.js";

/** The keys of calls that are followed now. @type {Set<string>} */
const followed = new Set();

/**
 * Tells what becomes of a call that was placed with this key and body. It places none.
 * @param {Asked} asked
 * @returns {Promise<FollowedAnswer>}
 */
export async function follow(asked) {
  const { request, ready, entry, started } = asked;
  entry.event = "follow";
  const judged = await judge(asked);
  if (judged.key === undefined) return judged.refusal;
  const { key } = judged;
  const known = await answerOf(ready.guard, judged, Math.min(USUAL_WAIT, timeLeft(started)));
  if (known.state === "nothing") return edgeRefusal("unknown_call");
  if (known.state !== "settled") return repeat(known, asked, judged, 0);
  const answer = kept(known.status, known.body);
  const { state, callIds } = JSON.parse(answer.body);
  if (!ready.relay || !Array.isArray(callIds)) return answer;
  // One page, one stream.
  if (followed.has(key)) return edgeRefusal("not_followed");
  followed.add(key);
  try {
    const stream = await ready.relay({ state, callIds }, request.signal, () => followed.delete(key));
    return { ...answer, stream };
  } catch (error) {
    followed.delete(key);
    // That a page has gone is no problem.
    if (!request.signal.aborted) report(ready.log, problem("events", error));
    return edgeRefusal("not_followed");
  }
}
