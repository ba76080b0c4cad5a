/** @import { Store } from "./guard.js" */

/** How often what is over is thrown away, in milliseconds. */
const SWEEP = 60_000;

/**
 * A memory of one process: what another process or machine does, it does not know, and it ends with the process.
 * @returns {Store}
 */
export function memoryStore() {
  /** @type {Map<string, { value: string, expires: number }>} */
  const entries = new Map();
  let swept = Date.now();

  /** @param {number} now */
  function sweep(now) {
    if (now - swept < SWEEP) return;
    swept = now;
    for (const [name, { expires }] of entries) if (expires <= now) entries.delete(name);
  }

  return {
    // Nothing is awaited here, so nothing comes between.
    update(names, step) {
      sweep(Date.now());
      const { writes, result } = step(names.map((name) => entries.get(name)?.value));
      for (const { name, value, expires } of writes) {
        if (value === undefined) entries.delete(name);
        else entries.set(name, { value, expires });
      }
      return result;
    },
  };
}
