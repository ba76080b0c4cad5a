/**
 * The handler in Deno: several processes and one Deno KV.
 * @module
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freshKey, leave, ORIGIN, press } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { bundle } from "./harness/bundle.js";
import { startProgram } from "./harness/process.js";

const TOKEN = "canary-token-deno-31";
const deno = fileURLToPath(new URL("node_modules/.bin/deno", import.meta.url));

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof startProgram>>[]} */
let processes = [];
let folder = "";
let next = 1000;

/** @param {object} [more] */
const start = (more) => {
  const config = {
    baseUrl: simulator.baseUrl,
    accountId: "0123456789abcdef0123456789abcdef",
    endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
    origins: [ORIGIN],
    destinations: { allow: ["+1415"] },
    options: { timeout: 4 },
    deadlineMargin: 1,
    kv: join(folder, "kv.sqlite"),
    visitorHeader: "x-test-visitor",
    ...more,
  };
  const permissions = [
    "--allow-net=127.0.0.1",
    "--allow-env=KAZOO_TOKEN",
    `--allow-read=${folder}`,
    `--allow-write=${folder}`,
  ];
  const given = [
    "run",
    "--no-prompt",
    "--unstable-kv",
    ...permissions,
    join(folder, "server.js"),
    JSON.stringify(config),
  ];
  return startProgram(deno, given, { env: { KAZOO_TOKEN: TOKEN } });
};

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  folder = await mkdtemp(join(tmpdir(), "quickcall-deno-"));
  await bundle("server.js", join(folder, "server.js"));
  processes = [await start(), await start(), await start()];
});
after(async () => {
  for (const process of processes) await process.kill();
  await rm(folder, { recursive: true, force: true });
  await simulator.stop();
});
beforeEach(() => simulator.clear());

/**
 * @param {number} place
 * @param {string} number
 * @param {Record<string, string>} [headers]
 */
const ask = (place, number, headers = {}) =>
  press(String(processes[place % processes.length]?.url), {
    body: { endpoint: "sales", number },
    headers: { "x-test-visitor": `visitor-${next++}`, ...headers },
  });

for (const [number, answer] of /** @type {[string, RegExp][]} */ ([
  ["+14155550106", /^200 .*"state":"started"/],
  ["+14155550107", /^504 .*"code":"network"/],
])) {
  test(`200 requests with one key over three processes, ${number}: one dial, 200 equal answers`, async () => {
    const key = { "idempotency-key": freshKey() };
    const asked = Array.from({ length: 200 }, (_, count) => ask(count, number, key));
    const answers = new Set((await Promise.all(asked)).map(({ status, text }) => `${status} ${text}`));
    assert.equal(answers.size, 1);
    assert.match([...answers].join(), answer);
    assert.equal((await simulator.calls()).length, 1);
  });
}

test("a killed process leaves what it began unknown, and nothing is dialled twice", async () => {
  const key = { "idempotency-key": freshKey() };
  const lost = ask(0, "+14155550109", key).catch(() => "lost");
  for (let rest = 200; rest > 0 && (await simulator.calls()).length === 0; rest--) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await processes[0]?.kill();
  assert.equal(await lost, "lost");
  const { status, json } = await ask(1, "+14155550109", key);
  assert.deepEqual([status, json.error.code, json.error.outcome], [409, "in_progress", "unknown"]);
  processes[0] = await start();
  assert.equal((await ask(0, "+14155550109", key)).json.error.outcome, "unknown");
  assert.equal((await simulator.calls()).length, 1);
});

test("a limit holds over the processes, and the visitor is the socket's address", async () => {
  const kv = join(folder, "limits.sqlite");
  const more = { kv, limits: { perVisitor: "5/day" }, visitorHeader: undefined };
  // One after the other: of processes that make a database at once, some find it locked.
  const limited = [await start(more), await start(more)];
  try {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, count) =>
        press(String(limited[count % 2]?.url), {
          body: { endpoint: "sales", number: `+1415556${1000 + count}` },
          headers: { "x-forwarded-for": `192.0.2.${count}` },
        }),
      ),
    );
    const placed = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ json }) => json.error?.code === "limited").length;
    assert.deepEqual([placed, refused], [5, 25]);
    assert.equal((await simulator.calls()).length, 5);
    // All that have no address would have one limit, too.
    const visitors = () => limited.flatMap((process) => process.output().match(/"visitor":"[^"]*"/g) ?? []);
    for (let rest = 100; rest > 0 && visitors().length < 30; rest--) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual([visitors().length, ...new Set(visitors())], [30, '"visitor":"127.0.0.1"']);
  } finally {
    for (const process of limited) await process.kill();
  }
});

test("who leaves at once has no other limit", async () => {
  const kv = join(folder, "leaving.sqlite");
  const limited = await start({ kv, limits: { perVisitor: "1/day" }, visitorHeader: undefined });
  try {
    const body = { endpoint: "sales", number: "+14155557000" };
    assert.equal((await press(limited.url, { body })).status, 200);
    for (let count = 0; count < 24; count++) await leave(limited.url, `+1415557${1000 + count}`, count % 3);
    const other = { endpoint: "sales", number: "+14155557001" };
    assert.equal((await press(limited.url, { body: other })).json.error.code, "limited");
    assert.equal((await simulator.calls()).length, 1);
    assert.doesNotMatch(limited.output(), /"visitor":"(?:unknown|0\.0\.0\.0)"/);
  } finally {
    await limited.kill();
  }
});

test("no token in what Deno logs", () => {
  const output = processes.map((process) => process.output()).join("");
  assert.match(output, /"decision":"network"/);
  assert.doesNotMatch(output, /canary/);
});

test("who has gone while the process was busy is not called", async () => {
  const busy = await start({ kv: undefined, blocks: 400, visitorHeader: undefined });
  try {
    for (let count = 0; count < 3; count++) await leave(busy.url, `+1415557${2000 + count}`, 100);
    const body = { endpoint: "sales", number: "+14155557100" };
    assert.equal((await press(busy.url, { body })).status, 200);
    assert.equal((await simulator.calls()).length, 1);
    assert.match(busy.output(), /the visitor has gone/);
  } finally {
    await busy.kill();
  }
});
