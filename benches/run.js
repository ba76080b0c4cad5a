/**
 * Measures one kind, prints and keeps its figures: `node benches/run.js KIND`.
 * @module
 */

import { measureBytes } from "./bytes.js";
import { measureColdStart } from "./cold_start.js";
import { measureEdge } from "./edge.js";
import { keep } from "./figures.js";
import { measureGrowth } from "./growth.js";
import { measurePatterns } from "./patterns.js";
import { measureWarm } from "./warm.js";

/** @type {Record<string, () => Promise<object>>} */
const KINDS = {
  bytes: measureBytes,
  "cold start": () => measureColdStart({ runs: 25 }),
  warm: () => measureWarm({ rounds: 101 }),
  patterns: () => measurePatterns({ rounds: 31 }),
  growth: () => measureGrowth({ rounds: 61 }),
  edge: () => measureEdge({ rounds: 7, seconds: 2 }),
};

const kind = process.argv[2] ?? "";
const measure = KINDS[kind];
if (!measure) throw new Error(`There is no kind "${kind}". There are ${Object.keys(KINDS).join(", ")}.`);
const found = await measure();
keep(kind, found);
console.log(JSON.stringify(found));
