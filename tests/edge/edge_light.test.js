/**
 * The handler in Vercel's edge runtime: the module is compiled inside its context, as a deployment does it.
 * @module
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EdgeVM } from "@edge-runtime/vm";
import { build } from "esbuild";
import { freshKey, ORIGIN } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";

const TOKEN = "canary-token-vercel-31";
const dist = fileURLToPath(new URL("../../pkg/dist/", import.meta.url));

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {any} */
let vm;
/** @type {string[]} */
let lines;

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  const entry = `import { createHandler } from ${JSON.stringify(`${dist}edge_light.js`)}; globalThis.createHandler = createHandler;`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: dist },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    external: ["*.wasm?module"],
  });
  // What the platform's bundler does with `import module from "….wasm?module"`.
  const bundle = (outputFiles[0]?.text ?? "").replace(
    /import (\w+) from "\.\/quickcall_edge\.wasm\?module";/,
    "const $1 = wasm;",
  );
  vm = new EdgeVM({
    extend: (context) => {
      lines = [];
      context.console = /** @type {any} */ ({ log: (/** @type {string} */ line) => lines.push(line) });
      context.EdgeRuntime = "vercel";
      return context;
    },
  });
  vm.context.bytes = new Uint8Array(await readFile(`${dist}quickcall_edge.wasm`));
  await vm.evaluate(
    "WebAssembly.compile(new Uint8Array(bytes)).then((module) => { globalThis.wasm = module; })",
  );
  vm.evaluate(bundle.replace(/export\s*\{[^}]*\};?/g, ""));
});
after(() => simulator.stop());
beforeEach(() => simulator.clear());

/** @param {object} [more] */
function makeHandler(more) {
  vm.context.config = {
    baseUrl: simulator.baseUrl,
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: TOKEN,
    endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
    origins: [ORIGIN],
    destinations: { allow: ["+1415"] },
    ...more,
  };
  return vm.evaluate("createHandler(JSON.parse(JSON.stringify(config)))");
}

/**
 * @param {any} handler
 * @param {string} number
 * @param {Record<string, string>} [headers]
 * @param {object} [context]
 */
async function ask(handler, number, headers = {}, context = { waitUntil() {} }) {
  vm.context.given = {
    method: "POST",
    headers: {
      origin: ORIGIN,
      "content-type": "application/json",
      "idempotency-key": freshKey(),
      ...headers,
    },
    body: JSON.stringify({ endpoint: "sales", number }),
  };
  const request = vm.evaluate('new Request("https://www.example.com/call", given)');
  const response = await handler(request, context);
  return { status: response.status, json: await response.json() };
}

test("a call is placed and handed to the runtime to be finished", async () => {
  const handler = makeHandler();
  /** @type {Promise<unknown>[]} */
  const handed = [];
  const context = { waitUntil: (/** @type {Promise<unknown>} */ work) => handed.push(work) };
  const { status, json } = await ask(handler, "+14155550100", {}, context);
  assert.deepEqual([status, json.state], [200, "started"]);
  assert.equal(handed.length, 1);
  assert.equal((await simulator.calls()).length, 1);
});

test("phones ring shorter, so that an answer comes within 25 seconds", async () => {
  await ask(makeHandler(), "+14155550100");
  await ask(makeHandler({ options: { timeout: 60 } }), "+14155550199");
  await ask(makeHandler({ options: { timeout: 10 } }), "+14155550198");
  const timeouts = (await simulator.calls()).map((call) => call.options.timeout);
  assert.deepEqual(timeouts, [20, 20, 10]);
});

test("one key is one call, and the visitor is the one that the platform names", async () => {
  const handler = makeHandler({ limits: { perVisitor: "1/day" } });
  const key = { "idempotency-key": freshKey(), "x-real-ip": "192.0.2.1" };
  const [first, second] = await Promise.all([
    ask(handler, "+14155550106", key),
    ask(handler, "+14155550106", key),
  ]);
  assert.deepEqual(first, second);
  const same = { "x-real-ip": "192.0.2.1", "x-forwarded-for": "192.0.2.9", "cf-connecting-ip": "192.0.2.9" };
  assert.equal((await ask(handler, "+14155550199", same)).json.error.code, "limited");
  assert.equal((await ask(handler, "+14155550199", { "x-real-ip": "192.0.2.2" })).status, 200);
  assert.equal((await simulator.calls()).length, 2);
  assert.match(lines.join("\n"), /"decision":"started"/);
  assert.doesNotMatch(lines.join("\n"), /canary/);
});
