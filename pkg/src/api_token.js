/** @import { Fetch } from "./types.js" */
import { ask, core, init } from "./core.js";
import { withinOrStop } from "./deadline.js";
import { notPlaced } from "./errors.js";
import { fetchOnce } from "./fetch_once.js";
import { invalid } from "./invalid.js";
import { parse } from "./json_body.js";
import { send } from "./send.js";

/** How long the server may take, in milliseconds: less than a call waits for its token. */
const DEADLINE = 9_000;
const NEEDED = "`apiToken` needs this, as a text.";

/**
 * What a `fetch` threw, by the error that is told in its place: a handler's log takes the runtime's code of it, and nothing else may.
 * @type {WeakMap<object, unknown>}
 */
export const hiddenCauses = new WeakMap();

/**
 * Makes an `authToken` function of an API key: it asks the server for a token (`PUT /api_auth`), keeps it, and gets a new
 * one after a 401. Calls that need one at the same time share one request. For servers: an API key does not belong in a
 * page.
 * @param {{ baseUrl: string, apiKey: string, fetch?: Fetch | undefined, allowInsecure?: boolean | undefined }} config `allowInsecure`: http to a public name.
 * @returns {(reason: "call" | "unauthorized", refused?: string) => Promise<string>} Rejects with a `QuickcallError` that holds no
 *   secret: `token_failed`, or `invalid` where the configuration is wrong. `refused` is the token that got the 401: where it is not the one that is kept, that one is newer.
 */
export function apiToken(config) {
  const { baseUrl, apiKey, fetch, allowInsecure } = Object(config);
  /** @type {Promise<string> | undefined} */
  let token;
  let underWay = false;
  /** @type {string | undefined} */
  let kept;

  async function renew() {
    for (const [name, value] of Object.entries({ baseUrl, apiKey })) {
      if (value === undefined || value === "") throw invalid("required", name, NEEDED);
      if (typeof value !== "string") throw invalid("wrong_type", name, NEEDED);
    }
    await init();
    const base = ask(({ base_url }) => base_url(baseUrl, allowInsecure === true));
    const request = {
      method: /** @type {const} */ ("PUT"),
      url: `${base}/api_auth`,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ data: { api_key: apiKey } }),
    };
    const { status, body } = await withinOrStop(
      (signal) => send(request, fetch ?? /** @type {Fetch} */ (fetchOnce), signal),
      DEADLINE,
    ).catch((cause) => {
      // What a `fetch` throws may hold its request, and so the key.
      const error = noToken("The server could not be asked for one. Check the base URL where it never can.");
      hiddenCauses.set(error, cause);
      throw error;
    });
    const given = Object(parse(body)).auth_token;
    const isToken = typeof given === "string" && core().is_token(given);
    if (status < 200 || status > 299 || !isToken) {
      throw noToken(
        `The server gave none for the API key. Its status was ${status}. Check the key and the base URL.`,
      );
    }
    return given;
  }

  return (reason, refused) => {
    const isOld = reason === "unauthorized" && !underWay && (refused === undefined || refused === kept);
    if (token === undefined || isOld) {
      underWay = true;
      token = renew().then(
        (given) => {
          underWay = false;
          kept = given;
          return given;
        },
        (error) => {
          underWay = false;
          token = undefined;
          throw error;
        },
      );
    }
    return token;
  };
}

/** @param {string} why */
function noToken(why) {
  return notPlaced("token_failed", `The call was not placed: there is no token. ${why}`);
}
