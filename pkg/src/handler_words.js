/**
 * Which errors a handler itself told, and not what stands before one, such as a proxy.
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
 * Marks what is said in place of an error, where a handler told that error.
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
