/**
 * What is measured, bundled as a page would load it.
 * @module
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("../pkg/dist/", import.meta.url));

/**
 * Bundles a program for browsers, small, in one file.
 * @param {string} entry Its path from here.
 * @param {string} outdir
 * @param {{ index?: string, write?: boolean }} [how] `index`: the file that is meant by `quickcall`.
 */
export function bundle(entry, outdir, { index = "index.js", write = true } = {}) {
  return build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outdir,
    bundle: true,
    minify: true,
    write,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // Two peers ask for this module of Node. A page has none.
    external: ["*.wasm", "crypto"],
    alias: {
      quickcall: `${dist}${index}`,
      "quickcall/slim": `${dist}slim.js`,
    },
    plugins: [doneAhead],
    logLevel: "silent",
  });
}

/**
 * What a deployment does before it bundles: ajv's code is written, and the lists of names are lists. @type {import("esbuild").Plugin}
 */
const doneAhead = {
  name: "done ahead",
  setup({ onLoad }) {
    onLoad({ filter: /benches.peers.names\.js$/ }, async () => {
      const lists = Object.entries(await import("./peers/names.js"));
      return {
        contents: lists.map(([name, list]) => `export const ${name} = ${JSON.stringify(list)};`).join("\n"),
      };
    });
    onLoad({ filter: /benches.peers.compiled_by_ajv\.js$/ }, async () => ({
      contents: (await import("./peers/compiled_by_ajv.js")).code,
    }));
  },
};

/**
 * A folder that is there while `work` runs.
 * @template T
 * @param {(folder: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), "quickcall-bench-"));
  try {
    // Without it Node reads each file twice to find out what it is.
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
