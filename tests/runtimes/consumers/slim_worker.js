import module from "quickcall/quickcall.wasm";
import * as quickcall from "quickcall/slim";
import { place } from "./place.js";

// Where a module begins workerd allows no timer.
await quickcall.init(module);

export default {
  /** @param {Request} request @param {any} env */
  async fetch(request, env) {
    return Response.json(await place(quickcall, env.CONFIG ?? (await request.json())));
  },
};
