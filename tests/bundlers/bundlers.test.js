/**
 * The packed package with every bundler, without a setting for it, opened in Chromium; and Next: server, edge and client.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rspack } from "@rspack/core";
import esbuild from "esbuild";
import { rollup, VERSION as rollupVersion } from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import { chromium } from "../runtimes/harness/browsers.js";
import { matrix } from "../runtimes/harness/matrix.js";
import { serve } from "../runtimes/harness/site.js";

/** @import { Given, Row } from "../runtimes/harness/matrix.js" */

const here = fileURLToPath(new URL(".", import.meta.url));
const ASK = "globalThis.report ? JSON.stringify(globalThis.report) : ''";

/** @type {ReturnType<typeof chromium> | undefined} */
let browser;
after(async () => {
  await (await browser)?.close();
});

/**
 * Opens a page, and gives what it reports.
 * @param {string} address
 * @param {Given["config"]} config
 */
async function open(address, config) {
  browser ??= chromium();
  return (await browser).ask(`${address}?config=${encodeURIComponent(JSON.stringify(config))}`, ASK);
}

/**
 * The version of a bundler.
 * @param {string} name Of its package.
 */
const versionOf = (name) =>
  JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8")).version;

/**
 * A folder of a project with the entry in it.
 * @param {string} folder
 * @param {string} name
 */
async function source(folder, name) {
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  await cp(join(here, "fixtures/main.js"), join(place, "main.js"));
  await cp(join(folder, "consumers/place.js"), join(place, "place.js"));
  const page = '<!doctype html><title>A page</title><script type="module" src="./main.js"></script>';
  await writeFile(join(place, "index.html"), page);
  return place;
}

/**
 * A row whose bundle is opened in a browser.
 * @param {string} name
 * @param {string} version
 * @param {(place: string, out: string) => Promise<unknown>} bundle Writes `main.js`, or a whole page, to `out`.
 * @returns {Row}
 */
const bundled = (name, version, bundle) => ({
  name,
  version: () => version,
  how: "inlined",
  async run({ folder, config }) {
    const place = await source(folder, name.toLowerCase().replaceAll(" ", "_"));
    const out = join(place, "dist");
    await mkdir(out);
    await cp(join(place, "index.html"), join(out, "index.html"));
    await bundle(place, out);
    const site = await serve(out);
    try {
      return await open(`${site.origin}/index.html`, config);
    } finally {
      await site.close();
    }
  },
});

/**
 * Runs a compiler of webpack's kind.
 * @param {any} compiler
 */
const compile = (compiler) =>
  new Promise((resolve, reject) => {
    compiler.run((/** @type {any} */ error, /** @type {any} */ stats) => {
      const { errors = [], warnings = [] } = stats?.toJson() ?? {};
      const found = [error, ...errors, ...warnings].filter(Boolean);
      compiler.close(() =>
        found.length > 0 ? reject(new Error(JSON.stringify(found))) : resolve(undefined),
      );
    });
  });

/** @param {string} place @param {string} out */
const webpackOptions = (place, out) => ({
  mode: /** @type {const} */ ("production"),
  context: place,
  entry: "./main.js",
  output: { path: out, filename: "main.js" },
  // Else it advises against any bundle with a module inside.
  performance: /** @type {const} */ (false),
});

/** Next with its three places: the client after rendering on the server, a route on Node and one on the edge runtime. */
const NEXT = {
  /** @type {{ origin: string, stop: () => Promise<void> } | undefined} */
  started: undefined,
  /** @param {string} folder */
  async start(folder) {
    if (NEXT.started) return NEXT.started;
    const place = join(folder, "next");
    await cp(join(here, "fixtures/next"), place, { recursive: true });
    await cp(join(folder, "consumers/place.js"), join(place, "place.js"));
    const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
    const build = spawn(process.execPath, [next, "build"], {
      cwd: place,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [build.stdout, build.stderr]) stream.on("data", (text) => (said += text));
    const [code] = await once(build, "exit");
    if (code !== 0) throw new Error(said);
    const server = spawn(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], {
      cwd: place,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const origin = await new Promise((resolve, reject) => {
      let text = "";
      server.stdout.on("data", (piece) => {
        text += piece;
        const found = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(text);
        if (found) resolve(found[0]);
      });
      server.once("exit", () => reject(new Error(text)));
    });
    NEXT.started = {
      origin,
      async stop() {
        server.kill();
        await once(server, "exit");
      },
    };
    return NEXT.started;
  },
};
after(async () => {
  await NEXT.started?.stop();
});

/** @param {string} route @returns {Row["run"]} */
const nextRoute =
  (route) =>
  async ({ folder, config }) => {
    const { origin } = await NEXT.start(folder);
    const response = await fetch(`${origin}${route}`, { method: "POST", body: JSON.stringify(config) });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text);
  };

matrix(
  "bundlers.json",
  [
    bundled("Vite, build", vite.version, (place) =>
      vite.build({ root: place, logLevel: "error", base: "./" }),
    ),
    {
      name: "Vite, development server",
      version: () => vite.version,
      how: "inlined",
      async run({ folder, config }) {
        const place = await source(folder, "vite_dev");
        const server = await vite.createServer({
          root: place,
          logLevel: "error",
          server: { host: "127.0.0.1", port: 0 },
        });
        await server.listen();
        try {
          return await open(server.resolvedUrls?.local[0] ?? "", config);
        } finally {
          await server.close();
        }
      },
    },
    bundled("webpack", webpack.version, (place, out) => compile(webpack(webpackOptions(place, out)))),
    bundled("Rspack", versionOf("@rspack/core"), (place, out) => compile(rspack(webpackOptions(place, out)))),
    bundled("Rollup", rollupVersion, async (place, out) => {
      const bundle = await rollup({
        input: join(place, "main.js"),
        plugins: [nodeResolve({ browser: true })],
        onwarn: (warning) => {
          throw new Error(warning.message);
        },
      });
      await bundle.write({ dir: out, format: "es" });
      await bundle.close();
    }),
    bundled("esbuild", esbuild.version, (place, out) =>
      esbuild.build({
        entryPoints: [join(place, "main.js")],
        outdir: out,
        bundle: true,
        format: "esm",
        platform: "browser",
        logLevel: "warning",
        // Else it follows this repository's own, which leads to the sources in place of the package.
        tsconfigRaw: {},
      }),
    ),
    {
      name: "Next, client",
      version: () => versionOf("next"),
      how: "inlined",
      run: async ({ folder, config }) => open((await NEXT.start(folder)).origin, config),
    },
    { name: "Next, server", version: () => versionOf("next"), how: "inlined", run: nextRoute("/api/node") },
    {
      name: "Next, edge",
      version: () => versionOf("next"),
      how: "compiled with the import",
      run: nextRoute("/api/edge"),
    },
  ],
  here,
);
