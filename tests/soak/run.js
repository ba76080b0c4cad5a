/**
 * The long run of one kind: `node tests/soak/run.js KIND`. Its figures are kept in `tests/soak/figures`. With `--short` the short form,
 * of which none are kept.
 * @module
 */

import { forget, keep } from "./figures.js";
import { KINDS } from "./kinds.js";

const kind = process.argv[2] ?? "";
const run = KINDS[kind];
if (!run) throw new Error(`There is no kind "${kind}". There are ${Object.keys(KINDS).join(", ")}.`);
if (process.argv.includes("--short")) {
  console.log(`${kind}: ${JSON.stringify(await run.short())}`);
} else {
  forget(kind);
  const began = Date.now();
  const found = await run.long(console.log);
  keep(kind, { ...found, took: Math.round((Date.now() - began) / 1000) });
  console.log(`${kind}: ${JSON.stringify(found)}`);
}
process.exit(0);
