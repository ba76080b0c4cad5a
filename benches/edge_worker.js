/**
 * The workers whose speed is compared: one only forwards, one is the handler.
 * @module
 */

import { createHandler, QuickcallGuard } from "quickcall/edge";

export { QuickcallGuard };

const handler = createHandler((/** @type {any} */ env) => ({
  ...env.CONFIG,
  authToken: env.TOKEN,
  guard: env.GUARD,
  visitor: (/** @type {Request} */ request) => request.headers.get("x-visitor") ?? "",
  log: () => {},
}));

export default {
  /**
   * @param {Request} request
   * @param {any} env
   * @param {any} context
   */
  async fetch(request, env, context) {
    if (!env.FORWARD) return handler(request, env, context);
    // As little as a forward can do: read what is asked, ask the server with the token, pass its answer on.
    const { number } = /** @type {any} */ (await request.json());
    const response = await fetch(`${env.FORWARD}/${encodeURIComponent(number)}`, {
      method: "POST",
      headers: { "X-Auth-Token": env.TOKEN, "Content-Type": "application/json" },
      body: '{"data":{"timeout":20}}',
    });
    return new Response(await response.text(), {
      status: response.status,
      headers: { "Content-Type": "application/json" },
    });
  },
};
