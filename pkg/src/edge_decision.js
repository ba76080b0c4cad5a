/**
 * What a handler decides of a request that asks for a call: the checks in their order, and the first that fails is the answer.
 * @module
 */

/** @import { Answer } from "./edge_answer.js" */
/** @import { Asked } from "./edge_judge.js" */
/** @import { Ready } from "./edge_ready.js" */
/** @import { Known } from "./guard.js" */
import { edgeRefusal } from "./edge_answer.js";
import { begin } from "./edge_call.js";
import { enter, isEntered, waitForOthers } from "./edge_checking.js";
import { gone, hasGone } from "./edge_gone.js";
import { judge } from "./edge_judge.js";
import { problem, report } from "./edge_log.js";
import { PATIENCE, patiently } from "./edge_patience.js";
import { knownOf, repeat } from "./edge_repeat.js";
import { WITHOUT_A_RECORD } from "./refusal_codes.js";
import { sleep } from "./sleep.js";

/** How long a repeat that was refused waits for the other requests with its key in this process, in milliseconds. */
const OTHERS = 3 * PATIENCE;

/** The pauses before each further look whether another process has reserved the key, in milliseconds. */
const ELSEWHERE = [500, 1_000, 1_500];

/**
 * The checks, in their order, and the call.
 * @param {Asked} asked
 * @returns {Promise<Answer>}
 */
export async function decide(asked) {
  const { request, ready } = asked;
  const judged = await judge(asked);
  if (judged.key === undefined) return judged.refusal;
  const { key, refusal, body } = judged;
  const knownNow = () => knownOf(ready.guard, judged);
  if (refusal || ready.verify) {
    const known = await knownNow();
    if (known.state !== "nothing") return repeat(known, asked, judged);
    if (refusal) return refusal;
  }
  // This comes before the check: one that can be passed once only is left to the repeat of a browser that lost its connection.
  if (await hasGone(request, asked.host.server)) throw gone();
  // Where a store tells this request last what it decided first, the other one is through by then.
  const wasEntered = isEntered(key);
  const leave = enter(key);
  // A browser sends a request again by itself, and shows the last answer only: the call of the other request may be placed, or will be.
  const unlessOther = async (/** @type {Answer} */ refusal, /** @type {number[]} */ pauses) => {
    leave();
    if (!(await waitForOthers(key, OTHERS))) return edgeRefusal("in_progress");
    const known = await knownSoon(knownNow, pauses);
    return known.state === "nothing" ? refusal : repeat(known, asked, judged);
  };
  try {
    // Where a check can be passed once only, the first request may have passed it.
    if (ready.verify && !(await isVerified(ready, request, body)))
      return await unlessOther(edgeRefusal("verification_failed"), ready.isShared ? ELSEWHERE : []);
    const answer = await begin(asked, judged, leave);
    const mayBePlaced = wasEntered || isEntered(key);
    return mayBePlaced && WITHOUT_A_RECORD.includes(answer.code) ? await unlessOther(answer, []) : answer;
  } finally {
    leave();
  }
}

/**
 * What is known of a key, now or a little later.
 * @param {() => Promise<Known>} known
 * @param {number[]} pauses How long to wait before it is asked again, each time, in milliseconds.
 */
async function knownSoon(known, pauses) {
  let latest = await known();
  for (const pause of pauses) {
    if (latest.state !== "nothing") break;
    await sleep(pause);
    latest = await known();
  }
  return latest;
}

/**
 * Whether the site's own check passes: only `true` does, in time and without an error.
 * @param {Ready} ready
 * @param {Request} request
 * @param {Uint8Array} body JSON, which the core has read.
 */
async function isVerified({ verify, log }, request, body) {
  try {
    const given = JSON.parse(new TextDecoder().decode(body));
    const passes = await patiently(() => verify?.(request, given));
    if (typeof passes !== "boolean") {
      const message = "`verify` gave neither `true` nor `false`. Only `true` passes.";
      report(log, { event: "problem", level: "error", where: "verify", message });
    }
    return passes === true;
  } catch (error) {
    report(log, problem("verify", error));
    return false;
  }
}
