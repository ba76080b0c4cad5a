/**
 * What a watcher keeps alive: the process, as long as somebody waits for a step of a call, and not longer.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEventServer } from "./harness/event_server.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const A = `${"a".repeat(36)}-quickcall`;

/**
 * A process that watches, and then does this with its watcher.
 * @param {string} url
 * @param {string} then
 */
function watching(url, then) {
  const program = `
    import { WebSocket } from "ws";
    import { watch } from "#quickcall/events";
    const server = { baseUrl: "http://127.0.0.1:9/v2", accountId: "0123456789abcdef0123456789abcdef" };
    const watcher = await watch({ url: "${url}", ...server, authToken: "a-token", WebSocket });
    ${then}
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  let warned = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    warned += text;
  });
  /** Waits until it has said a word. @param {string} word */
  const says = async (word) => {
    while (!said.includes(word)) await once(child.stdout, "data");
  };
  const exited = once(child, "close").then(([code]) => {
    assert.equal(warned, "");
    return { code, said: said.trim().split("\n") };
  });
  return { exited, says };
}

const FOLLOW = `
  console.log("follows");
  for await (const { state } of watcher.follow(["${A}"])) console.log(state);
`;

test("a lost socket does not end a process that waits for a step", { timeout: 120_000 }, async (context) => {
  const events = await startEventServer();
  context.after(events.stop);
  const { exited, says } = watching(events.url, `${FOLLOW} watcher.close();`);
  await says("follows");
  events.tell("CHANNEL_CREATE", { call_id: A });
  await says("ringing");
  events.cut();
  while (events.wanted.opened < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 200));
  events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "NORMAL_CLEARING" });
  assert.deepEqual(await exited, { code: 0, said: ["follows", "ringing", "ended"] });
});

for (const [what, then, first, last] of /** @type {const} */ ([
  ["nothing is followed", 'console.log("opened");', "opened", "opened"],
  ["a call is over", FOLLOW, "follows", "ended"],
  ["its steps are not taken", `console.log("follows"); watcher.follow(["${A}"]);`, "follows", "follows"],
])) {
  test(`a lost socket keeps no process where ${what}`, { timeout: 120_000 }, async (context) => {
    const events = await startEventServer();
    context.after(events.stop);
    const { exited, says } = watching(events.url, then);
    await says(first);
    events.tell("CHANNEL_DESTROY", { call_id: A, hangup_cause: "NORMAL_CLEARING" });
    await says(last);
    await new Promise((resolve) => setTimeout(resolve, 200));
    events.stop();
    assert.equal((await exited).code, 0);
  });
}

test("a closed watcher keeps no process", { timeout: 120_000 }, async (context) => {
  const events = await startEventServer();
  context.after(events.stop);
  const { exited, says } = watching(
    events.url,
    `setTimeout(() => watcher.close(), 500); ${FOLLOW} console.log("closed");`,
  );
  await says("follows");
  const followed = performance.now();
  assert.deepEqual(await exited, { code: 0, said: ["follows", "closed"] });
  assert.ok(performance.now() - followed < 9_000, "no timer of 10 seconds is waited for");
});

test("a closed watcher keeps no process whose server is gone without a word", {
  timeout: 60_000,
}, async (context) => {
  const events = await startEventServer();
  context.after(events.stop);
  const then = 'setTimeout(() => watcher.close(), 1_000); console.log("opened");';
  const { exited, says } = watching(events.url, then);
  await says("opened");
  events.hush();
  const hushed = performance.now();
  assert.equal((await exited).code, 0);
  assert.ok(performance.now() - hushed < 9_000, "no farewell is waited for");
});
