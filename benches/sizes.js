/**
 * The sizes of what users load, in bytes, against the budgets in budgets.json, and every file of the npm package. Fails when
 * one is over its budget, when a size has no budget, when a budget has no size, and when the package holds a file that it
 * needs not. `--keep`: keeps the figures.
 * @module
 */

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { sizesOfFiles, withImports } from "./compressed.js";
import { keep } from "./figures.js";

const pkg = new URL("../pkg/", import.meta.url);
const file = (/** @type {string} */ path) => new URL(path, pkg);

/** What is measured: a name, and the files that are loaded together. */
const MEASURED = [
  { name: "WebAssembly module", files: [file("dist/quickcall.wasm").href] },
  { name: "glue of wasm-bindgen, before esbuild", files: [file("build/glue.js").href] },
  { name: "index.js with its chunks", files: await withImports(file("dist/index.js")) },
  { name: "index.cjs", files: [file("dist/index.cjs").href] },
  { name: "slim.js with its chunks", files: await withImports(file("dist/slim.js")) },
  { name: "WebAssembly module of the handler", files: [file("dist/quickcall_edge.wasm").href] },
  { name: "edge.js with its chunks", files: await withImports(file("dist/edge.js")) },
  { name: "events.js with its chunks", files: await withImports(file("dist/events.js")) },
  {
    name: "element.js with its chunks: loaded with the page",
    files: await withImports(file("dist/element.js")),
  },
  {
    name: "call_by_handler.js with its chunks: loaded before a call through a handler",
    files: await withImports(file("dist/call_by_handler.js")),
  },
  {
    name: "call_words.js with its chunks: what a button says, with the first intent",
    files: await withImports(file("dist/call_words.js")),
  },
  {
    name: "tel_link_calls.js with its chunks: what a link does, with the first intent",
    files: await withImports(file("dist/tel_link_calls.js")),
  },
];

/** What belongs into the npm package. */
const PACKED = [
  /^(README\.md|LICENSE-(MIT|APACHE)|package\.json|custom-elements\.json)$/,
  /^dist\/(index|index_workerd|index_light|slim|edge|edge_workerd|edge_light|events|events_workerd|events_light|element|element_class|chunk-[0-9A-Z]{8})\.js$/,
  /^dist\/(call_directly|call_by_handler|call_words|tel_link_calls)\.js$/,
  /^dist\/messages_(de|fr|es|ar)\.c?js$/,
  /^dist\/(index|slim|edge|events|element|element_class)\.cjs$/,
  /^dist\/(quickcall|quickcall_edge|quickcall_events)\.wasm$/,
  /^dist\/call\.schema\.json$/,
  /^dist\/types(-cjs)?\/.*\.d\.ts$/,
  /^dist\/types-cjs\/package\.json$/,
  /^docs\/(element|events|performance|reliability|security)\.md$/,
  /^examples\/.*(README\.md|\.js|\.jsx|\.html|\.svelte|\.vue|\/(package|deno)\.json|\/wrangler\.jsonc)$/,
];

/** @type {Record<string, Record<string, number>>} */
const budgets = JSON.parse(await readFile(new URL("budgets.json", import.meta.url), "utf8"));

const rows = [];
const problems = [];
for (const { name, files } of MEASURED) {
  const budget = budgets[name];
  /** @type {Record<string, string | number | undefined>} */
  const row = { "": name };
  for (const [method, total] of Object.entries(await sizesOfFiles(files))) {
    const limit = budget?.[method];
    row[method] = total;
    row[`${method} budget`] = limit;
    if (limit === undefined || total > limit) {
      problems.push(`${name}, ${method}: ${total} bytes, ${limit ?? "no number"} in the budget`);
    }
  }
  rows.push(row);
}
for (const name of Object.keys(budgets)) {
  if (name !== "npm package" && !MEASURED.some((measured) => measured.name === name)) {
    problems.push(`${name}: a budget for nothing`);
  }
}

const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
  cwd: pkg,
  encoding: "utf8",
});
const [{ files, size, unpackedSize }] = JSON.parse(packed);
for (const { path } of files) {
  if (!PACKED.some((known) => known.test(path)))
    problems.push(`${path} does not belong into the npm package`);
}
for (const [method, total] of Object.entries({ packed: size, unpacked: unpackedSize })) {
  const limit = budgets["npm package"]?.[method] ?? 0;
  if (total > limit) problems.push(`npm package, ${method}: ${total} bytes, ${limit} in the budget`);
}

console.table(files.map((/** @type {any} */ { path, size }) => ({ path, size })));
console.log(`npm package: ${size} bytes packed, ${unpackedSize} unpacked`);
console.table(rows);
for (const problem of problems) {
  console.error(problem);
}
if (process.argv.includes("--keep")) keep("sizes", { rows, npm: { packed: size, unpacked: unpackedSize } });
process.exitCode = problems.length > 0 ? 1 : 0;
