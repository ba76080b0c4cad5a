import { core } from "./core.js";

/** @typedef {typeof import("../build/events/glue.js")} EventsCore */

/** The core of what watches calls. */
export function eventsCore() {
  return /** @type {EventsCore} */ (/** @type {unknown} */ (core()));
}
