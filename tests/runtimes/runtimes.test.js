/**
 * The packed package in every runtime without a page.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { FOLLOWED, matrix } from "./harness/matrix.js";

/** @import { Given, Row } from "./harness/matrix.js" */

const run = promisify(execFile);
const tools = fileURLToPath(new URL("../edge/node_modules", import.meta.url));
const own = fileURLToPath(new URL("node_modules", import.meta.url));
const LIMIT = { timeout: 60_000 };
const COMPATIBILITY = "2026-04-01";

/** Its package would put this in place with a script at its installation; none is run here. */
const BUN = join(
  tools,
  `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : "x64"}/bin/bun`,
);

const NODES = [
  ["Node 20", join(own, "node20/bin/node")],
  ["Node 22", join(own, "node22/bin/node")],
  ["Node 24", join(own, "node24/bin/node")],
  ["Node 26", join(own, "node26/bin/node")],
];

/** What a Node does with a request, by its own version of undici. */
const OWN_CONNECTION = fileURLToPath(new URL("../js/own_connection.test.js", import.meta.url));
/** What becomes of a Node's own WebSocket, which each closes in its own way. */
const OWN_SOCKET = fileURLToPath(new URL("../js/events_own_socket.test.js", import.meta.url));

/**
 * The version of a package.
 * @param {string} folder
 */
const versionOf = async (folder) => JSON.parse(await readFile(join(folder, "package.json"), "utf8")).version;

/**
 * A row whose consumer is a process that prints its report.
 * @param {string} name
 * @param {string} how
 * @param {string} program
 * @param {string[]} before
 * @param {string} consumer
 * @returns {Row}
 */
function program(name, how, program, before, consumer) {
  return {
    name,
    how,
    version: async () => /\d+\.\d+\.\d+/.exec((await run(program, ["--version"])).stdout)?.[0] ?? "",
    async run({ folder, config }) {
      const script = join("consumers", consumer);
      const { stdout, stderr } = await run(program, [...before, script, JSON.stringify(config)], {
        ...LIMIT,
        cwd: folder,
      });
      if (stderr !== "") throw new Error(stderr);
      return JSON.parse(stdout);
    },
  };
}

/**
 * workerd, bundled as a deployment does it.
 * @param {string} consumer
 * @returns {(given: Given) => Promise<unknown>}
 */
const workerd =
  (consumer) =>
  async ({ folder, config }) => {
    const { Miniflare } = await import(join(tools, "miniflare/dist/src/index.js"));
    const settings = `name = "consumer"\nmain = "consumers/${consumer}"\ncompatibility_date = "${COMPATIBILITY}"\n`;
    await writeFile(join(folder, "wrangler.toml"), settings);
    const out = join(folder, `out_${consumer}`);
    await run(join(tools, ".bin/wrangler"), ["deploy", "--dry-run", "--outdir", out], {
      ...LIMIT,
      cwd: folder,
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
    });
    const files = await readdir(out);
    const modules = files
      .filter((name) => /\.(js|wasm)$/.test(name))
      // The script that is run comes first.
      .sort((a, b) => Number(a.endsWith(".wasm")) - Number(b.endsWith(".wasm")))
      .map((name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(out, name) }));
    const engine = new Miniflare({
      cf: false,
      modules,
      modulesRoot: out,
      compatibilityDate: COMPATIBILITY,
      bindings: { CONFIG: config, READY_WITHOUT_INIT: true },
    });
    try {
      return await (await engine.dispatchFetch("http://consumer.test/")).json();
    } finally {
      await engine.dispose();
    }
  };

/**
 * Vercel's edge runtime: what it bundles, with the module compiled beforehand.
 * @param {Given} given
 */
async function edgeRuntime({ folder, config }) {
  const { EdgeVM } = await import(join(tools, "@edge-runtime/vm/dist/index.js"));
  const bundled = await build({
    absWorkingDir: folder,
    entryPoints: ["consumers/worker.js"],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "consumer",
    platform: "neutral",
    conditions: ["edge-light"],
    plugins: [
      {
        name: "modules compiled beforehand",
        setup(builder) {
          builder.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
            path: join(resolveDir, path.replace("?module", "")),
            namespace: "compiled",
          }));
          builder.onLoad({ filter: /.*/, namespace: "compiled" }, ({ path }) => ({
            contents: `export default globalThis.modules[${JSON.stringify(path)}];`,
            watchFiles: [path],
          }));
        },
      },
    ],
  });
  const vm = new EdgeVM();
  const text = bundled.outputFiles[0]?.text ?? "";
  const path = /globalThis\.modules\["(.+?)"\]/.exec(text)?.[1] ?? "";
  vm.context.bytes = new Uint8Array(await readFile(path));
  vm.evaluate("globalThis.modules = {}");
  vm.context.modules[path] = await vm.evaluate("WebAssembly.compile(bytes)");
  vm.evaluate(text);
  vm.context.config = config;
  return vm.evaluate(
    "consumer.default.fetch(undefined, { CONFIG: config }).then((response) => response.json())",
  );
}

const DENO = ["run", "--quiet", "--no-prompt", "--node-modules-dir=manual", "--allow-net=127.0.0.1"];

/** Those that follow their call; Node 20 needs a WebSocket of its own, and has its test elsewhere. */
const FOLLOWERS = [
  program("Node 22, quickcall/events", "inlined", join(own, "node22/bin/node"), [], "follow.mjs"),
  program("Node 24, quickcall/events", "inlined", join(own, "node24/bin/node"), [], "follow.mjs"),
  program("Node 26, quickcall/events", "inlined", join(own, "node26/bin/node"), [], "follow.mjs"),
  program("Deno, quickcall/events", "inlined", join(tools, ".bin/deno"), DENO, "follow.mjs"),
  program("Bun, quickcall/events", "inlined", BUN, ["run"], "follow.mjs"),
  {
    name: "workerd, quickcall/events",
    how: "compiled with the import",
    version: () => versionOf(join(tools, "workerd")),
    run: workerd("follow_worker.js"),
  },
].map((row) => ({ ...row, ...FOLLOWED }));

matrix("runtimes.json", [
  ...NODES.flatMap(([name = "", path = ""]) => [
    program(`${name}, import`, "inlined", path, [], "esm.mjs"),
    program(`${name}, require`, "inlined", path, [], "common_js.cjs"),
  ]),
  program("Node 20, quickcall/slim", "given", join(own, "node20/bin/node"), [], "slim.mjs"),
  program("Deno", "inlined", join(tools, ".bin/deno"), DENO, "esm.mjs"),
  program("Bun", "inlined", BUN, ["run"], "esm.mjs"),
  ...FOLLOWERS,
  {
    name: "workerd, bundled by wrangler",
    how: "compiled with the import",
    version: () => versionOf(join(tools, "workerd")),
    run: workerd("worker.js"),
  },
  {
    name: "workerd, quickcall/slim",
    how: "given where the module begins",
    version: () => versionOf(join(tools, "workerd")),
    run: workerd("slim_worker.js"),
  },
  {
    name: "Vercel's edge runtime",
    how: "compiled with the import",
    version: () => versionOf(join(tools, "@edge-runtime/vm")),
    run: edgeRuntime,
  },
]);

for (const [what, file, nodes] of /** @type {const} */ ([
  [
    "a request is sent once, on a connection of its own, and awaited as long as was said",
    OWN_CONNECTION,
    NODES,
  ],
  // Node 20 has no WebSocket.
  ["a watcher takes the runtime's own WebSocket", OWN_SOCKET, NODES.slice(1)],
])) {
  describe(what, { concurrency: true }, () => {
    for (const [name = "", node = ""] of nodes) {
      test(name, async () => {
        // A test that is started by a test would report to that one.
        const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
        const { stdout } = await run(node, ["--test", "--test-reporter=tap", file], { ...LIMIT, env });
        assert.match(stdout, /^# tests [1-9]/m);
        assert.match(stdout, /^# skipped 0$/m);
      });
    }
  });
}
