/**
 * Patterns for `numberFilter`, ordinary and catastrophic ones, beside JavaScript's RegExp.
 * @module
 */

import assert from "node:assert/strict";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { CATASTROPHIC, GIVEN_UP, withRegExp } from "../tests/soak/harness/catastrophic.js";
import { spread } from "./spread.js";
import { timeTurnAbout } from "./turn_about.js";

/** A pattern as people write it, a number, and what is dialled. @type {[string, string, string][]} */
const ORDINARY = [
  ["tel:(\\+[0-9]{3,15})", "tel:+14155550100;phone-context=example", "+14155550100"],
  ["^\\+?1?([2-9][0-9]{9})$", "+14155550100", "4155550100"],
  ["^(?:00|\\+)([1-9][0-9]{6,14})$", "004915155550100", "4915155550100"],
  ["([0-9]+)(?:x|ext)[0-9]+$", "4155550100x12", "4155550100"],
  ["^(?:call|phone|tel)[: ]+([*#0-9]+)", "phone: *97", "*97"],
];

/** @param {{ rounds: number, beside?: boolean }} how `beside`: whether RegExp is tried with the catastrophic ones. */
export async function measurePatterns({ rounds, beside = true }) {
  await init();
  const ordinary = ORDINARY.map(([pattern, number, dialled]) => {
    const byRegExp = () => new RegExp(pattern).exec(number)?.[1];
    const byQuickcall = () => Quickcall.filterNumber(number, pattern);
    assert.equal(byRegExp(), dialled, pattern);
    assert.equal(byQuickcall(), dialled, pattern);
    const { quickcall = [], regExp = [] } = timeTurnAbout(
      { quickcall: byQuickcall, regExp: byRegExp },
      rounds,
    );
    return { pattern, quickcall: spread(quickcall), regExp: spread(regExp) };
  });
  const catastrophic = [];
  for (const [pattern, number] of CATASTROPHIC) {
    // Given up it is infinite, and `null` in JSON.
    const regExp = beside ? await withRegExp(pattern, number) : undefined;
    const times = Array.from({ length: rounds }, () => timeOf(pattern, number));
    catastrophic.push({ pattern, characters: number.length, quickcall: spread(times), regExp });
  }
  return { rounds, givenUp: GIVEN_UP, ordinary, catastrophic };
}

/**
 * @param {string} pattern
 * @param {string} number
 * @returns {number} In milliseconds, with compiling.
 */
function timeOf(pattern, number) {
  const began = performance.now();
  try {
    Quickcall.filterNumber(number, pattern);
  } catch (error) {
    if (!(error instanceof QuickcallError)) throw error;
  }
  return performance.now() - began;
}
