/** @import { Issue } from "./types.js" */
import { QuickcallError } from "./errors.js";

/**
 * The error of one thing that is wrong with what a caller gave.
 * @param {string} code
 * @param {string} name
 * @param {string} message
 */
export function invalid(code, name, message) {
  /** @type {Issue} */
  const issue = { severity: "error", code, path: [name], message };
  return new QuickcallError({
    code: "invalid",
    outcome: "not_placed",
    message: `No call was placed: something that was given is wrong. ${name}: ${message}`,
    issues: [issue],
  });
}
