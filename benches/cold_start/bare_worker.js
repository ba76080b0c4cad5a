/**
 * A worker that does nothing: what an engine takes by itself.
 * @module
 */

export default {
  /** @param {Request} request */
  async fetch(request) {
    await request.json();
    return new Response("https://");
  },
};
