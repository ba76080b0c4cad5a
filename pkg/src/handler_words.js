/**
 * Which errors are in a handler's own words, and not only in ours for what stands before one.
 * @module
 */

/** @import { QuickcallError } from "./errors.js" */
import { SPENT } from "./refusal_codes.js";

/** The errors in a handler's words. @type {WeakSet<QuickcallError>} */
const ofHandlers = new WeakSet();

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
 * Whether a handler itself said that it will never tell more of a key.
 * @param {QuickcallError} error
 */
export function isSpent(error) {
  return ofHandlers.has(error) && SPENT.includes(Number(error.status));
}
