/**
 * Cloudflare's engine, workerd, as Miniflare runs it: some workers with the handler and one Durable Object for all of them.
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";

const here = fileURLToPath(new URL("./", import.meta.url));
const dist = fileURLToPath(new URL("../../../pkg/dist/", import.meta.url));

/** What the engine is told to be compatible with. */
export const COMPATIBILITY = "2026-04-01";

/**
 * A folder of its own, with the worker of the tests bundled as a deployment does it.
 * @returns {Promise<{ folder: string, remove: () => Promise<void> }>}
 */
export async function workerFolder() {
  const folder = await mkdtemp(join(tmpdir(), "quickcall-edge-"));
  await bundle("worker.js", join(folder, "worker.js"), { edge: "edge_workerd.js" });
  await copyFile(join(dist, "quickcall_edge.wasm"), join(folder, "quickcall_edge.wasm"));
  await mkdir(join(folder, "storage"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Starts the engine on the worker of `folder`; its storage is kept there. The first worker is asked by `url + name`.
 * @param {string} folder
 * @param {Record<string, Record<string, unknown>>} workers The environment of each worker, by its name.
 * @param {Record<string, unknown>} [guard] The environment of the Durable Object.
 * @param {boolean} [useSQLite] Whether its storage is one of SQLite (`new_sqlite_classes`), as in the example, or the older one.
 * @param {Record<string, string>} [trusted] Whose certificates it takes beside the usual ones, as Node is told.
 */
export async function startEngine(folder, workers, guard = {}, useSQLite = true, trusted = {}) {
  const modules = [
    { type: "ESModule", path: join(folder, "worker.js") },
    { type: "CompiledWasm", path: join(folder, "quickcall_edge.wasm") },
  ];
  const common = { modules, modulesRoot: folder, compatibilityDate: COMPATIBILITY };
  const names = Object.keys(workers);
  const options = {
    cf: false,
    host: "127.0.0.1",
    port: 0,
    durableObjectsPersist: join(folder, "storage"),
    workers: [
      {
        ...common,
        name: "front",
        bindings: { FRONT: true },
        serviceBindings: Object.fromEntries(names.map((name) => [name, name])),
      },
      {
        ...common,
        name: "guard",
        bindings: guard,
        durableObjects: { GUARD: { className: "Guard", useSQLite } },
      },
      ...names.map((name) => ({
        ...common,
        name,
        bindings: workers[name],
        durableObjects: { GUARD: { className: "Guard", scriptName: "guard", useSQLite } },
        // A socket of its own: nothing stands between it and the client.
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      })),
    ],
  };
  const child = spawn(process.execPath, [join(here, "miniflare.js"), JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...trusted },
    // A group of its own, which can be killed as a whole.
    detached: true,
  });
  let said = "";
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text) => {
    said += text;
  });
  /** @type {{ front: string, direct: Record<string, string> }} */
  const addresses = await new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error(`the engine ended: ${said}`)));
    child.stdout.on("data", (text) => {
      said += text;
      const found = /^listening on (.+)$/m.exec(said);
      if (found?.[1]) resolve(JSON.parse(found[1]));
    });
  });
  const ended = once(child, "exit");
  return {
    url: addresses.front,
    /** Where each worker listens itself, with nothing of the engine's makers in between. */
    direct: addresses.direct,
    /** What it wrote, logs of the workers too. */
    output: () => said,
    /** Ends it at once, wherever it is. */
    async kill() {
      process.kill(-(child.pid ?? 0), "SIGKILL");
      await ended;
    },
    /** Ends it in order. */
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
