/**
 * The sizes of what users load, in bytes, against the budgets in budgets.json. Fails when one is over its budget, when
 * a size has no budget and when a budget has no size.
 * @module
 */

import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const pkg = new URL("../pkg/", import.meta.url);

/** What is measured: a name, and the files that are loaded together. */
const MEASURED = [
  { name: "WebAssembly module", files: ["dist/quickcall.wasm"] },
  { name: "glue of wasm-bindgen, before esbuild", files: ["build/glue.js"] },
  { name: "index.js with its chunks", files: await withImports("dist/index.js") },
  { name: "index.cjs", files: ["dist/index.cjs"] },
];

/** @type {Record<string, Record<string, number>>} */
const budgets = JSON.parse(await readFile(new URL("budgets.json", import.meta.url), "utf8"));

/** The best that each method does: what a server that keeps compressed files sends. */
const METHODS = {
  raw: (/** @type {Buffer} */ content) => content.length,
  gzip: (/** @type {Buffer} */ content) => gzipSync(content, { level: 9 }).length,
  brotli: (/** @type {Buffer} */ content) =>
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
};

const rows = [];
const problems = [];
for (const { name, files } of MEASURED) {
  const budget = budgets[name];
  /** @type {Record<string, string | number | undefined>} */
  const row = { "": name };
  for (const [method, size] of Object.entries(METHODS)) {
    let total = 0;
    for (const file of files) {
      total += size(await readFile(new URL(file, pkg)));
    }
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
  if (!MEASURED.some((measured) => measured.name === name)) {
    problems.push(`${name}: a budget for nothing`);
  }
}

console.table(rows);
for (const problem of problems) {
  console.error(problem);
}
process.exitCode = problems.length > 0 ? 1 : 0;

/**
 * A bundled module and all that it imports by a static import.
 * @param {string} entry
 * @returns {Promise<string[]>}
 */
async function withImports(entry) {
  const files = new Set([entry]);
  for (const file of files) {
    const text = await readFile(new URL(file, pkg), "utf8");
    for (const [, path] of text.matchAll(/(?:^|[;}])(?:import|export)[^;"'()]*?["'](\.\/[^"']+)["']/gm)) {
      files.add(`dist/${path?.slice(2)}`);
    }
  }
  return [...files];
}
