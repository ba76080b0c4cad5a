/** @import { Reply } from "./send.js" */
/** @import { AuthToken, Fetch, Placed, Request } from "./types.js" */
import { ask, failure } from "./core.js";
import { ABORTED, TOO_LATE, withinOrStop } from "./deadline.js";
import { unlessDuplicate } from "./duplicates.js";
import { abortedBefore, QuickcallError } from "./errors.js";
import { isRefusal } from "./refusal_codes.js";
import { codeOfFailedFetch, send } from "./send.js";
import { withToken } from "./token.js";
import { asUnknown } from "./unknown_outcome.js";

/** How long the body of a refusal or a failure is awaited, in milliseconds: a server's status says what it means for the call. */
const BODY_DEADLINE = 2_000;

/**
 * A request and what sending it takes, as the core makes it; times in milliseconds.
 * @typedef {Request & { blocking: boolean, ringTime: number, deadline: number }} Sendable
 * @typedef {Sendable & { cooldown: number, endpoint: string }} Prepared
 */

/**
 * Places a call by `attempt`, unless the same call is under way, in its cool-down, or may still be ringing.
 * @param {Prepared} prepared
 * @param {{ again: boolean, key?: string | undefined }} asked `again`: a call that has ended may be repeated at once. `key`: the one
 *   of the caller's own.
 * @param {Fetch} fetch
 * @param {(fetch: Fetch) => Promise<Placed>} attempt
 * @returns {Promise<Placed>}
 */
export function place({ endpoint, number, cooldown, ringTime }, asked, fetch, attempt) {
  const refused = (/** @type {number | undefined} */ waitFor) => {
    const error = failure("duplicate", { retryAfter: waitFor });
    // A key may have been sent by a page that is not there any more.
    return asked.key === undefined ? error : asUnknown(error, "key");
  };
  const call = JSON.stringify([endpoint, number]);
  return unlessDuplicate(call, { ...asked, cooldown, ringTime }, refused, fetch, (fetch) =>
    attempt(fetch).catch((error) => {
      // Whatever went wrong that has no name of its own: it may have been after sending.
      throw error instanceof QuickcallError ? error : failure("network", { cause: error });
    }),
  );
}

/**
 * Sends a call to the server: once, and once more only after a 401 with a token function, because a 401 comes before any
 * call.
 * @param {Sendable} prepared
 * @param {AuthToken} authToken
 * @param {Fetch} fetch
 * @param {AbortSignal} [signal]
 * @returns {Promise<Placed>}
 */
export function callServer(prepared, authToken, fetch, signal) {
  const attempt = (/** @type {string} */ token) => sendOnce(prepared, token, fetch, signal);
  return withToken(authToken, signal, attempt, prepared.deadline);
}

/**
 * @param {Sendable} prepared
 * @param {string} token
 * @param {Fetch} fetch
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Placed>}
 */
async function sendOnce(prepared, token, fetch, signal) {
  if (signal?.aborted) throw abortedBefore();
  const started = performance.now();
  const headers = { ...prepared.headers, "X-Auth-Token": token };
  /** @type {Reply | undefined} */
  let told;
  const reply = await withinOrStop(
    (ended) => send({ ...prepared, headers }, fetch, ended, BODY_DEADLINE, (early) => (told = early)),
    prepared.deadline,
    signal,
  ).catch((error) => {
    // A refusal stays one, also where nobody waits any more for its body. A failure tells no more than `aborted`, the caller's own wish.
    if (told && (isRefusal(told.status) || error !== ABORTED)) return told;
    if (error === TOO_LATE) throw failure("timeout");
    if (error === ABORTED) throw failure("aborted");
    throw failure(codeOfFailedFetch(error), { cause: error });
  });
  const { blocking, ringTime, warnings } = prepared;
  const took = Math.round(performance.now() - started);
  const text = ask(({ outcome }) =>
    outcome(
      blocking,
      ringTime / 1000,
      reply.status,
      reply.body,
      reply.requestId,
      reply.retryAfter,
      took,
      token,
    ),
  );
  const { state, callIds, requestId, status, originate } = JSON.parse(text);
  return { state, callIds, requestId, status, warnings, originate };
}
