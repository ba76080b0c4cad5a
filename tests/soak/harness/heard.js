/**
 * What a promise of the package said.
 * @module
 */

import assert from "node:assert/strict";
import { QuickcallError } from "#quickcall";

/** Nothing may take longer, in milliseconds: far more than every deadline here. */
const HUNG = 20_000;

/**
 * Waits for a call or a refusal of the right shape, in which no secret stands.
 * @param {Promise<any>} promise
 * @param {string[]} secrets
 * @returns {Promise<import("./expected.js").Told>}
 */
export async function heard(promise, secrets) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("nothing was said for 20 seconds")), HUNG);
  });
  try {
    const placed = await Promise.race([promise, late]);
    const { state, callIds, requestId } = placed;
    assert(requestId === undefined || (typeof requestId === "string" && requestId !== ""), String(requestId));
    hidesAll(JSON.stringify(placed), secrets);
    return { state, callIds };
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert(error instanceof QuickcallError, `${error}`);
    const { code, outcome, message, issues } = error;
    assert(outcome === "unknown" || outcome === "not_placed", outcome);
    assert(typeof code === "string" && code !== "");
    assert(typeof message === "string" && message !== "");
    assert(Array.isArray(issues));
    hidesAll(JSON.stringify(error) + String(error), secrets);
    return { code, outcome };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} text
 * @param {string[]} secrets
 */
export function hidesAll(text, secrets) {
  for (const secret of secrets) assert(!text.includes(secret), `${secret} in ${text.slice(0, 2_000)}`);
}
