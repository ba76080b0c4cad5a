/** @import { Answer } from "./edge_answer.js" */
import { edgeCore } from "./edge_core.js";
import { sleep } from "./sleep.js";

/**
 * What a step writes under a name.
 * @typedef {object} Write
 * @property {string} name The entry's name, one of those that were read.
 * @property {string | undefined} value What the entry is from now on. Without one it is removed.
 * @property {number} expires When the entry may be forgotten, in milliseconds since 1970.
 */

/**
 * A memory with an atomic check-and-set, shared by all who handle calls.
 * @typedef {object} Store
 * @property {<T>(names: string[], step: (entries: (string | undefined)[]) => { writes: Write[], result: T }) => T | Promise<T>} update
 *   One atomic step. It reads the entries of `names`, as they were written last by anybody, and calls `step` with them: one for each
 *   name, in the order of the names, a string, or `undefined` where there is none. `step` returns `{ writes, result }` at once. Then it
 *   puts all of `writes` in place, or none: under each `name` the string `value`, or nothing any more where `value` is `undefined`. It
 *   keeps an entry until `expires` at least, in milliseconds since 1970. It gives `result` when all of that is kept. Where somebody
 *   else changed one of the entries of `names` meanwhile, it writes nothing, and begins again: `step` may be called many times, and
 *   only the last one counts. All of it may take 10 seconds. Where it cannot do that, it throws or rejects: no call is placed that was
 *   not reserved.
 */

/**
 * What is kept of a call: its answer, and when it was sent, in milliseconds since 1970. A handler of an earlier version does not say when.
 * @typedef {Pick<Answer, "status" | "outcome" | "body"> & { sent?: number }} Settled
 */

/**
 * What is known of a key. `nothing`: no call has it. `open`: its call is under way. `reserved`: a call was reserved for it just now, at this
 * time. `settled`: its call has this answer. `refused`: this request places none, and gets this refusal; `limit`: which one was reached.
 * @typedef {{ state: "nothing" } | { state: "open" } | { state: "reserved", at: number }
 *   | { state: "settled", status: number, body: string } | { state: "refused", refusal: Answer, limit?: string }} Known
 */

/** How often a waiting step looks, in milliseconds; doubled up to the last. */
const PAUSES = { first: 50, last: 500 };

/**
 * Waits until a call that is under way has its answer, but not longer than so many milliseconds.
 * @param {{ known: (key: string, fingerprint: string) => Known | Promise<Known> }} guard
 * @param {string} key
 * @param {string} fingerprint
 * @param {number} milliseconds
 */
export async function waitFor(guard, key, fingerprint, milliseconds) {
  const end = Date.now() + milliseconds;
  for (let pause = PAUSES.first; ; pause = Math.min(pause * 2, PAUSES.last)) {
    const known = await guard.known(key, fingerprint);
    const rest = end - Date.now();
    if (known.state !== "open" || rest <= 0) return known;
    await sleep(Math.min(pause, rest));
  }
}

/**
 * When a call was sent, where nobody knows what became of it; nothing where that is known.
 * @param {Settled} settled
 * @param {number} at When it was reserved.
 */
export function unknownSince({ outcome, sent }, at) {
  return outcome === "unknown" ? (sent ?? at) : undefined;
}

/** The steps of the memory in a store, each of them atomic. What they decide, the core decides. */
export class Guard {
  #store;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * @param {string} key
   * @param {string} fingerprint
   * @returns {Promise<Known>}
   */
  async known(key, fingerprint) {
    return this.#update([`key:${key}`], ([entry]) => ({
      writes: [],
      result: JSON.parse(edgeCore().known(entry, fingerprint, Date.now())),
    }));
  }

  /**
   * @param {string} key
   * @param {string} fingerprint
   * @param {number} milliseconds
   */
  wait(key, fingerprint, milliseconds) {
    return waitFor(this, key, fingerprint, milliseconds);
  }

  /**
   * Checks the limits, counts the call and writes that it is begun: all of it, or nothing.
   * @param {string} reservation
   * @returns {Promise<Known>}
   */
  async reserve(reservation) {
    return this.#step(reservation, (entries, now) => {
      const reserved = edgeCore().reserve(reservation, entries, now);
      if (reserved === undefined) throw new Error("The store gave an entry that cannot be read.");
      const { known, writes } = JSON.parse(reserved);
      return { writes, result: known };
    });
  }

  /**
   * Writes the answer.
   * @param {string} reservation
   * @param {number} at When it was reserved.
   * @param {Settled} settled
   * @returns {Promise<null>}
   */
  async settle(reservation, at, settled) {
    const { status, body } = settled;
    return this.#step(reservation, (entries, now) => {
      const writes =
        edgeCore().settle(reservation, entries, now, at, status, body, unknownSince(settled, at)) ?? "null";
      return { writes: JSON.parse(writes), result: null };
    });
  }

  /**
   * Takes everything back.
   * @param {string} reservation
   * @param {number} at When it was reserved.
   * @returns {Promise<null>}
   */
  async release(reservation, at) {
    return this.#step(reservation, (entries, now) => {
      return {
        writes: JSON.parse(edgeCore().release(reservation, entries, now, at) ?? "null"),
        result: null,
      };
    });
  }

  /**
   * @template T
   * @param {string} reservation
   * @param {(entries: string, now: number) => { writes: { place: number, value?: string, expires: number }[], result: T }} decide
   */
  async #step(reservation, decide) {
    /** @type {{ names: string[] }} */
    const { names } = JSON.parse(reservation);
    return this.#update(names, (entries) => {
      const packed = JSON.stringify(entries.map((entry) => entry ?? null));
      const { writes, result } = decide(packed, Date.now());
      const named = writes.map(({ place, value, expires }) => ({ name: names[place] ?? "", value, expires }));
      return { writes: named, result };
    });
  }

  /**
   * A step in the store. What it gives must be its entries: taken for none, they would let a call be placed twice.
   * @template T
   * @param {string[]} names
   * @param {(entries: (string | undefined)[]) => { writes: Write[], result: T }} step
   */
  async #update(names, step) {
    return this.#store.update(names, (entries) => {
      if (entries.length !== names.length) throw new Error("The store gave not an entry for each name.");
      for (const entry of entries) {
        if (typeof (entry ?? "") !== "string") throw new Error("The store gave an entry that is no text.");
      }
      return step(entries);
    });
  }
}
