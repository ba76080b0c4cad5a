/**
 * Which errors are in a handler's own words, and what those mean for a key and for the call.
 * @module
 */

/** @import { QuickcallError } from "./errors.js" */

/** The errors in a handler's words. @type {WeakSet<QuickcallError>} */
const ofHandlers = new WeakSet();

/**
 * Refusals that the same call gets each time. All others depend on the moment, or on how the request came: they say nothing of an
 * earlier one with the same key, whose reply was lost.
 */
const OF_THE_CALL = ["invalid", "destination_refused", "unknown_endpoint", "dry_run"];

/**
 * Marks an error that a handler told.
 * @param {QuickcallError} error
 */
export function inHandlersWords(error) {
  ofHandlers.add(error);
  return error;
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
 * Whether what a handler said is said of the call, and not only of the request: a status of 502 is that of its record, but for
 * a token that was not there: nothing was sent then, and no record is left.
 * @param {QuickcallError} error
 */
export function isOfTheCall({ status, code }) {
  return (status === 502 && code !== "token_failed") || OF_THE_CALL.includes(code);
}
