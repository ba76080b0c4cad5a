/**
 * Programs of the tests, bundled with the package as a deployment does it.
 * @module
 */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("../../../pkg/dist/", import.meta.url));

/**
 * Bundles one of the programs beside this one.
 * @param {string} name
 * @param {string} outfile
 * @param {string} [edge] Which file of the package `quickcall/edge` is.
 */
export function bundle(name, outfile, edge = "edge.js") {
  return build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    alias: { quickcall: `${dist}index.js`, "quickcall/edge": `${dist}${edge}` },
    external: ["*.wasm", "*.wasm?module", "node:*"],
    logLevel: "warning",
  });
}
