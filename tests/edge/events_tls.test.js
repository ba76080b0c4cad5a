/**
 * Events over TLS, as every server of the world is reached: a watcher on `wss` in Node, Deno and Bun, with no more permissions than to reach
 * the server, and the relay of a handler in workerd.
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { certificates } from "../js/harness/certificates.js";
import { startSimulator } from "../js/harness/simulator.js";
import { bundle } from "./harness/bundle.js";
import { startEngine, workerFolder } from "./harness/engine.js";
import { RUNTIMES } from "./harness/runtimes.js";

const TOKEN = "canary-token-e4e5";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const ORIGIN = "https://www.example.com";
const STATES = ["ringing", "answered", "connected", "ended"];
const WS = fileURLToPath(new URL("../../node_modules/ws/index.js", import.meta.url));

const { authority, ...certified } = certificates();
/** @type {import("node:tls").Server[]} */
const fronts = [];
/** @type {import("../js/harness/simulator.js").Simulator} */
let simulator;
let folder = "";
/** What each runtime reads when it starts. @type {Record<string, string>} */
let trusted = {};
/** The API, its websocket, and one whose certificate is another host's. */
let baseUrl = "";
let url = "";
let otherUrl = "";

/**
 * Puts TLS in front of a port. Gives the host it is reached at.
 * @param {string} behind
 * @param {{ cert: string, key: string }} certificate
 */
async function front(behind, certificate) {
  const server = createServer(certificate, (socket) => {
    const upstream = connect(Number(new URL(behind).port), "127.0.0.1");
    socket.on("error", () => upstream.destroy());
    upstream.on("error", () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  fronts.push(server);
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "quickcall-events-tls-"));
  const path = join(folder, "authority.pem");
  await writeFile(path, authority);
  trusted = { NODE_EXTRA_CA_CERTS: path, DENO_CERT: path };
  await bundle("watched_calls.js", join(folder, "watched_calls.js"));
  simulator = await startSimulator({ speed: 20, token: TOKEN });
  const { events } = await simulator.about();
  baseUrl = `https://${await front(simulator.origin, certified.right)}/v2`;
  url = `wss://${await front(events, certified.right)}`;
  otherUrl = `wss://${await front(events, certified.other)}`;
});
after(async () => {
  await simulator?.stop();
  for (const server of fronts) server.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Watches calls, and gives what is told of each.
 * @param {string} name Of the runtime.
 * @param {string} at The websocket.
 */
async function watched(name, at) {
  const [program = "", before = []] = RUNTIMES[name] ?? [];
  const config = {
    url: at,
    baseUrl,
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: TOKEN,
    calls: [
      { user: USER, number: "4157770100" },
      { user: USER, number: "4157780100", blocking: false },
    ],
    ws: name === "Node" ? WS : undefined,
  };
  const given = [...before, join(folder, "watched_calls.js"), JSON.stringify(config)];
  const { stdout } = await promisify(execFile)(program, given, {
    timeout: 60_000,
    env: { ...process.env, ...trusted },
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

for (const name of Object.keys(RUNTIMES)) {
  test(`${name}: calls are followed to their end`, async () => {
    assert.deepEqual(await watched(name, url), [
      ["started", ...STATES, "gone"],
      ["accepted", ...STATES, "gone"],
    ]);
  });

  test(`${name}: nothing is watched or placed where the certificate is another host's`, async () => {
    await simulator.clear();
    assert.deepEqual(await watched(name, otherUrl), [["network", "not_placed"]]);
    assert.deepEqual(await simulator.calls(), []);
  });
}

test("workerd: a page's call is placed and followed", async (context) => {
  const worker = await workerFolder();
  context.after(worker.remove);
  const config = {
    baseUrl,
    accountId: "0123456789abcdef0123456789abcdef",
    endpoints: { sales: { user: USER } },
    origins: [ORIGIN],
    destinations: { allow: ["+1415"] },
    limits: { perVisitor: "5/min" },
    events: { url },
  };
  const engine = await startEngine(worker.folder, { only: { CONFIG: config, TOKEN } }, {}, true, trusted);
  context.after(engine.stop);
  const ask = (accept = "application/json") =>
    fetch(engine.direct.only ?? "", {
      method: "POST",
      headers: {
        origin: ORIGIN,
        "content-type": "application/json",
        "idempotency-key": "over-tls-1",
        accept,
      },
      body: JSON.stringify({ endpoint: "sales", number: "+14157790100" }),
    });
  assert.equal((await (await ask()).json()).state, "started");
  const told = await (await ask("text/event-stream")).text();
  const states = [...told.matchAll(/"state":"([a-z]+)"/g)].map(([, state]) => state);
  // How far the call is when its websocket is open depends on the machine.
  assert.deepEqual(states, STATES.slice(-Math.max(1, states.length)));
});
