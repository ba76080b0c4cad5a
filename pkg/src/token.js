/** @import { AuthToken } from "./types.js" */
import { core, failure } from "./core.js";
import { ABORTED, TOO_LATE, within } from "./deadline.js";
import { abortedBefore, QuickcallError } from "./errors.js";

/** How long a token function may take, in milliseconds. */
const TOKEN_DEADLINE = 10_000;

/**
 * Does something with a token, and once more with a new one when it was `unauthorized` and there is a function for tokens.
 * @template T
 * @param {AuthToken} authToken
 * @param {AbortSignal | undefined} signal
 * @param {(token: string) => Promise<T>} attempt Rejects with a `QuickcallError`.
 * @returns {Promise<T>}
 */
export async function withToken(authToken, signal, attempt) {
  const token = await getToken(authToken, "call", undefined, signal);
  try {
    return await attempt(token);
  } catch (error) {
    const mayRenew =
      typeof authToken === "function" &&
      /** @type {import("./errors.js").QuickcallError} */ (error).code === "unauthorized";
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
        ? await within(() => authToken(reason, refused), TOKEN_DEADLINE, signal)
        : authToken;
    if (typeof token === "string" && core().is_token(token)) return token;
  } catch (error) {
    if (error === ABORTED) throw abortedBefore();
    // Those of `apiToken` say what is wrong.
    if (error instanceof QuickcallError && ["token_failed", "invalid"].includes(error.code)) throw error;
    cause = error === TOO_LATE ? new Error("No token was given within 10 seconds.") : error;
  }
  throw failure("token_failed", { cause });
}
