/**
 * How long a handler waits: for what the owner gave, and where the runtime would not wait for its answer.
 * @module
 */

/** @import { Answer } from "./edge_answer.js" */
import { within } from "./deadline.js";
import { edgeRefusal } from "./edge_answer.js";

/** How long the body of a request, what the owner gave, and each step of the guard may take, in milliseconds. */
export const PATIENCE = 10_000;

/**
 * How long all checks of a request may take together, in milliseconds. Each step has its own limit, but timers stand still with their
 * process: one that goes on later would place the call when its visitor has gone, or has called again.
 */
export const CHECKS = 5 * PATIENCE;

/** In how many seconds Vercel's edge runtime must have its answer. */
export const VERCEL_LIMIT = 25;

/** What of the owner's own has failed (the guard, the `visitor`), and why. */
export class Failed {
  /**
   * @param {"guard" | "visitor"} where
   * @param {unknown} error
   */
  constructor(where, error) {
    this.where = where;
    this.error = error;
  }
}

/**
 * Waits for what may take `PATIENCE`, and no longer. What is there at once needs no timer.
 * @template T
 * @param {() => T | Promise<T>} work
 * @param {"guard" | "visitor"} [where] Whose work it is: its error is told with that, as `Failed`.
 * @returns {Promise<T>}
 */
export async function patiently(work, where) {
  try {
    const given = work();
    return isPromise(given) ? await within(() => given, PATIENCE) : given;
  } catch (error) {
    throw where === undefined ? error : new Failed(where, error);
  }
}

/**
 * @param {unknown} given
 * @returns {given is Promise<unknown>} Or what is waited for as one.
 */
function isPromise(given) {
  return typeof (/** @type {any} */ (given)?.then) === "function";
}

/**
 * For how long an answer may still take, in milliseconds.
 * @param {number} started When it was asked for.
 */
export function timeLeft(started) {
  return /** @type {any} */ (globalThis).EdgeRuntime === undefined
    ? Number.POSITIVE_INFINITY
    : started + (VERCEL_LIMIT - 1) * 1000 - Date.now();
}

/**
 * The answer, or where the runtime would not wait for it, that there is none yet.
 * @param {Promise<Answer>} work
 * @param {number} started
 */
export function inTime(work, started) {
  const left = timeLeft(started);
  if (left === Number.POSITIVE_INFINITY) return work;
  return within(() => work, left).catch(() => edgeRefusal("in_progress"));
}
