/**
 * The short form of every long run, each in a process of its own: endurance collects garbage whenever it wants, and the `fetch` of
 * Node 20 throws where a connection that another run left behind is collected before its timer.
 * @module
 */

import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { KINDS } from "./kinds.js";

const program = fileURLToPath(new URL("run.js", import.meta.url));
/** A run may tell much where it fails. */
const LARGEST = 64 * 2 ** 20;

for (const kind of Object.keys(KINDS)) {
  test(`${kind}, in short`, { timeout: 240_000 }, async (context) => {
    // What the runner of tests tells its own files is not for this one.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const given = { env, maxBuffer: LARGEST, timeout: 230_000 };
    const { stdout } = await promisify(execFile)(process.execPath, [program, kind, "--short"], given);
    for (const line of stdout.trim().split("\n")) context.diagnostic(line);
  });
}
