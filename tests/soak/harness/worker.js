/**
 * A worker that places calls through the class (`/place`, a list of jobs) and serves the handler (`/call/PORT`, for the
 * server at that port of this machine).
 * @module
 */

import { Quickcall } from "quickcall";
import { createHandler } from "quickcall/edge";
import { placeAll } from "./place_all.js";

/** @type {Map<string, (request: Request, env: any, context: any) => Promise<Response>>} */
const handlers = new Map();

export default {
  /**
   * @param {Request} request
   * @param {any} env
   * @param {any} context
   */
  async fetch(request, env, context) {
    const url = new URL(request.url);
    if (url.pathname === "/place") {
      return Response.json(await placeAll(Quickcall, /** @type {any} */ (await request.json())));
    }
    const baseUrl = `http://127.0.0.1:${url.pathname.split("/").pop()}/v2`;
    const handler = handlers.get(baseUrl) ?? createHandler({ ...env.CONFIG, baseUrl, log: () => {} });
    handlers.set(baseUrl, handler);
    return handler(request, env, context);
  },
};
