/** @import { Way } from "./call_flow.js" */
/** @import { Placed } from "./types.js" */
import { askHandler } from "./ask_handler.js";
import { unlessDuplicate } from "./duplicates.js";
import { notPlaced } from "./errors.js";
import { inTheWordsOf } from "./handler_words.js";
import { invalid } from "./invalid.js";
import { isOfTheCall } from "./refusal_codes.js";
import { unknownOutcome } from "./unknown_outcome.js";

export { takeSteps } from "./call_steps.js";
export { isSpent } from "./handler_words.js";
export { newKey } from "./idempotency_key.js";
export { tellMistake } from "./whose_mistake.js";

const DUPLICATE = "The call was not placed: the same call is under way, or has just been placed.";

const NOTHING_OF_THE_FIRST =
  "Nobody knows whether the call was placed: this request tells nothing of the first one.";

/**
 * Places a call through a handler, without WebAssembly: the handler checks everything itself.
 * @param {Way} way
 * @param {string} number
 * @param {{ signal: AbortSignal, key: string, repeated: boolean, again: boolean }} how `again`: the last outcome was unknown,
 *   and the person was asked. `repeated`: the key was sent before.
 * @returns {Promise<Placed>} Rejects with a `QuickcallError`: of a repeat with `not_placed` only where that is said of the first
 *   request, too.
 */
export function call(way, number, how) {
  return callOnce(way, number, how).catch((error) => {
    const isSaid = error.status !== undefined && isOfTheCall(error);
    if (!how.repeated || error.outcome === "unknown" || isSaid) throw error;
    throw inTheWordsOf(error, unknownOutcome(error.code, NOTHING_OF_THE_FIRST, error));
  });
}

/** @type {typeof call} */
async function callOnce(
  { handler = "", endpoint, options, cooldown },
  number,
  { signal, key, repeated, again },
) {
  if (!handler.trim()) throw invalid("required", "handler", "A handler is needed.");
  if (!number.trim()) throw invalid("required", "number", "A number is needed. Does `for` name an input?");
  const request = {
    method: /** @type {const} */ ("POST"),
    url: handler,
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: write({ ...options, endpoint, number }),
  };
  // The ring time, and ten seconds. It is 30 where nothing is said; the handler refuses what is none.
  const { timeout } = /** @type {any} */ (options);
  const deadline = 1000 * (timeout > 3 && timeout <= 600 ? Number(timeout) + 10 : 40);
  return unlessDuplicate(
    // As the class names it, but for what its filter does with more than plain separators. The pattern is that of `bare` in
    // `call_flow.js`: in a file for both it would be a chunk of its own, 0.1 kB of the 6 that a page loads before anybody calls.
    JSON.stringify([`aliases/${endpoint}`, number.replace(/[\s().-]/g, "")]),
    { again, key, cooldown: cooldown * 1000, ringTime: deadline },
    () => notPlaced("duplicate", DUPLICATE),
    globalThis.fetch,
    (fetch) => askHandler(request, { fetch, signal, deadline, repeated }),
  );
}

/** Makes ready what is needed before a call. */
export async function prepare() {}

/** @param {Record<string, unknown>} body */
function write(body) {
  try {
    return JSON.stringify(body);
  } catch {
    throw invalid("wrong_type", "options", "They cannot be written as JSON.");
  }
}
