/** @import { ErrorCode, Issue } from "./types.js" */

/** Shared by every copy of this package in one process. */
const BRAND = Symbol.for("quickcall.error");

/**
 * What an error is made of, as the core writes it. What is `undefined` counts as left out.
 * @typedef {object} Failure
 * @property {ErrorCode | (string & {})} code What kind of error it is.
 * @property {"not_placed" | "unknown"} outcome Whether a call may exist.
 * @property {string} message What happened, what that means for the call, and what to do.
 * @property {Issue[]} [issues] What was wrong with the call.
 * @property {number | undefined} [status] The status of the answer.
 * @property {string | undefined} [requestId] The server's id of the request.
 * @property {string | undefined} [hangupCause] Why the phone was not reached, such as `USER_BUSY`.
 * @property {number | undefined} [retryAfter] After how many seconds to try again.
 * @property {boolean | undefined} [unanswered] That most likely nobody answered.
 * @property {string[] | undefined} [callIds] The legs that events show.
 */

/**
 * Why a call did not come about, as far as is known. Its message says what happened, what that means for the call, and
 * what to do. `toJSON()` is safe to log: it holds no secret.
 *
 * `instanceof` holds for errors of another copy of this package, too.
 */
export class QuickcallError extends Error {
  /** The name in the source is lost when the package is minified. @override */
  static name = "QuickcallError";

  /**
   * @param {Failure} failure
   * @param {{ cause?: unknown }} [options] A cause that is `undefined` counts as left out.
   */
  constructor(failure, options) {
    super(failure.message, options?.cause === undefined ? {} : options);
    /**
     * What kind of error it is; the codes are stable, and a later release may have more. For a `switch` that a compiler holds against all
     * that this release has: `error.code as ErrorCode`.
     * @type {ErrorCode | (string & {})}
     */
    this.code = failure.code;
    /**
     * `not_placed`: no call exists or will. `unknown`: nobody knows, and trying again may ring the phone twice. A question about a
     * call that is there, such as hanging up, fails with `unknown` only.
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
    /**
     * True when the answer came at about the ring time, or events show only phones that stopped ringing: most likely nobody
     * answered. @type {boolean | undefined}
     */
    this.unanswered = failure.unanswered;
    /** The legs that events show, to hang them up: told by `quickcall/events` only. @type {string[] | undefined} */
    this.callIds = failure.callIds;
    Object.defineProperty(this, BRAND, { value: true });
    // What is not known is not printed either.
    for (const [name, value] of Object.entries(this))
      if (value === undefined) delete (/** @type {any} */ (this)[name]);
  }

  /** The name of the class, also in a minified page. @override */
  get name() {
    return "QuickcallError";
  }

  /**
   * Whether a value is such an error, also one of another copy of this package. A class that is made of this one has only its own.
   * @override
   * @param {unknown} value
   */
  static [Symbol.hasInstance](value) {
    // biome-ignore lint/complexity/noThisInStatic: it is the class that is asked, this one or one that is made of it.
    if (this !== QuickcallError) return Error[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && /** @type {any} */ (value)[BRAND] === true;
  }

  /**
   * Everything but the cause, which may hold what another library put there.
   * @returns {Failure & { name: string, issues: Issue[] }}
   */
  toJSON() {
    // A copy has what an error is made of, and nothing that somebody added to it.
    const { name, message } = this;
    return JSON.parse(
      JSON.stringify({ ...new QuickcallError(/** @type {Failure} */ (this)), name, message }),
    );
  }
}

/**
 * The error of a call that was surely not placed, where the core cannot be asked.
 * @param {string} code
 * @param {string} message
 * @param {unknown} [cause]
 */
export function notPlaced(code, message, cause) {
  return new QuickcallError({ code, outcome: "not_placed", message }, { cause });
}

/** The caller ended a call that was not sent yet. */
export function abortedBefore() {
  return notPlaced("aborted", "The call was not placed: it was aborted before it was sent.");
}
