/**
 * The demo page in Chromium, on a simulator of its own. Each test that takes from here has all of it for itself.
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach } from "node:test";
import { launchChromium } from "./browser.js";
import { startSimulator } from "./simulator.js";

/** @import { Browser, Page } from "playwright-core" */

/** The simulator's, to be found wherever it leaks to. */
export const TOKEN = "canary-token-5f2b";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** @type {import("./simulator.js").Simulator} */
export let simulator;
/** @type {Browser} */
let browser;
/** @type {Page} */
export let page;
/** What the console said, and what was refused by the policy. @type {string[]} */
export let complaints;
/** Every URL that was asked for. @type {string[]} */
export let urls;

before(async () => {
  simulator = await startSimulator({ www: "www", package: "pkg", token: TOKEN, speed: 20, rateLimit: false });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await simulator?.stop();
});
beforeEach(async () => {
  await simulator.clear();
  await open();
});
afterEach(() => page.context().close());

/**
 * Opens the page, in a new profile.
 * @param {Parameters<Browser["newContext"]>[0]} [options]
 * @param {string} [path]
 * @param {string} [origin]
 */
export async function open(options = {}, path = "/", origin = simulator.origin) {
  await page?.context().close();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  complaints = [];
  urls = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => urls.push(request.url()));
  await page.goto(origin + path);
  await page.waitForSelector("#server-note:visible");
  await page.waitForFunction(() => document.querySelector("#no-request") !== null);
}

/** @param {string} selector */
export const text = async (selector) => (await page.textContent(selector))?.trim() ?? "";

export const dialled = async () =>
  (await simulator.calls()).filter((call) => call.dialled).map((call) => call.dialled);

/** Calls a number, and waits for what becomes of it. @param {string} number */
export async function call(number) {
  await page.fill("#field-number", number);
  await page.click("#call");
  await page.waitForSelector(".outcome");
}

/** Where the focus is: the id of its element, or the element's name. */
export const focused = () =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);

/** What axe finds wrong with the page. */
export async function axe() {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  return violations.map((/** @type {any} */ { id, nodes }) => [id, nodes[0].html]);
}

/**
 * Begins to collect what polite live regions are given.
 * @returns {Promise<() => Promise<string[]>>} What they were given since.
 */
export async function listen() {
  await page.evaluate(() => {
    /** @type {string[]} */
    const heard = [];
    Object.assign(globalThis, { heard });
    for (const region of document.querySelectorAll('[aria-live="polite"], [role="status"], [role="log"]')) {
      new MutationObserver((records) => {
        for (const { addedNodes } of records)
          for (const node of addedNodes) heard.push(node.textContent ?? "");
      }).observe(region, { childList: true, subtree: true });
    }
  });
  return () => page.evaluate(() => /** @type {any} */ (globalThis).heard);
}
