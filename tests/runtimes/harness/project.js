/**
 * An empty project with the packed package in it, as a user has one.
 * @module
 */

import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Packs the package and installs it.
 * @param {string} [above]
 * @returns {Promise<{ folder: string, remove: () => Promise<void> }>} With the consumers in `consumers`.
 */
export async function makeProject(above = tmpdir()) {
  const folder = await mkdtemp(join(above, "quickcall-consumer-"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: join(root, "pkg"),
  });
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(
    join(folder, "package.json"),
    '{ "name": "consumer", "private": true, "type": "module" }\n',
  );
  const flags = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", ["install", ...flags, join(folder, filename)], { cwd: folder });
  await cp(join(here, "consumers"), join(folder, "consumers"), { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
