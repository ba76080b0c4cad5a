/** @import { Issue } from "./types.js" */

/** Shared by every copy of this package in one process. */
const BRAND = Symbol.for("quickcall.error");

/**
 * What an error is made of, as the core writes it.
 * @typedef {object} Failure
 * @property {string} code
 * @property {"not_placed" | "unknown"} outcome
 * @property {string} message
 * @property {Issue[]} [issues]
 * @property {number} [status]
 * @property {string} [requestId]
 * @property {string} [hangupCause]
 * @property {number} [retryAfter]
 * @property {boolean} [unanswered]
 */

/**
 * Why a call did not come about, as far as is known. Its message says what happened, what that means for the call, and
 * what to do. `toJSON()` is safe to log: it holds no secret.
 *
 * `instanceof` holds for errors of another copy of this package, too.
 */
export class QuickcallError extends Error {
  /**
   * @param {Failure} failure
   * @param {{ cause?: unknown }} [options]
   */
  constructor(failure, options) {
    super(failure.message, options);
    /** What kind of error it is; the codes are stable. @type {string} */
    this.code = failure.code;
    /**
     * `not_placed`: no call exists or will. `unknown`: nobody knows, and trying again may ring the phone twice.
     * @type {"not_placed" | "unknown"}
     */
    this.outcome = failure.outcome;
    /** What was wrong with the call, where the code is `invalid`. @type {Issue[]} */
    this.issues = failure.issues ?? [];
    /** The status of the answer, where there was one. @type {number | undefined} */
    this.status = failure.status;
    /** The server's id of the request, for its operator. @type {string | undefined} */
    this.requestId = failure.requestId;
    /** Why the phone was not reached, such as `USER_BUSY`. @type {string | undefined} */
    this.hangupCause = failure.hangupCause;
    /** After how many seconds to try again, where that is known. @type {number | undefined} */
    this.retryAfter = failure.retryAfter;
    /** True when the answer came at about the ring time: most likely nobody answered. @type {boolean | undefined} */
    this.unanswered = failure.unanswered;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** @override */
  get name() {
    return "QuickcallError";
  }

  /**
   * @override
   * @param {unknown} value
   */
  static [Symbol.hasInstance](value) {
    return typeof value === "object" && value !== null && /** @type {any} */ (value)[BRAND] === true;
  }

  /**
   * Everything but the cause, which may hold what another library put there.
   * @returns {Failure & { name: string, issues: Issue[] }}
   */
  toJSON() {
    const { name, code, outcome, message, issues, status, requestId, hangupCause, retryAfter, unanswered } =
      this;
    const all = {
      name,
      code,
      outcome,
      message,
      issues,
      status,
      requestId,
      hangupCause,
      retryAfter,
      unanswered,
    };
    return JSON.parse(JSON.stringify(all));
  }
}

/** Errors that come about where the core cannot be asked. */
const WITHOUT_CORE = {
  not_ready: "Nothing was sent: Quickcall is not ready. Await `init()` first.",
  load_failed:
    "The call was not placed: the WebAssembly could not be loaded. If the page has a Content-Security-Policy, its script-src needs 'wasm-unsafe-eval'.",
  token_in_browser:
    "Nothing was sent: a token in a page can be read by everybody who sees the page. Use a handler (`handler`), or set `allowTokenInBrowser: true` if only trusted people see it.",
};

/**
 * @param {keyof typeof WITHOUT_CORE} code
 * @param {unknown} [cause]
 */
export function errorWithoutCore(code, cause) {
  const failure = { code, outcome: /** @type {const} */ ("not_placed"), message: WITHOUT_CORE[code] };
  return new QuickcallError(failure, cause === undefined ? undefined : { cause });
}

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
    message: `The call was not placed: something in it is wrong. ${name}: ${message}`,
    issues: [issue],
  });
}
