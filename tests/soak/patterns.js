/**
 * Patterns that are known to take JavaScript's own engine forever, in both.
 * @module
 */

import assert from "node:assert/strict";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { CATASTROPHIC, withRegExp } from "./harness/catastrophic.js";

/** How long a compiled pattern may take at most, in milliseconds, on a busy machine. */
const LIMIT = 250;

/**
 * @param {string} pattern
 * @param {string} text
 * @returns {{ took: number, said: string }} In milliseconds, with compiling; the shortest of five.
 */
function withQuickcall(pattern, text) {
  let took = Infinity;
  let said = "";
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    try {
      said = Quickcall.filterNumber(text, pattern);
    } catch (error) {
      assert(error instanceof QuickcallError, String(error));
      said = error.issues[0]?.code ?? error.code;
    }
    took = Math.min(took, performance.now() - began);
  }
  return { took, said };
}

/**
 * Tries them.
 * @param {{ count?: number }} how
 * @returns {Promise<{ patterns: number, slowest: number, regExpOver: number, regExpGivenUp: number, refused: number }>} The
 *   longest time here in milliseconds, with compiling; for how many RegExp took over a second, and how many of those it
 *   had not ended after two; how many are refused here as too large.
 */
export async function runPatterns({ count = CATASTROPHIC.length }) {
  await init();
  const found = { patterns: 0, slowest: 0, regExpOver: 0, regExpGivenUp: 0, refused: 0 };
  for (const [pattern, text] of CATASTROPHIC.slice(0, count)) {
    const theirs = await withRegExp(pattern, text);
    const { took, said } = withQuickcall(pattern, text);
    assert(took < LIMIT, `${pattern} took ${took} ms`);
    found.patterns += 1;
    found.slowest = Math.max(found.slowest, took);
    if (theirs > 1_000) found.regExpOver += 1;
    if (theirs === Infinity) found.regExpGivenUp += 1;
    if (said === "number_filter_invalid") found.refused += 1;
  }
  return found;
}
