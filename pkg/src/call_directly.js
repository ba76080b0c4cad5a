/** @import { Way } from "./call_flow.js" */
/** @import { Config, Placed } from "./types.js" */
import { init, Quickcall } from "./index.js";
import { invalid } from "./invalid.js";

export { takeSteps } from "./call_steps.js";
export { newKey } from "./idempotency_key.js";
export { tellMistake } from "./whose_mistake.js";

const NEEDED =
  "Give a `handler` and an `endpoint`. Or, in a page that only trusted people see, `baseUrl`, `accountId`, `authToken` and a `user` or a `device`.";

/**
 * Places a call at the server itself, with a token: for pages that only trusted people see.
 * @param {Way} way
 * @param {string} number
 * @param {{ signal: AbortSignal, again: boolean }} how
 * @returns {Promise<Placed>} Rejects with a `QuickcallError`.
 */
export async function call({ handler: _, endpoint: __, options, ...server }, number, { signal, again }) {
  if (server.baseUrl === undefined && server.accountId === undefined)
    throw invalid("required", "handler", NEEDED);
  const given = Object.fromEntries(Object.entries(server).filter(([, value]) => value !== undefined));
  const config = /** @type {Config} */ ({ ...given, allowTokenInBrowser: true });
  return new Quickcall(config).call({ ...options, number }, { signal, again });
}

/** There is no key without a handler. */
export const isSpent = () => false;

/** Makes ready what is needed before a call. */
export function prepare() {
  return init();
}
