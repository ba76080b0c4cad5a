/**
 * What is said where nobody knows whether a call was placed.
 * @module
 */

import { QuickcallError } from "./errors.js";
import { inTheWordsOf } from "./handler_words.js";

/** Why nobody knows what became of a call: told before what was said of it. */
const WHY_UNKNOWN = {
  lost: "the reply to the first request was lost. What was said of a repeat:",
  key: "its key may have been sent before. Where it was not, no call was placed. What was said now:",
  browser: "a browser may send a request again by itself, and shows the last answer only:",
};

/** What a refusal begins with. It is left out where nobody knows whether it is true. */
export const NOT_PLACED = "The call was not placed: ";

/**
 * A refusal, as it is told where the request is, or may be, a repeat: nobody knows what became of the first one.
 * @param {QuickcallError} error
 * @param {keyof typeof WHY_UNKNOWN} why
 */
export function asUnknown(error, why) {
  const { code, issues, message, status, retryAfter } = error;
  const unknown = new QuickcallError({
    code,
    outcome: "unknown",
    message: `Nobody knows whether the call was placed: ${WHY_UNKNOWN[why]} ${message.replace(NOT_PLACED, "")}`,
    issues,
    status,
    retryAfter,
  });
  return inTheWordsOf(error, unknown);
}

/**
 * @param {string} code
 * @param {string} message
 * @param {{ cause?: unknown, status?: number }} [about]
 */
export function unknownOutcome(code, message, { cause, status } = {}) {
  return new QuickcallError({ code, outcome: "unknown", message, status }, { cause });
}
