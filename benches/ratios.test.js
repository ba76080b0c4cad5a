/**
 * A short form of every measurement of time, each as a ratio within one run, against its bound in ratios.json. What a busy
 * machine does to one side it does to the other.
 * @module
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { inFolder } from "./bundle.js";
import { coldInNode } from "./cold_start/node.js";
import { measureEdge } from "./edge.js";
import { measureGrowth } from "./growth.js";
import { steepness } from "./growth_steepness.js";
import { measurePatterns } from "./patterns.js";
import { measureWarm } from "./warm.js";

/** @type {Record<string, number>} */
const bounds = JSON.parse(readFileSync(new URL("ratios.json", import.meta.url), "utf8"));
/** @type {Set<string>} */
const used = new Set();

/**
 * @param {import("node:test").TestContext} context
 * @param {string} name
 * @param {number} value
 */
function judge(context, name, value) {
  used.add(name);
  const bound = bounds[name];
  context.diagnostic(`${name}: ${value.toPrecision(3)}, at most ${bound}`);
  assert(
    bound !== undefined && value <= bound,
    `${name}: ${value.toPrecision(3)}, ${bound ?? "no number"} is allowed`,
  );
}

/**
 * Of the shortest of some runs: what else the machine does can only add.
 * @param {import("./spread.js").Spread | undefined} own
 * @param {import("./spread.js").Spread | undefined} other
 */
const ratio = (own, other) => (own?.least ?? Number.NaN) / (other?.least ?? Number.NaN);

test("warm, in times of the zod client", async (context) => {
  const { rows } = await measureWarm({ rounds: 60 });
  for (const { work, times } of rows) judge(context, `${work}, of zod`, ratio(times.quickcall, times.zod));
});

test("cold start in Node, in times of the bundled clients", async (context) => {
  const names = /** @type {const} */ (["quickcall", "ajv", "zod", "zod, whole"]);
  const {
    quickcall,
    ajv,
    zod,
    "zod, whole": whole,
  } = await inFolder((folder) => coldInNode(names, folder, 12));
  judge(context, "cold start in Node, of ajv", ratio(quickcall?.total, ajv?.total));
  judge(context, "cold start in Node, of zod", ratio(quickcall?.total, zod?.total));
  judge(context, "cold start in Node, of zod, whole", ratio(quickcall?.total, whole?.total));
});

test("catastrophic patterns", async (context) => {
  const { catastrophic } = await measurePatterns({ rounds: 30, beside: false });
  for (const { pattern, quickcall } of catastrophic) {
    context.diagnostic(pattern);
    judge(context, "pattern, milliseconds", quickcall.least);
  }
});

test("growth, and memory", async (context) => {
  const { sizes, calls } = await measureGrowth({ rounds: 30, inFlight: [1_000] });
  for (const grown of sizes) judge(context, `steepness, ${grown.what}`, steepness(grown));
  for (const { before, after } of calls) judge(context, "memory after all calls, of before", after / before);
});

test("the handler in workerd, beside a worker that only forwards", async (context) => {
  const { rows } = await measureEdge({ rounds: 5, seconds: 1, names: ["memory"] });
  judge(context, "forward, of the handler", 1 / (rows[1]?.["of the forward"] ?? Number.NaN));
});

after(() =>
  assert.deepEqual(
    Object.keys(bounds).filter((name) => !used.has(name)),
    [],
    "bounds for nothing",
  ),
);
