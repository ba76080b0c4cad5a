/** @import { Confirmed, Failed } from "./handler_answer.js" */
/** @import { Fetch, Placed, Request } from "./types.js" */
import { ABORTED, TOO_LATE, within, withinOrStop } from "./deadline.js";
import { abortedBefore } from "./errors.js";
import { nobodyKnows, understand } from "./handler_answer.js";
import { parse } from "./json_body.js";
import { isPage } from "./page.js";
import { BEFORE_THE_KEY } from "./refusal_codes.js";
import { codeOf, MAX_BODY, send } from "./send.js";
import { unknownNow } from "./unknown_outcome.js";

/** How long to wait before a handler is asked again, in milliseconds; doubled each time, up to the last. */
const PAUSES = { first: 250, last: 4_000 };

/** How every answer of a handler begins: `{`. */
const BRACE = 0x7b;

/**
 * An answer that is no call, and what else says whether it is to be believed.
 * @typedef {Failed & {
 *   code: string, lost: boolean, isRepeat: boolean, inPage: boolean, wait: number, wasDoubted: boolean }} Said
 * `lost`: whether a reply was lost before. `isRepeat`: so, or the key may have been sent before. `wait`: before it can be asked again,
 * in milliseconds. `wasDoubted`: whether it was asked again for this code before.
 */

/**
 * Asks a handler to place a call, and asks again with the same key while its reply is lost. Needs no WebAssembly. Always
 * settles.
 * @param {Pick<Request, "method" | "url" | "headers" | "body">} request With its header `Idempotency-Key`.
 * @param {object} how
 * @param {Fetch} how.fetch
 * @param {AbortSignal | undefined} how.signal Ends the waiting, not the call.
 * @param {number} how.deadline In milliseconds, for everything together.
 * @param {boolean} how.repeated Whether a request with this key may have been sent before.
 * @returns {Promise<Placed>} Rejects with a `QuickcallError`.
 */
export async function askHandler(request, { fetch, signal, deadline, repeated }) {
  const end = performance.now() + deadline;
  if (signal?.aborted && !repeated) {
    throw abortedBefore();
  }
  let lost = false;
  /** The codes that were asked for once more. */
  const doubted = new Set();
  for (let pause = PAUSES.first; ; pause = Math.min(pause * 2, PAUSES.last)) {
    const given = await askOnce(request, fetch, end - performance.now(), signal);
    if (given.placed) return given.placed;
    const { error, askAgain } = given;
    const { code } = error;
    const wait = Math.max(pause, (error.retryAfter ?? 0) * 1000);
    const isRepeat = repeated || lost;
    /** @type {Said} */
    const said = { ...given, code, lost, isRepeat, inPage: isPage(), wait, wasDoubted: doubted.has(code) };
    if (!isAskedAgain(said) || performance.now() + wait >= end) {
      const why = whyUnsure(said);
      throw why ? unknownNow(error, why) : error;
    }
    if (askAgain) lost = true;
    else doubted.add(code);
    await within(() => new Promise(() => {}), wait, signal).catch((reason) => {
      if (reason !== TOO_LATE) throw reason === ABORTED ? nobodyKnows("aborted") : reason;
    });
  }
}

/**
 * Whether asking again may tell more.
 * @param {Said} said
 */
function isAskedAgain({ askAgain, isForeign, code, isRepeat, inPage, wait, wasDoubted }) {
  if (askAgain || (isRepeat && code === "unavailable")) return true;
  if (wasDoubted) return false;
  if (isRepeat && BEFORE_THE_KEY.includes(code)) return true;
  // A browser sends by itself again what it got no answer to, and shows only what it is told of that. But a call that somebody keeps
  // waiting for long would ring when nobody expects it any more.
  return inPage && (isForeign || BEFORE_THE_KEY.includes(code)) && wait <= PAUSES.last;
}

/**
 * Why what was said does not tell what became of the call; nothing where it does.
 * @param {Said} said
 */
function whyUnsure({ ofTheMoment, isForeign, code, lost, isRepeat, inPage, wasDoubted }) {
  if (lost && ofTheMoment) return "lost";
  // Of a caller's own key the first tells that this call does not have it, the second twice that no call has this shape.
  const isClear = code === "key_mismatch" || (code === "bad_request" && wasDoubted);
  if (isRepeat && ofTheMoment && !isClear) return "key";
  // Who answers before the key is looked up knows nothing of a first request that a browser does not show.
  const isBlind = isForeign || code === "unavailable" || (code === "bad_request" && !wasDoubted);
  return inPage && isBlind ? "browser" : undefined;
}

/**
 * @param {Pick<Request, "method" | "url" | "headers" | "body">} request
 * @param {Fetch} fetch
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Confirmed | Failed>}
 */
async function askOnce(request, fetch, milliseconds, signal) {
  let reply;
  try {
    reply = await withinOrStop((ended) => send(request, fetch, ended), milliseconds, signal);
  } catch (cause) {
    if (cause === TOO_LATE) return { error: nobodyKnows("timeout") };
    if (cause === ABORTED) return { error: nobodyKnows("aborted") };
    if (codeOf(cause) === "bad_response") return { error: nobodyKnows("bad_response", { cause }) };
    return { error: nobodyKnows("network", { cause }), askAgain: true };
  }
  const { status, body, retryAfter } = reply;
  const said = parse(body);
  // An answer without a length looks whole where it was cut inside its body. A refusal is one all the same.
  const isOpen = body?.[0] === BRACE && body.length <= MAX_BODY;
  const isPart = isOpen && said === undefined && status >= 200 && status <= 299;
  if (body === undefined || isPart) return { error: nobodyKnows("network", { status }), askAgain: true };
  return understand(status, said, retryAfter);
}
