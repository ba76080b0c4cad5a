/**
 * The handler in Bun.
 * @module
 */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freshKey, leave, ORIGIN, press } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { bundle } from "./harness/bundle.js";
import { startProgram } from "./harness/process.js";

const TOKEN = "canary-token-bun-31";
// The package's own program is put in place by an install script, which is not run here.
const builds = fileURLToPath(new URL("node_modules/@oven/", import.meta.url));
const bun = `${builds}${readdirSync(builds)[0]}/bin/bun`;
let folder = "";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof startProgram>>} */
let handler;

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  const config = {
    baseUrl: simulator.baseUrl,
    accountId: "0123456789abcdef0123456789abcdef",
    endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
    origins: [ORIGIN],
    destinations: { allow: ["+1415"] },
    limits: { perVisitor: "3/day" },
  };
  folder = await mkdtemp(join(tmpdir(), "quickcall-bun-"));
  const server = join(folder, "server.js");
  await bundle("server.js", server);
  handler = await startProgram(bun, ["run", server, JSON.stringify(config)], { env: { KAZOO_TOKEN: TOKEN } });
});
after(async () => {
  await handler.kill();
  await rm(folder, { recursive: true, force: true });
  await simulator.stop();
});
beforeEach(() => simulator.clear());

/**
 * @param {string} number
 * @param {Record<string, string>} [headers]
 */
const ask = (number, headers = {}) => press(handler.url, { body: { endpoint: "sales", number }, headers });

test("200 requests with one key: one dial, 200 equal answers", async () => {
  const key = { "idempotency-key": freshKey() };
  const asked = Array.from({ length: 200 }, () => ask("+14155550106", key));
  const answers = new Set((await Promise.all(asked)).map(({ status, text }) => `${status} ${text}`));
  assert.equal(answers.size, 1);
  assert.match([...answers].join(), /^200 .*"state":"started"/);
  assert.equal((await simulator.calls()).length, 1);
});

test("refusals, a failure, and the limit of the socket's address", async () => {
  assert.equal((await ask("+15005550100")).json.error.code, "destination_refused");
  assert.equal(
    (await ask("+14155550100", { origin: "https://evil.example" })).json.error.code,
    "origin_refused",
  );
  assert.equal((await ask("+14155550101")).json.error.hangupCause, "USER_BUSY");
  assert.equal((await ask("+14155550107")).json.error.outcome, "unknown");
  assert.equal((await ask("+14155550100", { "x-forwarded-for": "192.0.2.7" })).json.error.code, "limited");
  assert.equal((await simulator.calls()).length, 2);
  assert.match(handler.output(), /"visitor":"127\.0\.0\.1"/);
  assert.doesNotMatch(handler.output(), /canary/);
});

test("who leaves at once has no other limit", async () => {
  for (let count = 0; count < 24; count++) await leave(handler.url, `+1415556${1000 + count}`, count % 3);
  // Every other visitor is over the limit of this address by now.
  assert.equal((await ask("+14155550100")).json.error.code, "limited");
  assert.deepEqual(await simulator.calls(), []);
  assert.doesNotMatch(handler.output(), /"visitor":"unknown"/);
});
