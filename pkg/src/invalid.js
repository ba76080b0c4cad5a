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

/**
 * What is wrong with a question about a call that is there or was: it says nothing of its being placed.
 * @param {string} refused What is not done, such as "The call cannot be followed".
 * @param {unknown} thrown
 * @returns {unknown} The error to throw.
 */
export function asQuestion(refused, thrown) {
  if (!(thrown instanceof QuickcallError)) return thrown;
  const { code, issues } = thrown;
  const found = issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join(" ");
  return new QuickcallError({ code, outcome: "unknown", message: `${refused}: ${found}`, issues });
}
