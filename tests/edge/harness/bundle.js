/**
 * Programs of the tests, bundled with the package as a deployment does it.
 * @module
 */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("../../../pkg/dist/", import.meta.url));

/**
 * Bundles a program.
 * @param {string} name Its path from here.
 * @param {string} outfile
 * @param {object} [files] Which files of the package are meant.
 * @param {string} [files.index] `quickcall`.
 * @param {string} [files.edge] `quickcall/edge`.
 */
export function bundle(name, outfile, { index = "index.js", edge = "edge.js" } = {}) {
  return build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    alias: {
      quickcall: `${dist}${index}`,
      "quickcall/edge": `${dist}${edge}`,
      "quickcall/events": `${dist}events.js`,
    },
    external: ["*.wasm", "*.wasm?module", "node:*"],
    logLevel: "warning",
  });
}
