/**
 * A simulator that serves a page and the package.
 * @module
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSimulator } from "../../js/harness/simulator.js";

const BLANK = "<!doctype html><title>A page</title>";

/**
 * Starts one, with a folder of its own.
 * @param {import("../../js/harness/simulator.js").Options} options It has no rate bucket.
 * @returns `page` is the URL of the page: a blank one until `put("page.html", …)`. `stop` removes the folder, too.
 */
export async function startPageServer(options) {
  const folder = await mkdtemp(join(tmpdir(), "quickcall-page-"));
  /** @param {string} name @param {string | Uint8Array} content */
  const put = (name, content) => writeFile(join(folder, name), content);
  await put("page.html", BLANK);
  const simulator = await startSimulator({
    rateLimit: false,
    ...options,
    www: folder,
    package: fileURLToPath(new URL("../../../pkg", import.meta.url)),
  });
  const stop = async () => {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { simulator, page: `${simulator.origin}/page.html`, put, stop };
}
