/**
 * Workers that answer with the request they build.
 * @module
 */

/** @param {(config: any) => import("../clients.js").Client | Promise<import("../clients.js").Client>} createClient */
export const workerWith = (createClient) => ({
  /** @param {Request} request */
  async fetch(request) {
    const { config, call } = /** @type {any} */ (await request.json());
    const client = await createClient(config);
    return new Response(client.build(call).url);
  },
});
