/** @import { Store } from "./guard.js" */

/** How often a step begins again because somebody else was faster. */
const ATTEMPTS = 200;

/**
 * As much of Deno KV as is needed here.
 * @typedef {object} Kv
 * @property {(keys: string[][]) => Promise<any[]>} getMany
 * @property {() => any} atomic
 */

/**
 * The memory of a handler in Deno KV, for all processes and machines that share the database: `guard: denoKv(await
 * Deno.openKv())`.
 *
 * Other stores fit in the same way: read the entries with their versions, let `step` decide, and write only if no version
 * has changed.
 * @param {Kv} kv
 * @returns {Store}
 */
export function denoKv(kv) {
  return {
    async update(names, step) {
      const keys = names.map((name) => ["quickcall", name]);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const entries = await kv.getMany(keys);
        const { writes, result } = step(entries.map(({ value }) => value ?? undefined));
        if (writes.length === 0) return result;
        const change = kv.atomic().check(...entries);
        for (const { name, value, expires } of writes) {
          const key = ["quickcall", name];
          if (value === undefined) change.delete(key);
          else change.set(key, value, { expireIn: Math.max(1, expires - Date.now()) });
        }
        if ((await change.commit()).ok) return result;
      }
      throw new Error("The store was too busy.");
    },
  };
}
