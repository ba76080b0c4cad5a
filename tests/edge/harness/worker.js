/**
 * A worker with the handler, for tests: what it waits for is said by its environment.
 * @module
 */

import { apiToken, createHandler, QuickcallGuard } from "quickcall/edge";

/** The handler's memory, which keeps its answers back where the test says so. */
export class Guard extends QuickcallGuard {
  #hold;

  /**
   * @param {any} state
   * @param {any} env
   */
  constructor(state, env) {
    super(state);
    this.#hold = env.HOLD_SETTLE;
  }

  /**
   * @override
   * @param {Request} request
   */
  async fetch(request) {
    const { step, given } = /** @type {any} */ (await request.clone().json());
    const response = await super.fetch(request);
    if (step === "settle" && this.#hold && given[0].includes(this.#hold.number)) await fetch(this.#hold.url);
    return response;
  }
}

/**
 * The runtime's fetch, whose answer is kept back.
 * @param {any} env
 */
const heldBack = (env) => async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
  const response = await fetch(url, init);
  await fetch(`${env.HOLD_URL}/answer`);
  return response;
};

const handler = createHandler((/** @type {any} */ env) => ({
  ...env.CONFIG,
  guard: env.GUARD,
  authToken: env.API_KEY
    ? apiToken({ baseUrl: env.CONFIG.baseUrl, apiKey: env.API_KEY })
    : async () => {
        if (env.HOLD === "token") await fetch(`${env.HOLD_URL}/token`);
        return env.TOKEN;
      },
  ...(env.HOLD === "verify" ? { verify: async () => (await fetch(`${env.HOLD_URL}/verify`)).ok } : {}),
  ...(env.HOLD === "answer" ? { fetch: heldBack(env) } : {}),
  ...(env.VISITOR_HEADER
    ? { visitor: (/** @type {Request} */ request) => request.headers.get(env.VISITOR_HEADER) ?? "" }
    : {}),
}));

/** Passes a request on to the worker that its path names, or is that worker. */
export default {
  /**
   * @param {Request} request
   * @param {any} env
   * @param {any} context
   */
  fetch(request, env, context) {
    if (!env.FRONT) return handler(request, env, context);
    const name = new URL(request.url).pathname.slice(1);
    return env[name].fetch(request);
  },
};
