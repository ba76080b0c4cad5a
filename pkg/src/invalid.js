/** @import { Issue } from "./types.js" */
import { QuickcallError } from "./errors.js";

/**
 * The error of one thing that is wrong with what a caller gave.
 * @param {string} code
 * @param {string | string[]} at Its name, or the names on the way to it.
 * @param {string} message
 */
export function invalid(code, at, message) {
  const path = [at].flat();
  /** @type {Issue} */
  const issue = { severity: "error", code, path, message };
  return new QuickcallError({
    code: "invalid",
    outcome: "not_placed",
    message: `No call was placed: something that was given is wrong. ${path.join(".")}: ${message}`,
    issues: [issue],
  });
}
