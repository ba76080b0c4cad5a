/**
 * Cold start in workerd: a new engine each time, from its start to its first answer. Its clock stands still while a worker
 * starts, so the time is taken outside, and beside it that of a worker that does nothing.
 * @module
 */

import { execFile, spawn } from "node:child_process";
import { copyFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { COMPATIBILITY } from "../../tests/edge/harness/engine.js";
import { bundleClient } from "../clients.js";
import { CALLS, CONFIG } from "../measured_calls.js";
import { gather } from "./gather.js";

const engines = createRequire(new URL("../../tests/edge/package.json", import.meta.url));
const wasm = fileURLToPath(new URL("../../pkg/dist/quickcall.wasm", import.meta.url));
const BARE = "a worker that does nothing";
const body = JSON.stringify({ config: CONFIG, call: CALLS["few options"] });

/**
 * @param {readonly import("../clients.js").ClientName[]} names
 * @param {string} folder
 * @param {number} runs
 */
export async function coldInWorkerd(names, folder, runs) {
  const program = /** @type {string} */ (engines("workerd").default);
  await copyFile(wasm, join(folder, "quickcall.wasm"));
  /** @type {Record<string, () => Promise<{ total: number }>>} */
  const starts = {};
  /** @type {Record<string, string>} */
  const refused = {};
  for (const name of /** @type {const} */ ([BARE, ...names])) {
    const config = await configure(name, folder);
    const start = () => startOnce(program, config);
    try {
      await start();
      starts[name] = start;
    } catch (error) {
      refused[name] =
        String(error)
          .split("\n")
          .find((line) => line.includes("Error:"))
          ?.trim() ?? String(error);
    }
  }
  const { stdout } = await promisify(execFile)(program, ["--version"]);
  return { version: stdout.trim(), clients: await gather(starts, runs), refused };
}

/**
 * Bundles a worker and writes how the engine runs it.
 * @param {import("../clients.js").ClientName | typeof BARE} name
 * @param {string} folder
 * @returns {Promise<string>} The path of the configuration.
 */
async function configure(name, folder) {
  const worker = `${name.replace(/[^a-z]+/g, "_")}.js`;
  const client = name === BARE ? undefined : await bundleClient(name, folder, "index_workerd.js");
  const here = fileURLToPath(new URL("./", import.meta.url));
  const contents = client
    ? `import { createClient } from ${JSON.stringify(client)};
import { workerWith } from "./worker.js";
export default workerWith(createClient);`
    : 'export { default } from "./bare_worker.js";';
  await build({
    stdin: { contents, resolveDir: here },
    outfile: join(folder, `worker_${worker}`),
    bundle: true,
    minify: true,
    format: "esm",
    external: ["*.wasm"],
  });
  const path = join(folder, `${basename(worker, ".js")}.capnp`);
  const wasmModule = name === "quickcall" ? ', (name = "quickcall.wasm", wasm = embed "quickcall.wasm")' : "";
  await writeFile(
    path,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker_${worker}")${wasmModule}],
    compatibilityDate = "${COMPATIBILITY}"
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`,
  );
  return path;
}

/**
 * @param {string} program
 * @param {string} config
 * @returns {Promise<{ total: number }>}
 */
async function startOnce(program, config) {
  const began = performance.now();
  const engine = spawn(program, ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let said = "";
  engine.stderr?.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => engine.once("exit", resolve));
  const control = /** @type {import("node:stream").Readable} */ (engine.stdio[3]).setEncoding("utf8");
  try {
    const port = await Promise.race([
      new Promise((resolve) => control.on("data", (text) => resolve(/"port":(\d+)/.exec(text)?.[1]))),
      ended.then(() => Promise.reject(new Error(said))),
    ]);
    const answer = await ask(port);
    const total = performance.now() - began;
    if (!answer.startsWith("https://")) throw new Error(said || answer);
    return { total };
  } finally {
    engine.kill("SIGKILL");
    await ended;
  }
}

/**
 * @param {number} port
 * @returns {Promise<string>}
 */
function ask(port) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: "127.0.0.1", method: "POST", agent: false }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      incoming.on("end", () => resolve(text));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
