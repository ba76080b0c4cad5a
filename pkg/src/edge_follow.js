/**
 * What becomes of a call, told to the page that placed it.
 * @module
 */

/** @import { FollowedAnswer } from "./edge_answer.js" */
/** @import { Asked } from "./edge_judge.js" */
import { edgeRefusal, kept } from "./edge_answer.js";
import { judge } from "./edge_judge.js";
import { problem, report } from "./edge_log.js";
import { knownLater, withoutAnswer } from "./edge_repeat.js";

/** The keys of calls that are followed now. @type {Set<string>} */
const followed = new Set();

/** How many streams of one call may begin in so many milliseconds: each opens a socket to the server, and no limit counts them. */
const MOST = { streams: 6, milliseconds: 60_000 };

/** When the streams that still count began, by key. The key whose stream began last stands last. @type {Map<string, number[]>} */
const begun = new Map();

/**
 * Whether one more stream may begin for this key, which counts then.
 * @param {string} key
 */
function mayBegin(key) {
  const now = performance.now();
  const counts = (/** @type {number} */ at) => now - at < MOST.milliseconds;
  for (const [other, times] of begun) {
    if (counts(times.at(-1) ?? 0)) break;
    begun.delete(other);
  }
  const times = begun.get(key)?.filter(counts) ?? [];
  if (times.length >= MOST.streams) return false;
  begun.delete(key);
  begun.set(key, [...times, now]);
  return true;
}

/**
 * Tells what becomes of a call that was placed with this key and body. It places none.
 * @param {Asked} asked
 * @returns {Promise<FollowedAnswer>}
 */
export async function follow(asked) {
  const { request, ready, entry } = asked;
  entry.event = "follow";
  const judged = await judge(asked);
  if (judged.key === undefined) return judged.refusal;
  const { key } = judged;
  const known = await knownLater(asked, judged);
  if (known.state === "nothing") return edgeRefusal("unknown_call");
  if (known.state !== "settled") return withoutAnswer(known, entry);
  const answer = kept(known.status, known.body);
  const { state, callIds } = JSON.parse(answer.body);
  if (!ready.relay || !Array.isArray(callIds)) return answer;
  // One page, one stream.
  if (followed.has(key) || !mayBegin(key)) return edgeRefusal("not_followed");
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
