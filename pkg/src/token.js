/** @import { AuthToken } from "./types.js" */
import { core, failure } from "./core.js";
import { ABORTED, TOO_LATE } from "./deadline.js";
import { abortedBefore, notPlaced, QuickcallError } from "./errors.js";
import { withinByClock } from "./within_by_clock.js";

/** How long a token function may take, in milliseconds. */
const TOKEN_DEADLINE = 10_000;

/**
 * Does something with a token, and once more with a new one when it was `unauthorized` and there is a function for tokens.
 * @template T
 * @param {AuthToken} authToken
 * @param {AbortSignal | undefined} signal
 * @param {(token: string) => Promise<T>} attempt Rejects with a `QuickcallError`.
 * @param {number} [patience] How long the first attempt may take by the clock, in milliseconds. After a longer one, such as one in which
 *   the machine slept, no second one follows, because nobody expects it any more. Left out, it is never too late.
 * @returns {Promise<T>}
 */
export async function withToken(authToken, signal, attempt, patience = Infinity) {
  const token = await getToken(authToken, "call", undefined, signal);
  const begun = Date.now();
  try {
    return await attempt(token);
  } catch (error) {
    const mayRenew =
      typeof authToken === "function" &&
      /** @type {import("./errors.js").QuickcallError} */ (error).code === "unauthorized" &&
      Date.now() - begun <= patience;
    if (!mayRenew) throw error;
  }
  return attempt(await getToken(authToken, "unauthorized", token, signal));
}

/**
 * The token, from where it is.
 * @param {AuthToken} authToken
 * @param {"call" | "unauthorized"} reason
 * @param {string | undefined} refused
 * @param {AbortSignal | undefined} signal
 */
async function getToken(authToken, reason, refused, signal) {
  let cause;
  try {
    const token =
      typeof authToken === "function"
        ? await withinByClock(() => authToken(reason, refused), TOKEN_DEADLINE, signal)
        : authToken;
    if (typeof token === "string" && core().is_token(token)) return token;
  } catch (error) {
    if (error === ABORTED) throw abortedBefore();
    cause = error === TOO_LATE ? tooLate() : error;
  }
  const why = reasonOf(cause);
  throw why ? notPlaced("token_failed", why, cause) : failure("token_failed", { cause });
}

function tooLate() {
  // A handler's log says no more of it than its name.
  return Object.assign(new Error("No token was given within 10 seconds."), { name: "TimeoutError" });
}

/**
 * Why there is no token, where it is told by an error of ours, such as those of `apiToken`: they hold no secret.
 * @param {unknown} error
 */
function reasonOf(error) {
  try {
    if (error instanceof QuickcallError && error.outcome === "not_placed") return `${error.message}`;
  } catch {
    // What a function of somebody else throws may be anything.
  }
  return undefined;
}

/**
 * What the core learns of a token, which stays in JavaScript: how long it is, and what of it cannot be sent.
 * @param {unknown} authToken
 */
export function withoutSecret(authToken) {
  return typeof authToken === "string" ? authToken.replace(/[!-~]/g, "x") : authToken;
}
