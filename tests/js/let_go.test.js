import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

/** Each starts a program, does not end it, and says where it listens. */
const SCRIPTS = {
  "a simulator": `
    const { startSimulator } = await import(${JSON.stringify(new URL("harness/simulator.js", import.meta.url).href)});
    console.log((await startSimulator()).origin);`,
  "a program that serves": `
    const { startProgram } = await import(${JSON.stringify(new URL("../edge/harness/process.js", import.meta.url).href)});
    const server = \`require("node:http").createServer((_, answer) => answer.end())
      .listen(0, "127.0.0.1", function () { console.log("listening on http://127.0.0.1:" + this.address().port); });\`;
    console.log((await startProgram(process.execPath, ["-e", server])).url);`,
};

for (const [what, script] of Object.entries(SCRIPTS)) {
  test(`a run that leaves ${what} ends, and ends it`, async () => {
    const run = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    run.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    const limit = setTimeout(() => run.kill("SIGKILL"), 300_000);
    const [code] = await once(run, "close");
    clearTimeout(limit);
    assert.equal(code, 0);
    const url = said.trim();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/?$/);
    for (let rest = 100; rest > 0 && (await answers(url)); rest--) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(await answers(url), false);
  });
}

/** @param {string} url */
const answers = (url) =>
  fetch(url).then(
    () => true,
    () => false,
  );
