/**
 * What was to be reached, and what was.
 * @module
 */

import { steepness } from "./growth_steepness.js";
import { n } from "./page.js";

/** Beside whom a cold start is judged. */
const COLD_PEERS = {
  ajv: "ajv client",
  "zod, whole": "zod client with `import { z }`",
  zod: "zod client with `import * as z`, trimmed",
};

/** @typedef {{ what: string, goal: string, figure: string, met?: boolean }} Goal */

/**
 * @param {(kind: string) => any} kept
 * @returns {Goal[]}
 */
export function reached(kept) {
  const [bytes, sizes, cold, warm, patterns, growth, edge] = [
    "bytes",
    "sizes",
    "cold start",
    "warm",
    "patterns",
    "growth",
    "edge",
  ].map(kept);
  return [
    goal("what a browser loads: module and glue", "at most 45,000 bytes brotli", sizes, ({ rows }) => {
      const [module, glue] = ["WebAssembly", "glue"].map((name) =>
        rows.find((/** @type {any} */ row) => row[""].startsWith(name)),
      );
      const brotli = module.brotli + glue.brotli;
      return [`${n(brotli)} bytes`, brotli <= 45_000];
    }),
    goal("the same with the class", "at most 45,000 bytes brotli", bytes, ({ own }) => {
      const [{ brotli }] = own;
      return [`${n(brotli)} bytes`, brotli <= 45_000];
    }),
    goal(
      "loaded with the page before anybody means to call",
      "at most 6,000 bytes gzip",
      sizes,
      ({ rows }) => {
        const { gzip } = rows.find((/** @type {any} */ row) => row[""].startsWith("element.js"));
        return [`${n(gzip)} bytes`, gzip <= 6_000];
      },
    ),
    ...Object.entries(COLD_PEERS).map(([name, label]) =>
      goal(`cold start in Node beside the ${label}`, "at least 5 times sooner", cold, ({ node }) => {
        const { quickcall, [name]: other } = node.clients;
        const times = other.total.median / quickcall.total.median;
        return [
          `${times.toFixed(1)} times (${quickcall.total.median.toFixed(1)} and ${other.total.median.toFixed(1)} ms)`,
          times >= 5,
        ];
      }),
    ),
    goal("`build()` warm beside the zod client", "at most twice its time", warm, ({ rows }) => {
      const ratios = rows
        .filter((/** @type {any} */ { work }) => work.startsWith("build()"))
        .map((/** @type {any} */ { ofZod }) => ofZod.median);
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
      return [`${least.toFixed(2)} to ${most.toFixed(2)} times, by the call`, most <= 2];
    }),
    goal(
      "catastrophic patterns",
      "under 1 ms where RegExp takes over a second",
      patterns,
      ({ catastrophic }) => {
        const bad = catastrophic.filter((/** @type {any} */ { regExp }) => regExp === null || regExp > 1_000);
        const over = bad.filter((/** @type {any} */ { quickcall }) => quickcall.median >= 1);
        const slowest = Math.max(...bad.map((/** @type {any} */ { quickcall }) => quickcall.median));
        return [
          `${bad.length - over.length} of ${bad.length}; the slowest takes ${slowest.toFixed(2)} ms`,
          over.length === 0,
        ];
      },
    ),
    goal(
      "the handler in workerd, its guard in memory",
      "at least 0.8 of the forward's requests a second",
      edge,
      ({ rows }) => {
        const part = rows[1]["of the forward"];
        return [String(part), part >= 0.8];
      },
    ),
    goal("growth", "linear in the size of what is given", growth, ({ sizes: grown }) => {
      const all = grown.map((/** @type {any} */ one) => ({ what: one.what, steep: steepness(one) }));
      const worst = all.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.steep > a.steep ? b : a));
      // A tenth more is noise.
      return [
        `at four times the size an item costs at most ${worst.steep.toFixed(2)} times as much (${worst.what})`,
        worst.steep <= 1.1,
      ];
    }),
    goal("memory", "flat", growth, ({ calls }) => {
      const most = Math.max(...calls.map((/** @type {any} */ { before, after }) => after / before));
      return [`${most.toFixed(3)} of what it was, after all calls`, most <= 1.05];
    }),
  ];
}

/**
 * @param {string} what
 * @param {string} goal
 * @param {any} found The figures, or nothing where they were not taken yet.
 * @param {(found: any) => [string, boolean]} judge
 * @returns {Goal}
 */
function goal(what, goal, found, judge) {
  if (found === undefined) return { what, goal, figure: "not measured yet" };
  const [figure, met] = judge(found);
  return { what, goal, figure, met };
}
