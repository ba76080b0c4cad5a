/**
 * Pages that stand still while their call is under way, as a system stops one that nobody looks at, and that go on before their
 * deadline or long after it: one dial, and what is said is true.
 * @module
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createHandler } from "#quickcall/edge";
import { launchChromium } from "../js/harness/browser.js";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startPageServer } from "./harness/page_server.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-stopped";
/** For how long the pages stand still, in seconds: past one deadline, before the other. */
const STILL = 6;
/** The ring times of the calls, in seconds, each with a margin of half a second. */
const RING_TIMES = [4, 20];
/** How often a page's clock ticks, in milliseconds. */
const TICK = 50;

/**
 * The processes of a browser that run its pages.
 * @param {import("playwright-core").Browser} browser
 */
async function renderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const ids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const own = [];
  for (const id of ids) {
    const command = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
    if (command.includes("--type=renderer")) own.push(id);
  }
  assert(own.length > 0, "the pages have processes");
  return own;
}

/**
 * @param {number} id Of a process, which may have ended: browsers keep some in reserve, and end them.
 * @param {"SIGSTOP" | "SIGCONT"} signal
 */
function send(id, signal) {
  try {
    process.kill(id, signal);
  } catch (error) {
    if (/** @type {any} */ (error).code !== "ESRCH") throw error;
  }
}

/**
 * Tries it, directly and through a handler.
 * @returns {Promise<{ pages: number, still: number, outcomes: Record<string, string> }>} For how many seconds the pages stood
 *   still at least, and what was said, by the way and by the ring time.
 */
export async function runStopped() {
  const served = await startPageServer({ token: TOKEN });
  const { simulator } = served;
  const handler = await serve(
    createHandler({ ...handlerConfig(simulator, TOKEN, simulator.origin), visitorOptions: ["timeout"] }),
  );
  const browser = await launchChromium();
  /** @type {number[]} */
  let stopped = [];
  const goOn = () => {
    for (const id of stopped) send(id, "SIGCONT");
    stopped = [];
  };
  try {
    const cases = RING_TIMES.flatMap((timeout) => [
      { name: `direct, ${timeout} s`, direct: true, timeout },
      { name: `through the handler, ${timeout} s`, direct: false, timeout },
    ]);
    const calls = await Promise.all(
      cases.map(async ({ name, direct, timeout }, index) => {
        const page = await browser.newPage();
        await page.goto(served.page);
        await page.evaluate(startClock, TICK);
        const number = `+1415555${index}100`;
        const server = { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN };
        const config = direct
          ? { ...server, user: USER, allowTokenInBrowser: true, deadlineMargin: 0.5 }
          : { handler: handler.url, endpoint: "sales", deadlineMargin: 0.5 };
        // Told later: a page that stands still says nothing.
        await page.evaluate(place, { config, call: { number, timeout } });
        return { name, timeout, number, page };
      }),
    );
    const dials = async (/** @type {string} */ number) =>
      (await simulator.calls()).filter(({ dialled }) => dialled === number).length;
    for (const { number } of calls) {
      for (let rest = 500; rest > 0 && (await dials(number)) === 0; rest--) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.equal(await dials(number), 1, `${number} is dialled`);
    }
    stopped = await renderers(browser);
    for (const id of stopped) send(id, "SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, STILL * 1_000));
    goOn();
    /** @type {Record<string, string>} */
    const outcomes = {};
    let still = Number.POSITIVE_INFINITY;
    for (const { name, timeout, number, page } of calls) {
      const outcome = await page.evaluate(() => /** @type {any} */ (globalThis).said);
      const pause = await page.evaluate(() => /** @type {any} */ (globalThis).longest / 1_000);
      assert(pause > STILL * 0.9, `${name}: the page's clock went on, its longest pause was ${pause} s`);
      still = Math.min(still, pause);
      assert(
        outcome === "started" || (timeout < STILL && outcome === "timeout unknown"),
        `${name}: ${outcome}`,
      );
      assert.equal(await dials(number), 1, name);
      outcomes[name] = outcome;
    }
    return { pages: calls.length, still: Math.floor(still), outcomes };
  } finally {
    goOn();
    await browser.close();
    handler.close();
    await served.stop();
  }
}

/** Runs in the page: looks how long its clock stands still. @param {number} tick */
function startClock(tick) {
  const scope = /** @type {any} */ (globalThis);
  scope.longest = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    scope.longest = Math.max(scope.longest, now - last);
    last = now;
  }, tick);
}

/** Runs in the page. @param {{ config: any, call: any }} what */
async function place({ config, call }) {
  const path = "/quickcall/dist/index.js";
  const { init, Quickcall } = await import(String(path));
  await init();
  /** @type {any} */ (globalThis).said = new Quickcall(config).call(call).then(
    (/** @type {any} */ { state }) => state,
    (/** @type {any} */ { code, outcome }) => `${code} ${outcome}`,
  );
}
