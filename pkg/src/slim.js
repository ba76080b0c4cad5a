import { init as makeReady, setCore } from "./core.js";
import { glue } from "./glue.js";

/**
 * The module, in any form that the runtime can make it of: compiled, its bytes, an answer of `fetch`, a URL, or a promise of
 * one of them.
 * @typedef {import("../build/glue.js").InitInput | Promise<import("../build/glue.js").InitInput>} ModuleSource
 */

/** @type {ModuleSource | undefined} */
let source;

const HINT = "`quickcall/slim` brings none: give `quickcall/quickcall.wasm` to `init()`.";

setCore(
  glue,
  async () => {
    if (source === undefined) throw new Error("No module was given.");
    return source;
  },
  HINT,
);

/**
 * Makes Quickcall ready with a module of your own: `quickcall/quickcall.wasm`. Does nothing where it is ready, shares one
 * load between concurrent calls, and may be called with another source after a failure.
 *
 * @example
 * import { init, Quickcall } from "quickcall/slim";
 *
 * await init(fetch("/assets/quickcall.wasm"));
 *
 * @param {ModuleSource} [module] Not needed again once it was given.
 * @returns {Promise<void>} Rejects with a `QuickcallError` of code `load_failed`.
 */
export function init(module) {
  source = module ?? source;
  return makeReady();
}

export * from "./exports.js";
