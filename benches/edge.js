/**
 * Requests a second and latency through the handler in workerd, beside a worker that only forwards: same machine, same run,
 * turn and turn about. Needs the packages of tests/edge.
 * @module
 */

import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { Agent, createServer, request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inFolder } from "./bundle.js";
import { CONFIRMED } from "./confirmed.js";

const dist = fileURLToPath(new URL("../pkg/dist/", import.meta.url));

const CONNECTIONS = 16;

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const ORIGIN = "https://www.example.com";

/** The workers, the forward first. */
const WORKERS = {
  forward: "a worker that only forwards",
  memory: "the handler, its guard in memory",
  durable: "the handler, its guard a Durable Object",
};

/**
 * @param {{ rounds: number, seconds: number, names?: (keyof typeof WORKERS)[] }} how `seconds`: how long a round is. `names`: which of
 *   them are measured, the forward besides.
 */
export async function measureEdge({ rounds, seconds, names = ["memory", "durable"] }) {
  const server = await serve();
  try {
    return await inFolder(async (folder) => {
      const engine = await start(folder, server.baseUrl);
      try {
        const results = await inTurns(engine, ["forward", ...names], rounds, seconds);
        if (server.dialled !== next - server.before)
          throw new Error(`${next - server.before} requests, ${server.dialled} calls`);
        return { rounds, connections: CONNECTIONS, rows: rowsOf(results) };
      } finally {
        await engine.dispose();
      }
    });
  } finally {
    server.stop();
  }
}

/** The server, on a real socket. */
async function serve() {
  const found = { before: next, dialled: 0, baseUrl: "", stop: () => {} };
  const server = createServer((incoming, outgoing) => {
    incoming.resume().on("end", () => {
      found.dialled += 1;
      outgoing.writeHead(200, { "content-type": "application/json", "content-length": CONFIRMED.length });
      outgoing.end(CONFIRMED);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  found.baseUrl = `http://127.0.0.1:${port}/v2`;
  found.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return found;
}

/**
 * The engine with its workers.
 * @param {string} folder
 * @param {string} baseUrl
 */
async function start(folder, baseUrl) {
  const { Miniflare } = createRequire(new URL("../tests/edge/package.json", import.meta.url))("miniflare");
  await build({
    entryPoints: [fileURLToPath(new URL("edge_worker.js", import.meta.url))],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    alias: { "quickcall/edge": `${dist}edge_workerd.js` },
    external: ["*.wasm"],
  });
  await copyFile(`${dist}quickcall_edge.wasm`, join(folder, "quickcall_edge.wasm"));
  const CONFIG = {
    baseUrl,
    accountId: ACCOUNT,
    endpoints: { sales: { user: USER } },
    origins: [ORIGIN],
    destinations: { allow: ["+1415"], deny: ["+1415900"] },
    options: { timeout: 20 },
    limits: { perVisitor: "3/min", perDestination: "5/hour", perEndpoint: "10000/s", total: "10000/s" },
  };
  const common = {
    modules: [
      { type: "ESModule", path: join(folder, "worker.js") },
      { type: "CompiledWasm", path: join(folder, "quickcall_edge.wasm") },
    ],
    modulesRoot: folder,
    compatibilityDate: "2026-04-01",
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  };
  const TOKEN = "a-token";
  const FORWARD = `${baseUrl}/accounts/${ACCOUNT}/users/${USER}/quickcall`;
  const engine = new Miniflare({
    cf: false,
    host: "127.0.0.1",
    port: 0,
    workers: [
      { ...common, name: "forward", bindings: { TOKEN, FORWARD } },
      { ...common, name: "memory", bindings: { TOKEN, CONFIG } },
      {
        ...common,
        name: "durable",
        bindings: { TOKEN, CONFIG },
        // As the example deploys it.
        durableObjects: { GUARD: { className: "QuickcallGuard", useSQLite: true } },
      },
    ],
  });
  await engine.ready;
  return engine;
}

let next = 0;
/**
 * One call, with a key, a number and a visitor of its own.
 * @param {URL} url
 * @param {Agent} agent
 * @returns {Promise<number>} How long it took, in milliseconds.
 */
function press(url, agent) {
  next += 1;
  const body = `{"endpoint":"sales","number":"+1415${String(next).padStart(7, "0")}"}`;
  const headers = {
    origin: ORIGIN,
    "content-type": "application/json",
    "content-length": body.length,
    "idempotency-key": `bench-key-${next}-0123456789`,
    "x-visitor": `visitor-${next}`,
  };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: "POST", headers, agent }, (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) resolve(performance.now() - started);
        else reject(new Error(`${url}: ${response.statusCode}`));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** What a round found: requests a second, and how long the one in the middle and the hundredth took, in milliseconds. @typedef {{ rate: number, median: number, late: number }} Round */

/**
 * @param {any} engine
 * @param {string} name
 * @param {number} seconds
 * @returns {Promise<Round>}
 */
async function round(engine, name, seconds) {
  const url = await engine.unsafeGetDirectURL(name);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  /** @type {number[]} */
  const times = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < end) times.push(await press(url, agent));
    }),
  );
  const passed = (performance.now() - started) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => times[Math.floor(times.length * part)] ?? 0;
  return { rate: times.length / passed, median: at(0.5), late: at(0.99) };
}

/**
 * @param {any} engine
 * @param {(keyof typeof WORKERS)[]} names
 * @param {number} rounds
 * @param {number} seconds
 */
async function inTurns(engine, names, rounds, seconds) {
  /** @type {Map<keyof typeof WORKERS, Round[]>} */
  const results = new Map(names.map((name) => [name, []]));
  for (const name of names) await round(engine, name, seconds);
  for (let count = 0; count < rounds; count++) {
    for (const [name, found] of results) found.push(await round(engine, name, seconds));
  }
  return results;
}

/** @param {number[]} values */
const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** @param {Map<keyof typeof WORKERS, Round[]>} results */
function rowsOf(results) {
  const bare = results.get("forward") ?? [];
  return [...results].map(([name, found]) => ({
    "": WORKERS[name],
    "requests a second": Math.round(middle(found.map(({ rate }) => rate))),
    "of the forward": Number(
      middle(found.map(({ rate }, place) => rate / (bare[place]?.rate ?? 1))).toFixed(2),
    ),
    "median ms": Number(middle(found.map(({ median }) => median)).toFixed(2)),
    "99 % ms": Number(middle(found.map(({ late }) => late)).toFixed(2)),
    "added, median": Number(
      middle(found.map(({ median }, place) => median - (bare[place]?.median ?? 0))).toFixed(2),
    ),
    "added, 99 %": Number(middle(found.map(({ late }, place) => late - (bare[place]?.late ?? 0))).toFixed(2)),
  }));
}
