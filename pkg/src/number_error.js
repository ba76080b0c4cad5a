/** @import { QuickcallError } from "./errors.js" */

/**
 * Whether something is wrong with the number. It is all that a visitor may have wrong: the rest is the page's, and told to its makers in
 * the error.
 * @param {QuickcallError} error
 */
export function isOfNumber({ issues }) {
  return issues.some(({ path }) => path[0] === "number");
}
