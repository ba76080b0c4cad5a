/** @import { Fetch, Issue, Placed, Request } from "./types.js" */
import { ABORTED, TOO_LATE, within, withinOrStop } from "./deadline.js";
import { abortedBefore, QuickcallError } from "./errors.js";
import { isPage } from "./page.js";
import { codeOf, MAX_BODY, send } from "./send.js";

/** How long to wait before a handler is asked again, in milliseconds; doubled each time, up to the last. */
const PAUSES = { first: 250, last: 4_000 };

/** The longest text that is taken over from an answer, in characters. */
const MAX_TEXT = 4_000;

/**
 * Refusals that the same call gets each time. All others depend on the moment, or on how the request came: they say nothing of an
 * earlier one with the same key, whose reply was lost.
 */
const OF_THE_CALL = ["invalid", "destination_refused", "unknown_endpoint", "dry_run"];

/** Refusals before the key is looked up, of a request that may have come in part. */
const ASK_AGAIN = ["unavailable", "bad_request"];

/** What was said before of a call that nobody knows about. */
const WHY_UNKNOWN = {
  lost: "the reply to the first request was lost. What was said of a repeat:",
  key: "its key may have been sent before. Where it was not, no call was placed. What was said now:",
  browser: "a browser may send a request again by itself, and shows the last answer only:",
};

/** What a refusal begins with. It is left out where nobody knows whether it is true. */
const NOT_PLACED = "The call was not placed: ";

/** The errors in a handler's words. @type {WeakSet<QuickcallError>} */
const ofHandlers = new WeakSet();

/** What is known where no handler answered. */
const MESSAGES = {
  network:
    "the connection to the handler failed, and it could not be asked again in time. Where no call ever succeeds, check the handler's URL and its `origins`.",
  timeout: "the handler gave no answer in time.",
  aborted: "waiting for the handler's answer was ended. That does not end the call.",
  server_error: "what answered failed, and is not the handler of calls.",
  bad_response: "what answered is not the handler of calls. Check the handler's URL.",
};

/**
 * The whole URL of a handler, where a page gives a part of one.
 * @template T
 * @param {T} handler
 * @returns {T | string}
 */
export function absolute(handler) {
  const { document, location } = globalThis;
  try {
    // Nothing would be the page itself.
    if (typeof handler === "string" && !/^\s*$|^[a-z][a-z0-9+.-]*:/i.test(handler))
      return new URL(handler, document?.baseURI ?? location?.href).href;
  } catch {
    // There is no page, or this is no URL.
  }
  return handler;
}

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
  // Whether a request may have come in part that is a repeat; a browser sends by itself again what it got no answer to, and shows
  // only what it is told of that. Each code is doubted once.
  const doubted = new Set();
  for (let pause = PAUSES.first; ; pause = Math.min(pause * 2, PAUSES.last)) {
    const { placed, error, askAgain, ofTheMoment, isForeign } = await askOnce(
      request,
      fetch,
      end - performance.now(),
      signal,
    );
    if (placed) return placed;
    const isRepeat = repeated || lost;
    const { code } = error;
    // Of a caller's own key the first tells that this call does not have it, the second twice that no call has this shape.
    const isClear = !lost && (code === "key_mismatch" || (code === "bad_request" && doubted.has(code)));
    // Who answers before the key is looked up knows nothing of a first request that a browser does not show.
    const isBlind = isPage() && (isForeign || code === "unavailable");
    const wait = Math.max(pause, (error.retryAfter ?? 0) * 1000);
    // A call that somebody else keeps waiting for long would ring when nobody expects it any more.
    const isSoon = isBlind && wait <= PAUSES.last;
    const isDoubtful = !doubted.has(code) && (isSoon || ((isRepeat || isPage()) && ASK_AGAIN.includes(code)));
    const again = askAgain || isDoubtful || (isRepeat && code === "unavailable");
    if (!again || performance.now() + wait >= end) {
      if (isRepeat && ofTheMoment && !isClear) throw unknownNow(error, lost ? "lost" : "key");
      throw isBlind ? unknownNow(error, "browser") : error;
    }
    if (askAgain) lost = true;
    else doubted.add(code);
    await within(() => new Promise(() => {}), wait, signal).catch((reason) => {
      if (reason !== TOO_LATE) throw reason === ABORTED ? nobodyKnows("aborted") : reason;
    });
  }
}

/**
 * The refusal of what is, or may be, a repeat: nobody knows what became of the first request.
 * @param {QuickcallError} error
 * @param {keyof typeof WHY_UNKNOWN} why
 */
export function unknownNow(error, why) {
  const { code, issues, message, status, retryAfter } = error;
  const unknown = new QuickcallError({
    code,
    outcome: "unknown",
    message: `Nobody knows whether the call was placed: ${WHY_UNKNOWN[why]} ${message.replace(NOT_PLACED, "")}`,
    issues,
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
  return inTheWordsOf(error, unknown);
}

/**
 * What is said in place of an error is the handler's word where that is.
 * @param {QuickcallError} error
 * @param {QuickcallError} instead
 */
export function inTheWordsOf(error, instead) {
  if (ofHandlers.has(error)) ofHandlers.add(instead);
  return instead;
}

/**
 * Whether a handler itself said that it will never tell more of a key: that it does not know, or that the key has another call.
 * @param {QuickcallError} error
 */
export function isSpent(error) {
  return ofHandlers.has(error) && (error.status === 504 || error.status === 422);
}

/**
 * What one request gave: a call; or an error, whether asking again may tell more (`askAgain`), whether it is a refusal
 * that says nothing of an earlier request (`ofTheMoment`), and whether it is not the handler's (`isForeign`).
 * @typedef {{ placed: Placed, error?: undefined, askAgain?: undefined, ofTheMoment?: undefined, isForeign?: undefined }} Confirmed
 * @typedef {{ placed?: undefined, error: QuickcallError, askAgain?: boolean, ofTheMoment?: boolean, isForeign?: boolean }} Failed
 */

/**
 * @param {Pick<Request, "method" | "url" | "headers" | "body">} request
 * @param {Fetch} fetch
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Confirmed | Failed>}
 */
async function askOnce(request, fetch, milliseconds, signal) {
  let answer;
  try {
    answer = await withinOrStop((ended) => send(request, fetch, ended), milliseconds, signal);
  } catch (cause) {
    if (cause === TOO_LATE) return { error: nobodyKnows("timeout") };
    if (cause === ABORTED) return { error: nobodyKnows("aborted") };
    if (codeOf(cause) === "bad_response") return { error: nobodyKnows("bad_response", { cause }) };
    return { error: nobodyKnows("network", { cause }), askAgain: true };
  }
  const { status, body, retryAfter } = answer;
  if (body === undefined) return { error: nobodyKnows("network", { status }), askAgain: true };
  return understand(status, parse(body), retryAfter);
}

/**
 * @param {Uint8Array | undefined} body
 * @param {number} [limit] In bytes.
 * @returns {unknown} Nothing where it is no JSON, or too long.
 */
export function parse(body, limit = MAX_BODY) {
  if (body && body.length > limit) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/**
 * @param {number} status
 * @param {unknown} body
 * @param {number | undefined} retryAfter The header's.
 * @returns {Confirmed | Failed}
 */
function understand(status, body, retryAfter) {
  const { state, callIds, requestId, error } = Object(body);
  const known = status >= 200 && status <= 299 && (state === "started" || state === "accepted");
  if (known && Array.isArray(callIds) && callIds.length > 0 && callIds.every(isCallId)) {
    const placed = { state, callIds: [...callIds], status, warnings: [] };
    const originate = { customApplicationVars: {} };
    return { placed: { ...placed, originate, ...(isText(requestId) ? { requestId } : {}) } };
  }
  const said = error === undefined ? undefined : handlersError(status, error, retryAfter);
  if (said)
    return {
      error: said,
      askAgain: said.code === "in_progress",
      ofTheMoment: said.outcome === "not_placed" && !isOfTheCall(said),
    };
  if (status >= 500 || status === 408)
    return { error: nobodyKnows("server_error", { status }), askAgain: true };
  if (status >= 400) return { error: notTheHandler(status, retryAfter), ofTheMoment: true, isForeign: true };
  return { error: nobodyKnows("bad_response", { status }) };
}

/**
 * Whether what a handler said is said of the call, and not only of the request: a status of 502 is that of its record.
 * @param {QuickcallError} error
 */
export function isOfTheCall({ status, code }) {
  return status === 502 || OF_THE_CALL.includes(code);
}

/**
 * The error that a handler told; nothing where it is not in a handler's words.
 * @param {number} status
 * @param {unknown} error
 * @param {number} [retryAfter] The header's.
 * @returns {QuickcallError | undefined}
 */
export function handlersError(status, error, retryAfter) {
  const { code, outcome, message, issues, hangupCause, unanswered, retryAfter: wait } = Object(error);
  if (!isText(code) || (outcome !== "not_placed" && outcome !== "unknown") || !isText(message))
    return undefined;
  const seconds = [wait, retryAfter].find((value) => Number.isFinite(value) && value >= 0);
  const said = new QuickcallError({
    code,
    outcome,
    message,
    issues: Array.isArray(issues) ? issues.filter(isIssue).map(issue) : [],
    status,
    ...(isText(hangupCause) ? { hangupCause } : {}),
    ...(seconds === undefined ? {} : { retryAfter: seconds }),
    ...(unanswered === true ? { unanswered } : {}),
  });
  ofHandlers.add(said);
  return said;
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
export function isText(value) {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_TEXT;
}

/** @param {unknown} value */
function isCallId(value) {
  return typeof value === "string" && /^[0-9a-f]{36}-quickcall$/.test(value);
}

/** @param {any} value */
function isIssue(value) {
  return (
    isText(value?.code) && isText(value.message) && Array.isArray(value.path) && value.path.every(isText)
  );
}

/**
 * @param {any} given
 * @returns {Issue}
 */
function issue({ severity, code, path, message, expected, received }) {
  return {
    severity: severity === "warning" ? "warning" : "error",
    code,
    path: [...path],
    message,
    ...(isText(expected) ? { expected } : {}),
    ...(isText(received) ? { received } : {}),
  };
}

/**
 * @param {keyof typeof MESSAGES} code
 * @param {{ cause?: unknown, status?: number }} [about]
 */
function nobodyKnows(code, about) {
  const message = `Nobody knows whether the call was placed: ${MESSAGES[code]} Look at the phone before you call again.`;
  return unknownOutcome(code, message, about);
}

/**
 * @param {string} code
 * @param {string} message
 * @param {{ cause?: unknown, status?: number }} [about]
 */
export function unknownOutcome(code, message, { cause, status } = {}) {
  const failure = { code, outcome: /** @type {const} */ ("unknown"), message };
  return new QuickcallError(
    status === undefined ? failure : { ...failure, status },
    cause === undefined ? undefined : { cause },
  );
}

/** What a refusal means that is not the handler's. @type {Record<number, string>} */
export const REFUSALS = { 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limited" };

/**
 * @param {number} status
 * @param {number | undefined} retryAfter
 */
function notTheHandler(status, retryAfter) {
  return new QuickcallError({
    code: REFUSALS[status] ?? "rejected",
    outcome: "not_placed",
    message: `${NOT_PLACED}the request was refused with status ${status}, and not by the handler of calls. Check the handler's URL.`,
    status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
