/**
 * Patterns that are known to take JavaScript's own engine forever, in both.
 * @module
 */

import assert from "node:assert/strict";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { CATASTROPHIC, withRegExp } from "./harness/catastrophic.js";

/**
 * How long a pattern may take here, in milliseconds of this process, with compiling: in the middle of all rounds, and at most,
 * which includes whatever else the process does. A busy machine takes longer for the same.
 */
const LIMIT = { median: 50, max: 200 };
/** How often each is tried. */
const ROUNDS = 9;

const many = "1".repeat(250);

/** Patterns that are wide, or make much of little where they are compiled. @type {[string, string][]} */
const WIDE = [
  ["([\\u0000-\\uffff]*)*x", many],
  ["([^a]|[^b]|[^c]|[^d])*x", many],
  ["((?:[\\w\\W]|[\\d\\D]|[\\s\\S])*)*x", many],
  [
    `([${Array.from({ length: 120 }, (_, index) => String.fromCodePoint(0x100 + index * 3)).join("")}1]*)*x`,
    many,
  ],
  [
    `(${Array.from({ length: 240 }, (_, index) => `${index}`)
      .join("|")
      .slice(0, 900)})*x`,
    many,
  ],
  [`((?i)[a-zß-ÿα-ω1]{1,200}[a-zß-ÿα-ω1]{1,200})x`, "ſKα1".repeat(60)],
  [`(${"1?".repeat(300)}${"1".repeat(300)})`, many],
  ["(\\d{1000}){1000}", many],
  ["((1{90}){90}){90}", many],
  ["(1{5000})", many],
  ["((((((1{9}){9}){9}){9}){9}){9})", many],
  ["(1{0,1000}){0,1000}", many],
  ["((((1{0,50}){0,50}){0,50}){0,50})*x", many],
  [`(${"[^1]{0,99}".repeat(90)})`, many],
  [`${"(".repeat(500)}1${")".repeat(499)}`, many],
  [`${"(?:".repeat(240)}(1)${")*".repeat(240)}`, many],
  [`(${"|".repeat(990)})*x`, many],
];

/**
 * @param {string} pattern
 * @param {string} text
 * @returns {{ median: number, max: number, said: string }} In milliseconds, with compiling.
 */
function withQuickcall(pattern, text) {
  const took = [];
  let said = "";
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.cpuUsage();
    try {
      said = Quickcall.filterNumber(text, pattern);
    } catch (error) {
      assert(error instanceof QuickcallError, String(error));
      said = error.issues[0]?.code ?? error.code;
    }
    const { user, system } = process.cpuUsage(began);
    took.push((user + system) / 1_000);
  }
  took.sort((a, b) => a - b);
  return { median: took[ROUNDS >> 1] ?? 0, max: took.at(-1) ?? 0, said };
}

/**
 * Tries them.
 * @param {{ beside?: number }} how How many of them RegExp tries, too: two seconds for most. It compiles
 *   some of the wide ones for minutes, and cannot be ended meanwhile, so it does not try those.
 * @returns {Promise<{ patterns: number, beside: number, slowestMedian: number, slowestPattern: string, slowest: number, regExpOver: number, regExpGivenUp: number, refused: number }>} The
 *   longest times here in milliseconds, with compiling: of a pattern's rounds in their middle, and of all rounds; for how
 *   many RegExp took over a second, and how many of those it had not ended after two; how many are refused here as too large.
 */
export async function runPatterns({ beside = CATASTROPHIC.length }) {
  await init();
  const found = {
    patterns: 0,
    beside: 0,
    slowestMedian: 0,
    slowestPattern: "",
    slowest: 0,
    regExpOver: 0,
    regExpGivenUp: 0,
    refused: 0,
  };
  for (const [pattern, text] of [...CATASTROPHIC, ...WIDE]) {
    const { median, max, said } = withQuickcall(pattern, text);
    assert(median < LIMIT.median && max < LIMIT.max, `${pattern}: ${median} ms, at most ${max} ms`);
    found.patterns += 1;
    if (median > found.slowestMedian)
      Object.assign(found, { slowestMedian: median, slowestPattern: pattern.slice(0, 60) });
    found.slowest = Math.max(found.slowest, max);
    if (said === "number_filter_invalid") found.refused += 1;
    if (found.beside >= beside) continue;
    const theirs = await withRegExp(pattern, text);
    found.beside += 1;
    if (theirs > 1_000) found.regExpOver += 1;
    if (theirs === Infinity) found.regExpGivenUp += 1;
  }
  return found;
}
