/** @import { QuickcallError } from "./errors.js" */

/**
 * Whether something is wrong with the number. It is all that a visitor may have wrong: the rest is the page's, and told to its makers in
 * the error.
 * @param {Partial<QuickcallError>} error Perhaps another one, where something failed that should not.
 */
export function isOfNumber({ code, issues = [] }) {
  return (
    code === "invalid" && issues.some(({ severity, path }) => severity === "error" && path[0] === "number")
  );
}
