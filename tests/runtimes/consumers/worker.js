import * as quickcall from "quickcall";
import { place } from "./place.js";

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  async fetch(request, env) {
    if (env.READY_WITHOUT_INIT) quickcall.Quickcall.filterNumber("(415) 555-0100");
    return Response.json(await place(quickcall, env.CONFIG ?? (await request.json())));
  },
};
