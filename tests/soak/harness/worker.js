/**
 * A worker that places calls through the class (`/place`, a list of jobs) and serves the handler (`/call/PORT`, for the
 * server at that port of this machine; `/guarded/PORT` with a Durable Object for its memory).
 * @module
 */

import { Quickcall } from "quickcall";
import { createHandler, QuickcallGuard } from "quickcall/edge";
import { fetchOnce } from "../../../pkg/src/fetch_once.js";
import { placeAll } from "./place_all.js";

export { QuickcallGuard };

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
      return Response.json(await placeAll(Quickcall, /** @type {any} */ (await request.json()), fetchOnce));
    }
    const [, memory, port] = url.pathname.split("/");
    const guard = memory === "guarded" ? { guard: env.GUARD } : {};
    const baseUrl = `http://127.0.0.1:${port}/v2`;
    const handler =
      handlers.get(url.pathname) ?? createHandler({ ...env.CONFIG, ...guard, baseUrl, log: () => {} });
    handlers.set(url.pathname, handler);
    return handler(request, env, context);
  },
};
