/**
 * The three engines of browsers, each driven in its own way.
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../js/harness/browser.js";

const tools = fileURLToPath(new URL("../../edge/node_modules", import.meta.url));

/**
 * A browser: opens a page, and asks in it until there is an answer.
 * @typedef {{ version: string, ask: (url: string, script: string) => Promise<any>, close: () => Promise<void> }} Driven
 */

/** How often a page is asked, and for how long, in milliseconds. */
const POLL = { every: 100, limit: 40_000 };

/**
 * @param {(script: string) => Promise<any>} evaluate
 * @param {string} script
 */
async function poll(evaluate, script) {
  for (const end = Date.now() + POLL.limit; Date.now() < end; ) {
    const answer = await evaluate(script);
    if (answer) return JSON.parse(answer);
    await new Promise((resolve) => setTimeout(resolve, POLL.every));
  }
  throw new Error("the page did not report in time");
}

/**
 * Asks in a page of its own, which ends with its context.
 * @param {{ newPage: () => Promise<{ goto: (url: string) => Promise<any>, evaluate: (script: string) => Promise<any> }>, close: () => Promise<void> }} context
 * @param {string} url
 * @param {string} script
 */
async function askIn(context, url, script) {
  const page = await context.newPage();
  await page.goto(url);
  const answer = await poll((text) => page.evaluate(text), script);
  await context.close();
  return answer;
}

/** @returns {Promise<Driven>} */
export async function chromium() {
  const browser = await launchChromium();
  return {
    version: browser.version(),
    ask: async (url, script) => askIn(await browser.newContext(), url, script),
    close: () => browser.close(),
  };
}

/** @returns {Promise<Driven>} */
export async function firefox() {
  const { default: puppeteer } = await import(
    join(tools, "puppeteer-core/lib/esm/puppeteer/puppeteer-core.js")
  );
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.QUICKCALL_FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
  });
  return {
    version: (await browser.version()).replace(/^\D*/, ""),
    ask: async (url, script) => askIn(await browser.createBrowserContext(), url, script),
    close: () => browser.close(),
  };
}

/** A port that nothing listens on at the moment. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/** WebKitGTK, under a screen of its own. @returns {Promise<Driven>} */
export async function webkit() {
  const { Builder, Capabilities } = await import("selenium-webdriver");
  const port = await freePort();
  const home = await mkdtemp(join(tmpdir(), "quickcall-webkit-"));
  const child = spawn("xvfb-run", ["-a", "WebKitWebDriver", `--port=${port}`, "--host=127.0.0.1"], {
    stdio: "ignore",
    detached: true,
    env: {
      ...process.env,
      HOME: home,
      XDG_RUNTIME_DIR: home,
      // Without a graphics device, and in containers, these two do not start.
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
    },
  });
  const end = async () => {
    try {
      process.kill(-(child.pid ?? 0), "SIGTERM");
    } catch {
      // It has ended by itself.
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const capabilities = new Capabilities();
  capabilities.set("browserName", "MiniBrowser");
  capabilities.set("webkitgtk:browserOptions", {
    binary: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    args: ["--automation"],
  });
  /** @type {import("selenium-webdriver").WebDriver | undefined} */
  let driver;
  for (let attempt = 0; driver === undefined; attempt++) {
    try {
      driver = await new Builder()
        .usingServer(`http://127.0.0.1:${port}`)
        .withCapabilities(capabilities)
        .disableEnvironmentOverrides()
        .build();
    } catch (error) {
      if (attempt >= 40) {
        await end();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  const opened = driver;
  return {
    version: String((await opened.getCapabilities()).get("browserVersion")),
    async ask(url, script) {
      await opened.get(url);
      return poll((text) => opened.executeScript(`return ${text}`), script);
    },
    async close() {
      await opened.quit();
      await end();
    },
  };
}
