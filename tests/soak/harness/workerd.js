/**
 * The worker of these runs in Cloudflare's engine.
 * @module
 */

import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../edge/harness/bundle.js";
import { COMPATIBILITY } from "../../edge/harness/engine.js";
import { startProgram } from "../../edge/harness/process.js";

const dist = fileURLToPath(new URL("../../../pkg/dist/", import.meta.url));
const miniflare = fileURLToPath(new URL("../../edge/harness/miniflare.js", import.meta.url));

/**
 * Starts it.
 * @param {object} config What its handlers have in common.
 * @returns {Promise<{ url: string, output: () => string, close: () => Promise<void> }>}
 */
export async function startWorker(config) {
  const folder = await mkdtemp(join(tmpdir(), "quickcall-worker-"));
  const files = { index: "index_workerd.js", edge: "edge_workerd.js" };
  await bundle("../../soak/harness/worker.js", join(folder, "worker.js"), files);
  const modules = ["quickcall.wasm", "quickcall_edge.wasm"];
  for (const name of modules) await copyFile(join(dist, name), join(folder, name));
  const options = {
    cf: false,
    host: "127.0.0.1",
    port: 0,
    workers: [
      {
        name: "soak",
        modulesRoot: folder,
        modules: [
          { type: "ESModule", path: join(folder, "worker.js") },
          ...modules.map((name) => ({ type: "CompiledWasm", path: join(folder, name) })),
        ],
        compatibilityDate: COMPATIBILITY,
        bindings: { CONFIG: config },
        durableObjects: { GUARD: "QuickcallGuard" },
        // A socket of its own: nothing stands between it and the client.
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      },
    ],
  };
  const program = await startProgram(process.execPath, [miniflare, JSON.stringify(options)], {
    pattern: /"soak":"([^"]+)"/,
  });
  return {
    url: program.url,
    output: program.output,
    async close() {
      await program.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
