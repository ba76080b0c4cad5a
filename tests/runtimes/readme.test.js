/**
 * The README of the packed package: what it points to is there, and what it says of a call's events runs on Node 20 as written.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startSimulator } from "../js/harness/simulator.js";
import { makeProject } from "./harness/project.js";

const run = promisify(execFile);
const node20 = fileURLToPath(new URL("node_modules/node20/bin/node", import.meta.url));
const ws = fileURLToPath(new URL("../../node_modules/ws", import.meta.url));
const TOKEN = "canary-token-r1r2";

/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
let folder = "";
before(async () => {
  project = await makeProject();
  folder = join(project.folder, "node_modules/quickcall");
});
after(() => project?.remove());

test("every document, example and link that it, the documents and the examples speak of is in the package", () => {
  // What was measured and what was found is told of the whole project. Links must lead somewhere all the same.
  const ofProject = ["docs/performance.md", "docs/reliability.md"];
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^(README\.md|docs\/.*\.md|examples\/.*\.md)$/.test(name),
  );
  assert.ok(texts.includes("README.md") && texts.length > 5, texts.join());
  const found = [];
  for (const name of texts) {
    const text = readFileSync(join(folder, name), "utf8");
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, link = ""]) => link);
    const own = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => join(dirname(name), link));
    const said = ofProject.includes(name)
      ? []
      : [...text.matchAll(/(?<![\w/.(])(?:docs|examples)\/[\w/-]*(?:\.\w+)?/g)].map(([path]) => path);
    found.push(...own, ...said);
    for (const path of [...own, ...said]) assert.ok(existsSync(join(folder, path)), `${name}: ${path}`);
  }
  for (const path of ["docs/element.md", "docs/security.md", "examples/"])
    assert.ok(found.includes(path), path);
});

test("what it says of a call's events runs on Node 20 as written", { timeout: 60_000 }, async () => {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const snippet = [...readme.matchAll(/```js\n([\s\S]+?)```/g)].find(([, code]) =>
    code?.includes("watch("),
  )?.[1];
  const simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  try {
    const { events } = await simulator.about();
    const code = snippet
      ?.replace("https://kazoo.example.com:8443/v2", simulator.baseUrl)
      .replace("wss://kazoo.example.com:5556", events);
    writeFileSync(join(project.folder, "snippet.mjs"), code ?? "");
    cpSync(ws, join(project.folder, "node_modules/ws"), { recursive: true });
    const env = { ...process.env, KAZOO_TOKEN: TOKEN };
    const { stdout } = await run(node20, ["snippet.mjs"], { cwd: project.folder, env });
    assert.deepEqual(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0]),
      ["ringing", "answered", "connected", "ended"],
    );
  } finally {
    await simulator.stop();
  }
});
