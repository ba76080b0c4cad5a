/**
 * What the statuses and codes of refusals mean: for the call, for its key, and for what a handler keeps of it. The codes and statuses of
 * a handler are those of `src/refusal.rs`; a failed call has 502, one of which nobody knows 504.
 * @module
 */

/** What a refusal means that a server gives, or what stands before one, by its status. @type {Record<number, string>} */
export const REFUSALS = { 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limited" };

/**
 * Whether a status by itself says that nothing was done: 408 and what begins with 5 do not.
 * @param {number} status
 */
export function isRefusal(status) {
  return status >= 400 && status <= 499 && status !== 408;
}

/**
 * Said by a handler before it looks the key up, of a request that may have come in part. So it is asked once more, and where it says the
 * same, only `bad_request` tells something: that no call has this shape.
 */
export const BEFORE_THE_KEY = ["unavailable", "bad_request"];

/**
 * Said by a handler of the call: the same call gets them each time, so they hold for an earlier request with its key, too. All others
 * depend on the moment, or on how the request came.
 */
const OF_THE_CALL = ["invalid", "destination_refused", "unknown_endpoint", "dry_run"];

/**
 * Whether what a handler said is said of the call, and not only of the request: a status of 502 is that of its record, but for
 * a token that was not there: nothing was sent then, and no record is left.
 * @param {{ status?: number | undefined, code: string }} error
 */
export function isOfTheCall({ status, code }) {
  return (status === 502 && code !== "token_failed") || OF_THE_CALL.includes(code);
}

/** Said by a handler of a request that passed its check, and of which it keeps nothing: another one with its key may yet be placed. */
export const WITHOUT_A_RECORD = ["limited", "duplicate", "token_failed", "unavailable"];

/** The statuses with which a handler says that it never tells more of a key: it does not know, or the key has another call. */
export const SPENT = [504, 422];
