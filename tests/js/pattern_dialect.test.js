/**
 * A `RegExp` as a filter finds what JavaScript finds in the same text, or is refused: never another number.
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { init, Quickcall } from "#quickcall";

before(() => init());

/** What is dialled, or the code of the issue. @param {string} number @param {RegExp | string} filter */
function dialled(number, filter) {
  try {
    return Quickcall.filterNumber(number, filter);
  } catch (error) {
    return /** @type {any} */ (error).issues[0].code;
  }
}

/** @type {[RegExp, string, string][]} */
const CASES = [
  // White space that copied numbers hold.
  [/(?:\+44\s*)?0?(\d+)/, "+44\u00a02079460958", "2079460958"],
  [/(?:\+49\s?)?(\d+)/, "+49\u202f30123456", "30123456"],
  [/^(?:\d+\s+)?(\d+)/, "1\u30005550100", "5550100"],
  [/^\S+\s(\d+)/, "a\ufeff5550100", "5550100"],
  [/^[^\s]+[\s](\d+)/, "a\u20095550100", "5550100"],
  // No line ends behind a point.
  [/^(?:.+)?(\d\d)$/, "1\u202822", "number_filter_no_match"],
  [/^.(\d)/, "\r5", "number_filter_no_match"],
  // A group forgets what it held in the round before.
  [/^(?:(\d\d\d)|-)*$/, "555-", "number_filter_no_match"],
  [/^(?:(\d\d\d)|-)+$/, "-555", "555"],
  [/^(?:(\d)|-){2}$/, "5-", "number_filter_no_match"],
  [/^(?:(\d+)|)*$/, "555", "555"],
  // A character beyond U+FFFF is two to JavaScript.
  [/^...(\d+)$/, "\u{1f4de} 5550100", "5550100"],
  [/^.(\d+)/, "\u{1f4de}5550100", "number_filter_no_match"],
  [/^....(\d+)/, "\u{1f1ec}\u{1f1e7}0442079460958", "0442079460958"],
  [/^\D+(\d+)/, "\u{1f4de}5550100", "5550100"],
  [/^\u{1f4de}?(\d+)/u, "5", "number_filter_unsupported"],
  // What would need tables.
  [/^(?:.*tél)?\D*(\d+)/i, "Büro 1, TÉL 2", "number_filter_unsupported"],
  [/^[à-ü]*(\d+)/i, "É2", "number_filter_unsupported"],
  [/^[^é](\d+)/i, "É2", "number_filter_unsupported"],
  [/^(\d+)–/i, "12–3", "12"],
  [/^tél (\d+)/, "tél 12", "12"],
  [/^TEL (\d+)/i, "tel 12", "12"],
];

for (const [pattern, number, expected] of CASES) {
  test(`${pattern} in ${JSON.stringify(number)}: ${expected}`, () => {
    assert.equal(dialled(number, pattern), expected);
    if (/^\d/.test(expected)) assert.equal(pattern.exec(number)?.[1], expected);
  });
}

/** What means something else in a text. (A literal loses such an escape to a formatter.) */
const ELSEWHERE = [
  "^(?:1\\z)?(\\d+)",
  "^\\A(\\d+)",
  "^\\a(\\d+)",
  "^\\U0031(\\d+)",
  "^\\x{2}(\\d+)",
  "^[[:digit:]]+(\\d+)",
  "^[\u{1f4de}x]*(\\d+)",
  "([--9]+)",
  "([^--9]*)2?",
];
for (const source of ELSEWHERE) {
  test(`the RegExp ${source} is refused`, () => {
    assert.equal(dialled("12", new RegExp(source)), "number_filter_invalid");
  });
}

test("a text keeps what Perl knows", () => {
  assert.equal(dialled("A12", "\\A\\x{41}(\\d+)\\z"), "12");
  assert.equal(dialled("12", "([[:digit:]]+)"), "12");
  assert.equal(dialled("+44\u00a0207", "\\+44\\s(\\d+)"), "207");
});

test("30,000 patterns find what JavaScript finds, or are refused", () => {
  let seed = 20_251_126;
  const upTo = (/** @type {number} */ count) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
  const one = (/** @type {readonly string[]} */ list) => list[upTo(list.length)] ?? "";
  const PLACES = [
    ..."12345ab-é\u00a0",
    ..."..",
    "\\d",
    "\\D",
    "\\s",
    "\\S",
    "\\w",
    "\\W",
    "\\b",
    "^",
    "$",
    "[12]",
    "[^1]",
    "[\\s-]",
    "\\u00a0",
    "\\x31",
  ];
  const REPEATS = ["", "", "", "*", "+", "?", "*?", "+?", "{2}", "{0,2}", "{1,}"];
  const CHARACTERS = [..."1234512345ab-é ", "\u00a0", "\u202f", "\u2028", "\r", "\n", "\u{1f4de}"];
  const someClass = () => `[${Array.from({ length: 1 + upTo(4) }, () => one([..."--^135"])).join("")}]`;
  /** @param {number} depth @returns {string} */
  const part = (depth) => {
    const kind = depth > 0 ? upTo(6) : 0;
    if (kind < 3) return (upTo(10) > 0 ? one(PLACES) : someClass()) + one(REPEATS);
    if (kind === 3) return `(?:${part(depth - 1)}|${part(depth - 1)})${one(REPEATS)}`;
    return `(${part(depth - 1)}${part(depth - 1)})${one(REPEATS)}`;
  };
  let compared = 0;
  let found = 0;
  for (let round = 0; round < 30_000; round++) {
    let pattern;
    try {
      pattern = new RegExp(`${part(2)}(${part(1)})${part(2)}`, one(["", "", "i"]));
    } catch {
      continue;
    }
    const text = Array.from({ length: 1 + upTo(6) }, () => one(CHARACTERS)).join("");
    const ours = dialled(text, pattern);
    if (ours === "number_filter_unsupported" || ours === "number_filter_invalid") continue;
    const theirs = pattern.exec(text)?.[1];
    // What the group holds is judged behind the pattern, as ever.
    const expected = theirs === undefined || theirs === "" ? "number_filter_no_match" : theirs;
    if (/^[\dab-]*[\dab][\dab-]*$/.test(expected) || ours !== "undialable")
      assert.equal(ours, expected, `${pattern} in ${JSON.stringify(text)}`);
    else assert.match(expected, /[^\dab]|^-+$/);
    compared += 1;
    if (expected !== "number_filter_no_match") found += 1;
  }
  assert.ok(compared > 15_000 && found > 1_500, `${compared} compared, ${found} found`);
});
