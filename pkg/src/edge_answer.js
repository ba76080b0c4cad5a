/**
 * What a handler answers: the words of its own, those that were kept, and the headers that go with them.
 * @module
 */

/** @import { QuickcallError } from "./errors.js" */
import { edgeCore } from "./edge_core.js";
import { isOwnRequestId } from "./request_id.js";

/**
 * What a handler answers. `status`, `body` and `retryAfter` are sent; `code` and `outcome` say the same to the log and to what decides.
 * @typedef {{ status: number, code: string, outcome: string, body: string, retryAfter?: number }} Answer
 */

/** An answer in whose place the steps of its call are sent, where there is a stream of them. @typedef {Answer & { stream?: ReadableStream<Uint8Array> }} FollowedAnswer */

/** The statuses of answers that are kept: placed, not placed, a dry run, not known. */
const ANSWERED = [200, 502, 503, 504];

/** What an answer may say of its call. */
const OUTCOMES = ["placed", "not_placed", "unknown"];

/** What is answered where the core cannot be had, or the configuration is wrong. @type {Answer} */
export const UNAVAILABLE = {
  status: 503,
  code: "unavailable",
  outcome: "not_placed",
  body: '{"error":{"code":"unavailable","outcome":"not_placed","message":"This request placed no call: calls cannot be placed here at the moment. Try again later, with the same key.","issues":[]}}',
};

/**
 * The answer that was kept. Where the store gives what is none, nobody knows what became of the call.
 * @param {number} status
 * @param {string} body
 * @returns {Answer}
 */
export function kept(status, body) {
  try {
    const answer = settled(status, body);
    if (ANSWERED.includes(status) && (status === 200 ? isPlaced(body) : isAnswer(answer))) return answer;
  } catch {
    // It is no JSON.
  }
  return edgeRefusal("unknown");
}

/**
 * The refusal that a guard gave. Where it is none, nothing was reserved either.
 * @param {Answer} refusal
 * @returns {Answer}
 */
export function refusedBy(refusal) {
  const { status } = Object(refusal);
  const isStatus = Number.isInteger(status) && status >= 400 && status <= 599;
  return isStatus && isAnswer(refusal) ? refusal : edgeRefusal("unavailable");
}

/** @param {Answer} answer */
function isAnswer({ code, outcome, body, retryAfter = 0 }) {
  return (
    typeof code === "string" &&
    typeof body === "string" &&
    OUTCOMES.includes(outcome) &&
    Number.isInteger(retryAfter)
  );
}

/**
 * Whether a body tells of a call that was placed, as this handler writes it.
 * @param {string} body
 */
function isPlaced(body) {
  const { state, callIds } = JSON.parse(body);
  const isTold = (state === "started" || state === "accepted") && Array.isArray(callIds);
  return isTold && callIds.length > 0 && callIds.every((id) => typeof id === "string");
}

/**
 * An answer with this body.
 * @param {number} status
 * @param {string} body
 * @returns {Answer}
 */
function settled(status, body) {
  const { state, error } = JSON.parse(body);
  const { code = state, outcome = "placed", retryAfter } = error ?? {};
  return { status, code, outcome, body, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/**
 * What came of the call, field by field.
 * @param {QuickcallError} error
 * @returns {Answer}
 */
export function upstream({ code, outcome, message, issues, retryAfter, hangupCause, unanswered }) {
  const error = { code, outcome, message, issues, retryAfter, hangupCause, unanswered };
  return settled(outcome === "not_placed" ? 502 : 504, JSON.stringify({ error }));
}

/**
 * @param {string} code
 * @returns {Answer}
 */
export function edgeRefusal(code) {
  return JSON.parse(edgeCore().refusal(code) ?? "null");
}

/** @param {string} origin */
export function preflight(origin) {
  return new Response(null, {
    status: 204,
    headers: {
      ...shared(origin),
      "Access-Control-Allow-Methods": "POST",
      "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key",
      "Access-Control-Max-Age": "600",
    },
  });
}

/**
 * @param {Request} request
 * @param {FollowedAnswer} answer
 * @param {string | undefined} origin The page's, where it may ask.
 */
export function respond(request, { status, body, stream, retryAfter }, origin) {
  const requestId = request.headers.get("x-request-id");
  /** @type {Record<string, string>} */
  const more = {};
  if (retryAfter !== undefined) more["Retry-After"] = String(retryAfter);
  if (isOwnRequestId(requestId)) more["X-Request-ID"] = requestId;
  if (status === 405) more.Allow = "POST, OPTIONS";
  if (stream) Object.assign(more, ofStream(request));
  const isUsual = origin !== undefined && Object.keys(more).length === 0;
  const headers = isUsual ? usualOf(origin) : { ...ofJson(origin), ...more };
  return new Response(stream ?? withKey(body, request), { status, headers });
}

/**
 * An answer says which request it is to: a page may be given the one to another from a cache, as a service worker keeps it.
 * @param {string} body
 * @param {Request} request
 */
function withKey(body, request) {
  const key = request.headers.get("idempotency-key") ?? "";
  // Not as a header: those of most answers are made once. Whether it is a key is not asked of the core, which may be what is missing; what
  // is none could end the text.
  return /^[\w-]{8,128}$/.test(key) ? body.replace("{", `{"idempotencyKey":"${key}",`) : body;
}

/**
 * A stream says it in its head: its steps are those of any call. It was asked for with a key.
 * @param {Request} request
 */
function ofStream(request) {
  return {
    "Content-Type": "text/event-stream",
    "Idempotency-Key": request.headers.get("idempotency-key") ?? "",
    "Access-Control-Expose-Headers": "Idempotency-Key",
  };
}

/** The headers of most answers, by the page: to make them anew takes a fortieth of the time of a call. @type {Map<string, Headers>} */
const usual = new Map();

/** @param {string} origin One of those that may ask. */
function usualOf(origin) {
  const known = usual.get(origin);
  if (known) return known;
  const headers = new Headers(ofJson(origin));
  usual.set(origin, headers);
  return headers;
}

/** @param {string | undefined} origin */
function ofJson(origin) {
  return { ...shared(origin), "Content-Type": "application/json" };
}

/**
 * @param {string | undefined} origin
 * @returns {Record<string, string>}
 */
function shared(origin) {
  const always = { "Cache-Control": "no-store", Vary: "Origin" };
  if (origin === undefined) return always;
  return {
    ...always,
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Expose-Headers": "Retry-After",
  };
}
