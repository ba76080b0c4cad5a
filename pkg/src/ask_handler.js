/** @import { Given, NoCall } from "./handler_answer.js" */
/** @import { Fetch, Placed, Request } from "./types.js" */
import { ABORTED, TOO_LATE, within, withinOrStop } from "./deadline.js";
import { abortedBefore } from "./errors.js";
import { final, lost, nobodyKnows, understand } from "./handler_answer.js";
import { parse } from "./json_body.js";
import { isPage } from "./page.js";
import { BEFORE_THE_KEY } from "./refusal_codes.js";
import { codeOfFailedFetch, MAX_BODY, send } from "./send.js";
import { asUnknown } from "./unknown_outcome.js";

/** How long to wait before a handler is asked again, in milliseconds; doubled each time, up to the last. */
const PAUSES = { first: 250, last: 4_000 };

/** How every answer of a handler begins: `{`. */
const BRACE = 0x7b;

/**
 * Why there may be an earlier request with this key: its reply was lost, or the key is the caller's own.
 * @typedef {"lost" | "key" | undefined} Earlier
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
  // The clock as well: what counts the time of a page stands still while the machine sleeps.
  const begun = Date.now();
  if (signal?.aborted && !repeated) {
    throw abortedBefore();
  }
  /** @type {Earlier} */
  let earlier = repeated ? "key" : undefined;
  /** The codes that were asked for once more. */
  const doubted = new Set();
  for (let pause = PAUSES.first; ; pause = Math.min(pause * 2, PAUSES.last)) {
    const given = await askOnce(request, fetch, end - performance.now(), signal);
    if (given.kind === "placed") return given.placed;
    const { error } = given;
    const wait = Math.max(pause, (error.retryAfter ?? 0) * 1000);
    const wasDoubted = doubted.has(error.code);
    if (!isAskedAgain(given, earlier, wasDoubted, wait) || performance.now() + wait >= end) {
      const why = whyUnsure(given, earlier, wasDoubted);
      throw why ? asUnknown(error, why) : error;
    }
    if (given.kind === "lost") earlier = "lost";
    else doubted.add(error.code);
    await within(() => new Promise(() => {}), wait, signal).catch((reason) => {
      if (reason !== TOO_LATE) throw reason === ABORTED ? nobodyKnows("aborted") : reason;
    });
    // A page that rested meanwhile, or a machine that slept, would call when nobody expects it any more.
    if (performance.now() >= end || Date.now() - begun >= deadline) throw nobodyKnows("timeout");
  }
}

/**
 * Whether asking again may tell more.
 * @param {NoCall} given
 * @param {Earlier} earlier
 * @param {boolean} wasDoubted Whether it was asked again for this code before.
 * @param {number} wait Before it can be asked again, in milliseconds.
 */
function isAskedAgain(given, earlier, wasDoubted, wait) {
  const { code } = given.error;
  if (given.kind === "lost" || (earlier && code === "unavailable")) return true;
  if (wasDoubted) return false;
  if (earlier && BEFORE_THE_KEY.includes(code)) return true;
  // A browser sends by itself again what it got no answer to, and shows only what it is told of that. But a call that somebody keeps
  // waiting for long would ring when nobody expects it any more.
  return isPage() && isBlind(given) && wait <= PAUSES.last;
}

/**
 * Why what was said does not tell what became of the call; nothing where it does.
 * @param {NoCall} given
 * @param {Earlier} earlier
 * @param {boolean} wasDoubted
 */
function whyUnsure(given, earlier, wasDoubted) {
  const { kind, error } = given;
  // A refusal of this request says nothing of an earlier one.
  const isOfThis = kind !== "final" && error.outcome === "not_placed";
  if (earlier === "lost" && isOfThis) return "lost";
  // The first tells that the key has another call, the second twice that no call has this shape.
  const isClear = error.code === "key_mismatch" || (error.code === "bad_request" && wasDoubted);
  if (isClear) return undefined;
  if (earlier === "key" && isOfThis) return "key";
  return isPage() && isBlind(given) ? "browser" : undefined;
}

/**
 * Whether who answered knows nothing of the key, and so nothing of a first request that a browser does not show.
 * @param {NoCall} given
 */
function isBlind({ kind, error }) {
  return kind === "foreign" || BEFORE_THE_KEY.includes(error.code);
}

/**
 * @param {Pick<Request, "method" | "url" | "headers" | "body">} request
 * @param {Fetch} fetch
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Given>}
 */
async function askOnce(request, fetch, milliseconds, signal) {
  let reply;
  try {
    reply = await withinOrStop((ended) => send(request, fetch, ended), milliseconds, signal);
  } catch (cause) {
    if (cause === TOO_LATE) return final("timeout");
    if (cause === ABORTED) return final("aborted");
    return codeOfFailedFetch(cause) === "bad_response"
      ? final("bad_response", { cause })
      : lost("network", { cause });
  }
  const { status, body, retryAfter } = reply;
  const said = parse(body);
  // An answer without a length looks whole where it was cut inside its body. A refusal is one all the same.
  const isOpen = body?.[0] === BRACE && body.length <= MAX_BODY;
  const isPart = isOpen && said === undefined && status >= 200 && status <= 299;
  if (body === undefined || isPart) return lost("network", { status });
  // A cache may give the answer to another request: a handler repeats the key. It is not asked again: where the key was changed on its
  // way, that would be a second call.
  const { "Idempotency-Key": key } = request.headers;
  const { idempotencyKey = key } = Object(said);
  if (idempotencyKey !== key) return final("bad_response", { status });
  return understand(status, said, retryAfter);
}
