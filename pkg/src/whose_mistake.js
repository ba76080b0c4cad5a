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

/**
 * The same, once for each error. The page's own mistake stands on the console: a visitor is told no more than that no call can be placed.
 * @param {QuickcallError} error
 */
export function tellMistake(error) {
  const isTheNumber = isOfNumber(error);
  if (error.code === "invalid" && !isTheNumber) console.warn(`quickcall: ${error.message}`);
  return isTheNumber;
}
