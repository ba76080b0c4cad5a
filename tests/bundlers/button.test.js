/**
 * The button in a page, in React, Vue and Svelte: the examples are built as they are, but for the handler's address and what only
 * properties give, and pressed in Chromium.
 */

import assert from "node:assert/strict";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as vite from "vite";
import { launchChromium } from "../js/harness/browser.js";
import { handlerConfig, serve as serveHandler } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { makeProject } from "../runtimes/harness/project.js";
import { serve } from "../runtimes/harness/site.js";

/** @type {typeof import("#quickcall/edge")} */
const { createHandler } = await import(new URL("../../pkg/dist/edge.js", import.meta.url).href);

const here = fileURLToPath(new URL(".", import.meta.url));
const examples = fileURLToPath(new URL("../../examples/button", import.meta.url));
const TOKEN = "canary-token-e1e4";
/** What no attribute can give, as each framework writes it. */
const GIVEN = {
  plain: "",
  react: "options={{}} messages={{}} progress={async function* () {}} authToken={() => {}}",
  vue: ':options="{}" :messages="{}" :progress="async function* () {}" :authToken="() => {}"',
  svelte: "options={{}} messages={{}} progress={async function* () {}} authToken={() => {}}",
};

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let browser;

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  project = await makeProject(here);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await project?.remove();
  await simulator?.stop();
});

/**
 * Builds an example and opens it.
 * @param {keyof typeof GIVEN} name
 */
async function open(name) {
  const place = join(project.folder, name);
  await cp(join(examples, name), place, { recursive: true });
  const out = join(place, "dist");
  const site = await serve(out);
  const handler = await serveHandler(createHandler(handlerConfig(simulator, TOKEN, site.origin)));
  for (const file of await readdir(place)) {
    if (!/\.(html|jsx?|vue|svelte)$/.test(file)) continue;
    const text = await readFile(join(place, file), "utf8");
    const given = text.replace('endpoint="sales"\n', `endpoint="sales" ${GIVEN[name]}\n`);
    await writeFile(join(place, file), given.replaceAll("https://edge.example.com/call", handler.url));
  }
  await vite.build({ root: place, logLevel: "error", base: "./" });
  const page = await browser.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${site.origin}/index.html`);
  return {
    page,
    complaints,
    async close() {
      await page.close();
      handler.close();
      await site.close();
      await simulator.clear();
    },
  };
}
const dialled = async () => (await simulator.calls()).map((call) => call.dialled);

for (const name of /** @type {const} */ (["react", "vue", "svelte"])) {
  test(`${name}: properties are given, the number follows its field, the press calls, and the event comes`, {
    timeout: 60_000,
  }, async () => {
    const { page, complaints, close } = await open(name);
    await page.waitForSelector("quickcall-button [part=button]");
    const given = await page.$eval("quickcall-button", (button) => {
      const { authToken, messages, options, progress } = /** @type {any} */ (button);
      return [typeof authToken, messages, options, typeof progress, button.getAttributeNames().sort()];
    });
    const attributes = ["data-state", "endpoint", "handler", "number"];
    assert.deepEqual(given, ["function", {}, {}, "function", attributes]);
    await page.click("quickcall-button [part=button]");
    await page.waitForSelector('quickcall-button[data-state="started"]');
    await page.waitForFunction(() => /-quickcall$/.test(document.querySelector("output")?.textContent ?? ""));
    assert.deepEqual(await dialled(), ["+14155550100"]);
    // Rendered again while it rests, it is the same button.
    await page.fill("input", "+14155550142");
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "started");
    await page.waitForSelector('quickcall-button[data-state="idle"]');
    await page.click("quickcall-button [part=button]");
    await page.waitForSelector('quickcall-button[data-state="started"]');
    assert.deepEqual(await dialled(), ["+14155550100", "+14155550142"]);
    assert.deepEqual(complaints, []);
    await close();
  });
}

test("a plain page: a wrapped link, and a link of the page", { timeout: 60_000 }, async () => {
  const { page, complaints, close } = await open("plain");
  await page.getByRole("button", { name: "Call our office" }).click();
  await page.waitForSelector('quickcall-button[data-state="started"]');
  await page.getByRole("link").click();
  await page.waitForSelector('a[data-state="started"]');
  assert.deepEqual(await dialled(), ["+14155550100", "+14155550142"]);
  assert.deepEqual(complaints, []);
  await close();
});
