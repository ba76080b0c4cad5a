/**
 * What a handler answered: a call that was placed, or an error in its words; or what stands before it answered.
 * @module
 */

/** @import { Issue, Placed } from "./types.js" */
import { QuickcallError } from "./errors.js";
import { inHandlersWords } from "./handler_words.js";
import { isOfTheCall, isRefusal, REFUSALS } from "./refusal_codes.js";
import { NOT_PLACED, unknownOutcome } from "./unknown_outcome.js";

/** The longest text that is taken over from an answer, in characters. */
const MAX_TEXT = 4_000;

/** What is known where no handler answered. */
const MESSAGES = {
  network:
    "the connection to the handler failed, and it could not be asked again in time. Where no call ever succeeds, check the handler's URL and its `origins`.",
  timeout: "the handler gave no answer in time.",
  aborted: "waiting for the handler's answer was ended. That does not end the call.",
  server_error: "what answered failed, and is not the handler of calls.",
  bad_response:
    "what answered is not the handler of calls, or a cache gave its answer to another call. Check the handler's URL.",
};

/** What one request gave: a call, or why there is none. @typedef {{ kind: "placed", placed: Placed } | NoCall} Given */

/**
 * Why there is no call. `lost`: there is no answer, or none yet, and asking again may tell more. `refused`: a handler refused this request,
 * and says nothing of an earlier one with its key. `foreign`: so did what is no handler. `final`: nothing else will be told.
 * @typedef {{ kind: "lost" | "refused" | "foreign" | "final", error: QuickcallError }} NoCall
 */

/**
 * What an answer says that came whole.
 * @param {number} status
 * @param {unknown} body What its JSON says; nothing where it is none.
 * @param {number | undefined} retryAfter The header's.
 * @returns {Given}
 */
export function understand(status, body, retryAfter) {
  const { state, callIds, requestId, error } = Object(body);
  const known = status >= 200 && status <= 299 && (state === "started" || state === "accepted");
  if (known && Array.isArray(callIds) && callIds.length > 0 && callIds.every(isCallId)) {
    const placed = { state, callIds: [...callIds], status, warnings: [] };
    const originate = { customApplicationVars: {} };
    return { kind: "placed", placed: { ...placed, originate, ...(isText(requestId) ? { requestId } : {}) } };
  }
  const said = error === undefined ? undefined : handlersError(status, error, retryAfter);
  if (said?.code === "in_progress") return { kind: "lost", error: said };
  if (said) {
    const isOfThis = said.outcome === "not_placed" && !isOfTheCall(said);
    return { kind: isOfThis ? "refused" : "final", error: said };
  }
  if (isRefusal(status)) return { kind: "foreign", error: notTheHandler(status, retryAfter) };
  return status >= 400 ? lost("server_error", { status }) : final("bad_response", { status });
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
    hangupCause: isText(hangupCause) ? hangupCause : undefined,
    retryAfter: seconds,
    unanswered: unanswered === true || undefined,
  });
  return inHandlersWords(said);
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
 * @param {number} status
 * @param {number | undefined} retryAfter
 */
function notTheHandler(status, retryAfter) {
  return new QuickcallError({
    code: REFUSALS[status] ?? "rejected",
    outcome: "not_placed",
    message: `${NOT_PLACED}the request was refused with status ${status}, and not by the handler of calls. Check the handler's URL.`,
    status,
    retryAfter,
  });
}

/**
 * No handler told what became of the call. One may when it is asked again.
 * @param {keyof typeof MESSAGES} code
 * @param {{ cause?: unknown, status?: number }} about
 * @returns {NoCall}
 */
export function lost(code, about) {
  return { kind: "lost", error: nobodyKnows(code, about) };
}

/**
 * No handler told what became of the call, and none will.
 * @param {keyof typeof MESSAGES} code
 * @param {{ cause?: unknown, status?: number }} [about]
 * @returns {NoCall}
 */
export function final(code, about) {
  return { kind: "final", error: nobodyKnows(code, about) };
}

/**
 * The error where no handler told what became of the call.
 * @param {keyof typeof MESSAGES} code
 * @param {{ cause?: unknown, status?: number }} [about]
 */
export function nobodyKnows(code, about) {
  const message = `Nobody knows whether the call was placed: ${MESSAGES[code]} Look at the phone before you call again.`;
  return unknownOutcome(code, message, about);
}
