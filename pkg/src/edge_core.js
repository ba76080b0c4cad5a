import { core } from "./core.js";

/** @typedef {typeof import("../build/edge/glue.js")} EdgeCore */

/** The core, with what only a handler asks. */
export function edgeCore() {
  return /** @type {EdgeCore} */ (core());
}
