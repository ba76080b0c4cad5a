/**
 * Cold start in Node: a new process each time.
 * @module
 */

import { execFile } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { bundleClient } from "../clients.js";
import { CALLS, CONFIG } from "../measured_calls.js";
import { gather } from "./gather.js";

const run = promisify(execFile);
const program = fileURLToPath(new URL("in_node.js", import.meta.url));
const wasm = fileURLToPath(new URL("../../pkg/dist/quickcall.wasm", import.meta.url));

/**
 * @param {readonly import("../clients.js").ClientName[]} names
 * @param {string} folder
 * @param {number} runs
 */
export async function coldInNode(names, folder, runs) {
  /** @type {Record<string, () => Promise<Record<string, number>>>} */
  const starts = {};
  for (const name of names) {
    const what = {
      url: pathToFileURL(await bundleClient(name, folder)).href,
      config: CONFIG,
      call: CALLS["few options"],
      wasm: name === "quickcall/slim" ? wasm : undefined,
    };
    starts[name] = async () => {
      const began = performance.now();
      const { stdout } = await run(process.execPath, [program, JSON.stringify(what)]);
      return { ...JSON.parse(stdout), process: performance.now() - began };
    };
  }
  return gather(starts, runs);
}
