/**
 * The button and the links of a page under the strict policy that docs/element.md names, as a header, in Chromium and Firefox: the
 * question before a call, a call of unknown outcome, the press after it, and a link with its notice break no rule of it.
 */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, launch } from "../edge/harness/browsers.js";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { serve as serveSite } from "./harness/site.js";

/** @import { Browser, Page } from "puppeteer-core" */

/** @type {typeof import("#quickcall/edge")} */
const { createHandler } = await import(new URL("../../pkg/dist/edge.js", import.meta.url).href);

const TOKEN = "canary-token-e1e4";

/** What the page does: it makes a button and a link of what it is given, and writes down what happens. */
const SCRIPT = `
const scope = globalThis;
scope.violations = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  scope.violations.push([effectiveDirective, blockedURI]);
});
scope.told = [];
for (const name of ["placed", "error"]) {
  addEventListener("quickcall-" + name, ({ detail }) => scope.told.push(detail.outcome ?? detail.state));
}
const { enhanceTelLinks } = await import("/quickcall/dist/element.js");
const { way, numbers } = JSON.parse(new URLSearchParams(location.search).get("given"));
const button = document.createElement("quickcall-button");
button.textContent = "Call us";
for (const [name, value] of Object.entries({ ...way.attributes, number: numbers[0], confirm: "dialog" })) {
  button.setAttribute(name, value);
}
button.authToken = way.links.authToken;
const link = document.createElement("a");
link.href = "tel:" + numbers[1];
link.textContent = "Call our office";
document.body.append(button, link);
enhanceTelLinks(document, way.links);
scope.isReady = true;
`;

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
/** @type {Awaited<ReturnType<typeof serveSite>>} */
let site;
const folder = mkdtempSync(join(tmpdir(), "quickcall-policy-"));

before(async () => {
  mkdirSync(join(folder, "consumers"));
  writeFileSync(join(folder, "consumers/page.js"), SCRIPT);
  symlinkSync(fileURLToPath(new URL("../../pkg", import.meta.url)), join(folder, "quickcall"), "junction");
  site = await serveSite(folder);
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  handler = await serve(
    createHandler({
      ...handlerConfig(simulator, TOKEN, site.origin),
      options: { timeout: 4 },
    }),
  );
});
after(async () => {
  handler?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
  await simulator?.stop();
});

const byHandler = () => {
  const links = { handler: handler.url, endpoint: "sales" };
  return { links, attributes: links, asked: handler.url };
};
const directly = () => {
  const { accountId, endpoints } = handlerConfig(simulator, TOKEN, site.origin);
  const { baseUrl } = simulator;
  const { user } = endpoints.sales;
  return {
    links: { baseUrl, accountId, user, authToken: TOKEN },
    attributes: { "base-url": baseUrl, "account-id": accountId, user },
    asked: baseUrl,
  };
};

/**
 * What the page has written down, and what it shows.
 * @param {Page} page
 * @returns {Promise<{ isReady: boolean | undefined, told: string[], violations: string[][], isAsked: boolean, notice: string | undefined }>}
 */
const look = (page) =>
  page.evaluate(() => {
    const { isReady, told, violations } = /** @type {any} */ (globalThis);
    const button = document.querySelector("quickcall-button");
    const notice = document.querySelector("[data-quickcall-notice]");
    return {
      isReady,
      told,
      violations,
      isAsked: button?.shadowRoot?.querySelector("dialog[open]") != null,
      notice: notice?.shadowRoot?.querySelector(".said [part=message]")?.textContent ?? undefined,
    };
  });

/**
 * Waits without `waitForFunction`, which makes a function of a text: the policy refuses that.
 * @param {Page} page
 * @param {(seen: Awaited<ReturnType<typeof look>>) => boolean | undefined} holds
 */
async function until(page, holds) {
  for (const end = performance.now() + 15_000; performance.now() < end; ) {
    if (holds(await look(page))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never came: ${holds}, but ${JSON.stringify(await look(page))}`);
}

/** @type {Map<string, Promise<Browser>>} */
const launched = new Map();
after(async () => {
  for (const browser of launched.values()) await (await browser.catch(() => undefined))?.close();
});
/** @param {(typeof BROWSERS)[number]} name */
function browserOf(name) {
  // Else Tab skips what is no field, as on a Mac.
  const extraPrefsFirefox = { "accessibility.tabfocus": 7 };
  const browser = launched.get(name) ?? launch(name, { extraPrefsFirefox });
  launched.set(name, browser);
  return browser;
}

let pages = 0;

for (const name of BROWSERS) {
  for (const [how, scripts, wayOf, dials] of /** @type {const} */ ([
    ["through a handler, without WebAssembly", "'self'", byHandler, 1],
    ["through a handler", "'self' 'wasm-unsafe-eval'", byHandler, 1],
    // Without a handler nobody knows what became of the first call: the second press places another one.
    ["without a handler", "'self' 'wasm-unsafe-eval'", directly, 2],
  ])) {
    test(`${name}: the strict policy is enough ${how}`, { timeout: 120_000 }, async () => {
      const way = wayOf();
      const policy = `default-src 'none'; script-src ${scripts}; connect-src ${new URL(way.asked).origin}`;
      pages += 1;
      const numbers = ["0110", "0100"].map((scenario) => `+1415${300 + pages}${scenario}`);
      const [unknown, answered] = numbers;
      await simulator.clear();
      const dialled = async () => (await simulator.calls()).map((call) => call.dialled);
      const page = await (await browserOf(name)).newPage();
      const query = new URLSearchParams({ policy, given: JSON.stringify({ way, numbers }) });
      const answer = await page.goto(`${site.origin}/page.html?${query}`);
      assert.equal(answer?.headers()["content-security-policy"], policy);
      await until(page, ({ isReady }) => isReady);
      const pressAndSayYes = async () => {
        await page.keyboard.press("Enter");
        await until(page, ({ isAsked }) => isAsked);
        // Later than the second press of a double one.
        await new Promise((resolve) => setTimeout(resolve, 450));
        await page.keyboard.press("Enter");
      };

      await page.keyboard.press("Tab");
      await pressAndSayYes();
      await until(page, ({ told }) => told.length === 1);
      assert.deepEqual(await dialled(), [unknown]);
      await pressAndSayYes();
      await until(page, ({ told }) => told.length === 2);
      assert.deepEqual(await dialled(), Array(dials).fill(unknown));

      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await until(page, ({ told, notice }) => told.length === 3 && notice === "You are being connected.");
      assert.deepEqual(await dialled(), [...Array(dials).fill(unknown), answered]);

      const { told, violations } = await look(page);
      assert.deepEqual(told, ["unknown", "unknown", "started"]);
      assert.deepEqual(violations, []);
      // The policy is in force, and what breaks it is told.
      await page.evaluate(() => document.body.setAttribute("style", "color: red"));
      await until(page, ({ violations }) => violations.length > 0);
      await page.close();
    });
  }
}
