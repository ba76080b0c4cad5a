/**
 * Runtimes that run a program of one file.
 * @module
 */

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));

/** The program and what stands before the file, by name. @type {Record<string, [string, string[]]>} */
export const RUNTIMES = {
  Node: [process.execPath, []],
  Deno: [`${modules}.bin/deno`, ["run", "--no-prompt", "--allow-net=127.0.0.1"]],
  Bun: [`${modules}@oven/${readdirSync(`${modules}@oven`)[0]}/bin/bun`, ["run"]],
};
