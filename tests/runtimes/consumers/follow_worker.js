import * as quickcall from "quickcall";
import * as events from "quickcall/events";
import { follow } from "./follow.js";

export default {
  /**
   * @param {Request} _request
   * @param {any} env
   */
  fetch: async (_request, env) => Response.json(await follow(quickcall, events, env.CONFIG)),
};
