/** @import { Store } from "./guard.js" */
import { sleep } from "./sleep.js";

/** How often a step begins again because somebody else was faster, or the database is asked again because it was busy. */
const ATTEMPTS = { step: 200, database: 50 };

/** The longest pause before the database is asked again, in milliseconds. */
const PAUSE = 100;

/**
 * As much of Deno KV as is needed here.
 * @typedef {{ getMany(keys: string[][]): Promise<KvEntry[]>, atomic(): KvChange }} Kv
 * @typedef {Uint8Array | string | number | bigint | boolean | symbol} KvKeyPart
 * @typedef {{ key: readonly KvKeyPart[], value: unknown, versionstamp: string | null }} KvEntry
 * @typedef {object} KvChange
 * @property {(...entries: KvEntry[]) => KvChange} check
 * @property {(key: string[], value: unknown, options?: { expireIn?: number }) => KvChange} set
 * @property {(key: string[]) => KvChange} delete
 * @property {() => Promise<{ ok: boolean }>} commit
 */

/**
 * The memory of a handler in Deno KV, for all processes and machines that share the database: `guard: denoKv(await
 * Deno.openKv())`. Deno wants `--unstable-kv` for it, or `"unstable": ["kv"]` in `deno.json`.
 *
 * Other stores fit in the same way: read the entries with their versions, let `step` decide, and write only if no version
 * has changed.
 * @param {Kv} kv
 * @returns {Store}
 * @throws {TypeError} When it is no database, such as a promise of one.
 */
export function denoKv(kv) {
  if (typeof kv?.getMany !== "function") {
    throw new TypeError("denoKv() takes an open database: `denoKv(await Deno.openKv())`.");
  }
  return {
    async update(names, step) {
      const keys = names.map((name) => ["quickcall", name]);
      for (let attempt = 0; attempt < ATTEMPTS.step; attempt++) {
        const entries = await whileBusy(() => kv.getMany(keys));
        const { writes, result } = step(
          // What is no text is refused by the caller.
          entries.map(({ value }) => /** @type {string | undefined} */ (value ?? undefined)),
        );
        if (writes.length === 0) return result;
        const change = kv.atomic().check(...entries);
        for (const { name, value, expires } of writes) {
          const key = ["quickcall", name];
          if (value === undefined) change.delete(key);
          else change.set(key, value, { expireIn: Math.max(1, expires - Date.now()) });
        }
        if ((await whileBusy(() => change.commit())).ok) return result;
      }
      throw new Error("The store was too busy.");
    },
  };
}

/**
 * Asks a database again that says it is busy. A change that came through all the same fails its check the next time.
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
async function whileBusy(ask) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === ATTEMPTS.database) throw error;
      await sleep(Math.random() * PAUSE);
    }
  }
}
