/**
 * A page with buttons in Chromium, a handler on a real socket behind them, and the simulator where calls are counted. Each test
 * that takes from here has all of it for itself.
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";
import { WebSocket } from "ws";
import { createHandler } from "#quickcall/edge";
import { launchChromium } from "./browser.js";
import { handlerConfig, serve } from "./handler.js";
import { startSimulator } from "./simulator.js";

/** @import { Page } from "playwright-core" */

export const TOKEN = "canary-token-e1e2";
export const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
export const ACCOUNT = "0123456789abcdef0123456789abcdef";

/** @type {import("./simulator.js").Simulator} */
export let simulator;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
export let handler;
const folder = mkdtempSync(join(tmpdir(), "quickcall-element-"));
/** @type {Page} */
export let page;
/** @type {string[]} */
export let complaints;
/** @type {string[]} */
export let urls;

before(async () => {
  simulator = await startSimulator({
    speed: 20,
    token: TOKEN,
    package: "pkg",
    www: folder,
    rateLimit: false,
  });
  browser = await launchChromium();
  handler = await serve(
    createHandler({
      ...handlerConfig(simulator, TOKEN, simulator.origin),
      options: { timeout: 4 },
      events: { url: (await simulator.about()).events, WebSocket },
    }),
  );
});
after(async () => {
  await browser?.close();
  handler?.close();
  rmSync(folder, { recursive: true, force: true });
  await simulator?.stop();
});
beforeEach(() => simulator.clear());
afterEach(() => page.context().close());

/** Opens a page with this content. @param {string} content */
export async function open(content) {
  const context = await browser.newContext();
  page = await context.newPage();
  complaints = [];
  urls = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => urls.push(request.url()));
  // On a real socket: a page that the test makes up would count as one of the open network, and could not ask this machine.
  writeFileSync(
    join(folder, "page.html"),
    `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">
      <main><h1>A page</h1>${content}</main><script type="module" src="/quickcall/dist/element.js"></script>`,
  );
  await page.goto(`${simulator.origin}/page.html`);
  await page.waitForFunction(() => customElements.get("quickcall-button"));
  await page.evaluate(() => {
    const scope = /** @type {any} */ (globalThis);
    scope.told = [];
    for (const name of ["before", "state", "placed", "error"]) {
      addEventListener(`quickcall-${name}`, (event) => {
        const { detail } = /** @type {CustomEvent} */ (event);
        scope.told.push([name, detail.state ?? detail.code ?? detail.number]);
      });
    }
  });
}

/** @param {string} [more] */
export const button = (more = 'number="+14155550100"') =>
  `<quickcall-button handler="${handler.url}" endpoint="sales" ${more}>Call us</quickcall-button>`;
/**
 * Opens a page with a button that asks the server itself.
 * @param {string} more Its attributes besides, with the number.
 */
export async function openDirect(more) {
  const server = `base-url="${simulator.baseUrl}" account-id="${ACCOUNT}" user="${USER}"`;
  await open(`<quickcall-button ${server} ${more}>Call us</quickcall-button>`);
  await page.evaluate((token) => {
    /** @type {any} */ (document.querySelector("quickcall-button")).authToken = token;
  }, TOKEN);
}
export const inner = "quickcall-button [part=button]";
export const press = () => page.click(inner, { force: true });
/** A press that is no double click. The page's own time counts: where it is slow, the rest of the button ends later, too. */
export async function pressAgain() {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 450)));
  await press();
}
/** Says yes in the dialog, later than the second click of a double one would. */
export async function sayYes() {
  const yes = page.locator("dialog[open] [part=confirm]");
  await yes.waitFor();
  await page.waitForTimeout(450);
  await yes.click();
}
/**
 * Keeps requests back: those to the handler, so that a call is under way for as long as a test looks at it, or others.
 * @param {string} [url]
 * @returns {Promise<() => void>} Lets them go.
 */
export async function keepBack(url = handler.url) {
  let go = () => {};
  const gone = new Promise((resolve) => {
    go = () => resolve(undefined);
  });
  await page.route(url, async (route) => {
    await gone;
    await route.continue();
  });
  return go;
}
/** @param {string} state */
export const reached = (state) => page.waitForSelector(`quickcall-button[data-state="${state}"]`);
/** What the first button says; it comes with the first press. */
export async function said() {
  const text = () => page.locator("quickcall-button [part=message]").first().textContent();
  const isIdle = async () => (await page.getAttribute("quickcall-button", "data-state")) === "idle";
  // On a busy machine it takes seconds.
  for (let rest = 600; rest > 0 && (await text()) === "" && !(await isIdle()); rest--)
    await page.waitForTimeout(50);
  return text();
}
export const told = () => page.evaluate(() => /** @type {any} */ (globalThis).told);
export const dialled = async () => (await simulator.calls()).map((call) => call.dialled);
