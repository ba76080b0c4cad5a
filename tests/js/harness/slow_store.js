/**
 * A store that takes its time.
 * @module
 */

import { memoryStore } from "./handler.js";

/** A store that gives what comes of a step only when `delayed` lets it. @param {(step: number) => unknown} delayed */
export function slowStore(delayed) {
  const store = memoryStore();
  let steps = 0;
  return {
    /** @type {any} */
    async update(/** @type {string[]} */ names, /** @type {any} */ step) {
      steps += 1;
      const result = store.update(names, step);
      await delayed(steps);
      return result;
    },
  };
}
