/**
 * The examples as they stand, started as a user would: copied, the packed package installed, the settings given by the
 * environment.
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freshKey, press } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { startProgram } from "./harness/process.js";

const run = promisify(execFile);
const bin = fileURLToPath(new URL("node_modules/.bin/", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const PAGE_ORIGIN = "https://shop.example.com";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Record<string, string>} */
let settings;
let folder = "";
let apiKey = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "quickcall-examples-"));
  await run("npm", ["pack", join(root, "pkg"), "--pack-destination", folder]);
  simulator = await startSimulator({ speed: 20, rateLimit: false });
  const about = await simulator.about();
  apiKey = about.apiKey;
  settings = {
    KAZOO_URL: simulator.baseUrl,
    KAZOO_ACCOUNT: about.accountId,
    SALES_USER: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    PAGE_ORIGIN,
  };
});
after(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Copies an example and unpacks the package where installing puts it. @param {string} name */
async function install(name) {
  const copy = join(folder, name);
  await cp(join(root, "examples", name), copy, { recursive: true });
  const target = join(copy, "node_modules/quickcall");
  await mkdir(target, { recursive: true });
  const tarball = join(folder, "quickcall-0.1.0.tgz");
  await run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  return copy;
}

/** @type {Record<string, (copy: string) => ReturnType<typeof startProgram>>} */
const EXAMPLES = {
  node: (cwd) =>
    startProgram("npm", ["start"], {
      cwd,
      env: { ...settings, KAZOO_API_KEY: apiKey, PORT: "0" },
      pattern: /listening on port (\d+)/,
    }),
  deno: (cwd) =>
    startProgram(`${bin}deno`, ["task", "start"], {
      cwd,
      env: { ...settings, KAZOO_API_KEY: apiKey, PORT: "0", KV_FILE: join(cwd, "kv.sqlite") },
      pattern: /[Ll]istening on http:\/\/\S+:(\d+)/,
    }),
  async cloudflare(cwd) {
    await writeFile(join(cwd, ".dev.vars"), `KAZOO_API_KEY=${apiKey}\n`);
    const vars = Object.entries(settings).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
    const given = ["dev", "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0", ...vars];
    return startProgram(`${bin}wrangler`, given, {
      cwd,
      env: { WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" },
      pattern: /Ready on http:\/\/\S+?:(\d+)/,
    });
  },
};

for (const [name, start] of Object.entries(EXAMPLES)) {
  test(`the example for ${name} places a call, once for one key, and refuses what it should`, async () => {
    const example = await start(await install(name));
    try {
      const url = `http://127.0.0.1:${example.url.replaceAll("/", "")}/`;
      await simulator.clear();
      const key = { origin: PAGE_ORIGIN, "idempotency-key": freshKey() };
      /** @param {string} number @param {Record<string, string>} [headers] */
      const ask = (number, headers = { origin: PAGE_ORIGIN }) =>
        press(url, { body: { endpoint: "sales", number }, headers });
      const first = await ask("+1 (415) 555-0100", key);
      assert.deepEqual([first.status, first.json.state], [200, "started"], first.text + example.output());
      assert.equal((await ask("+14155550100", key)).text, first.text);
      const code = async (
        /** @type {string} */ number,
        /** @type {Record<string, string>} */ headers = {},
      ) => {
        const { json } = await ask(number, { origin: PAGE_ORIGIN, ...headers });
        return json.state ?? json.error.code;
      };
      assert.equal(await code("+14155550100", { origin: "https://evil.example" }), "origin_refused");
      assert.equal(await code("+15005550100"), "destination_refused");
      assert.equal(await code("+14159765550"), "destination_refused");
      assert.equal(await code("+14155550101"), "originate_failed");
      assert.equal(await code("+14155550199"), "started");
      // Three a minute, whatever a visitor says of itself.
      assert.equal(await code("+14155550198", { "x-forwarded-for": "192.0.2.7" }), "limited");
      const dialled = (await simulator.calls()).map((call) => call.dialled);
      assert.deepEqual(dialled, ["+14155550100", null, "+14155550199"]);
      assert(!example.output().includes(apiKey));
    } finally {
      await example.kill();
    }
  });
}

test("the example for Node answers the call that is under way before it ends", async () => {
  const cwd = await install("node");
  const example = await startProgram(process.execPath, ["server.js"], {
    cwd,
    env: { ...settings, KAZOO_API_KEY: apiKey, PORT: "0" },
    pattern: /listening on port (\d+)/,
  });
  try {
    await simulator.clear();
    const url = `http://127.0.0.1:${example.url.replaceAll("/", "")}/`;
    const body = { endpoint: "sales", number: "+14155550106" };
    const answer = press(url, { body, headers: { origin: PAGE_ORIGIN } });
    answer.catch(() => {});
    while ((await simulator.calls()).length === 0) await setTimeout(20);
    await example.stop();
    assert.equal((await answer).json.state, "started");
  } finally {
    await example.kill();
  }
});

test("the example for Cloudflare can be deployed as it is", async () => {
  const cwd = await install("cloudflare");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" };
  const given = ["deploy", "--dry-run", "--outdir", join(cwd, "out")];
  const { stdout } = await run(`${bin}wrangler`, given, { cwd, env });
  assert.match(stdout, /env\.QUICKCALL_GUARD \(QuickcallGuard\)/);
  assert.match(stdout, /--dry-run: exiting now/);
});
