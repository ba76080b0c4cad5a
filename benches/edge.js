/**
 * Requests a second and latency through the handler in workerd, beside a worker that only forwards: same machine, same run,
 * turn and turn about. Prints a table and keeps it. Needs the packages of tests/edge.
 * @module
 */

import { once } from "node:events";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { Agent, createServer, request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { keep } from "./figures.js";

const { Miniflare } = createRequire(new URL("../tests/edge/package.json", import.meta.url))("miniflare");
const dist = fileURLToPath(new URL("../pkg/dist/", import.meta.url));

const ROUNDS = 7;
const SECONDS = 2;
const CONNECTIONS = 16;

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const ORIGIN = "https://www.example.com";

/** A server that confirms every call at once. */
const answer = JSON.stringify({
  status: "success",
  request_id: "0123456789abcdef",
  data: {
    application_name: "transfer",
    application_response: "SUCCESS",
    application_data: { route: "+14155550100" },
    endpoints: [{ outbound_call_id: `${"0123456789ab".repeat(3)}-quickcall` }],
    media: "process",
    timeout: 20,
    ignore_early_media: true,
  },
});
let dialled = 0;
const server = createServer((incoming, outgoing) => {
  incoming.resume().on("end", () => {
    dialled += 1;
    outgoing.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
    outgoing.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
const baseUrl = `http://127.0.0.1:${port}/v2`;

const folder = await mkdtemp(join(tmpdir(), "quickcall-bench-"));
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
const FORWARD = `${baseUrl}/accounts/${ACCOUNT}/users/${USER}/quickcall`;
const engine = new Miniflare({
  cf: false,
  host: "127.0.0.1",
  port: 0,
  workers: [
    { ...common, name: "forward", bindings: { TOKEN: "a-token", FORWARD } },
    { ...common, name: "memory", bindings: { TOKEN: "a-token", CONFIG } },
    {
      ...common,
      name: "durable",
      bindings: { TOKEN: "a-token", CONFIG },
      durableObjects: { GUARD: "QuickcallGuard" },
    },
  ],
});
await engine.ready;

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

/** @param {string} name @param {number} seconds */
async function round(name, seconds) {
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

/** @type {Record<string, string>} */
const LABELS = {
  forward: "a worker that only forwards",
  memory: "the handler, its guard in memory",
  durable: "the handler, its guard a Durable Object",
};

/** @type {Record<string, Awaited<ReturnType<typeof round>>[]>} */
const results = { forward: [], memory: [], durable: [] };
for (const name of Object.keys(results)) await round(name, SECONDS);
for (let count = 0; count < ROUNDS; count++) {
  for (const [name, rounds] of Object.entries(results)) rounds.push(await round(name, SECONDS));
}

/** @param {number[]} values */
const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
const rows = Object.entries(results).map(([name, rounds]) => {
  const bare = results.forward ?? [];
  return {
    "": LABELS[name],
    "requests a second": Math.round(middle(rounds.map(({ rate }) => rate))),
    "of the forward": Number(
      middle(rounds.map(({ rate }, place) => rate / (bare[place]?.rate ?? 1))).toFixed(2),
    ),
    "median ms": Number(middle(rounds.map(({ median }) => median)).toFixed(2)),
    "99 % ms": Number(middle(rounds.map(({ late }) => late)).toFixed(2)),
    "added, median": Number(
      middle(rounds.map(({ median }, place) => median - (bare[place]?.median ?? 0))).toFixed(2),
    ),
    "added, 99 %": Number(
      middle(rounds.map(({ late }, place) => late - (bare[place]?.late ?? 0))).toFixed(2),
    ),
  };
});
console.table(rows);
await engine.dispose();
server.closeAllConnections();
server.close();
await rm(folder, { recursive: true, force: true });
if (dialled !== next) throw new Error(`${next} requests, ${dialled} calls`);
keep("edge", { rounds: ROUNDS, connections: CONNECTIONS, rows });
