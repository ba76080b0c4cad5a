/**
 * Pages that nobody sees: their calls are placed once, and told as they were, also where their timers come late.
 * @module
 */

import assert from "node:assert/strict";
import { createHandler } from "#quickcall/edge";
import { BROWSERS, launch } from "../edge/harness/browsers.js";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startPageServer } from "./harness/page_server.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-hidden";
/** The deadline of a call that is never answered, in seconds, and by how much it may come too late in a page that is hidden. */
const DEADLINE = { after: 4.5, late: 3 };

/** The last digits of the numbers, and what is said of them. @type {[string, string][]} */
const CALLS = [
  ["0100", "started"],
  ["0101", "originate_failed not_placed"],
  ["0109", "timeout unknown"],
];

/**
 * Tries them in both browsers, directly and through a handler.
 * @returns {Promise<{ pages: number, calls: number, latest: number }>} How many pages and calls, and by how many seconds a deadline
 *   came late at most.
 */
export async function runHidden() {
  const served = await startPageServer({ speed: 5, token: TOKEN });
  const { simulator } = served;
  const handler = await serve(
    createHandler({ ...handlerConfig(simulator, TOKEN, simulator.origin), visitorOptions: ["timeout"] }),
  );
  const server = { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN };
  const found = { pages: 0, calls: 0, latest: 0 };
  let next = 10;
  try {
    for (const name of BROWSERS) {
      const browser = await launch(name);
      try {
        const page = await browser.newPage();
        await page.goto(served.page);
        const other = await browser.newPage();
        await other.goto(served.page);
        await other.bringToFront();
        await page.waitForFunction(() => document.hidden, { polling: 50 });
        found.pages += 1;
        const ways = [
          { ...server, user: USER, allowTokenInBrowser: true, options: { timeout: 4 }, deadlineMargin: 0.5 },
          { handler: handler.url, endpoint: "sales", options: { timeout: 4 }, deadlineMargin: 0.5 },
        ];
        const placing = ways.flatMap((config) =>
          CALLS.map(async ([digits, expected]) => {
            const number = `+1415${next++}${digits}`;
            const about = `${name}, ${"handler" in config ? "through the handler" : "direct"}, ${digits}`;
            const { said, took, hidden } = await page.evaluate(placeUnseen, { config, call: { number } });
            assert(hidden, `${about}: nobody saw the page`);
            assert.equal(said, expected, about);
            const late = took / 1_000 - DEADLINE.after;
            if (expected.startsWith("timeout")) {
              assert(late > -0.1 && late < DEADLINE.late, `${about}: ${took} ms`);
              found.latest = Math.max(found.latest, late);
            }
            const dials = (await simulator.calls()).filter(({ dialled }) => dialled === number);
            assert.equal(dials.length, expected.startsWith("originate") ? 0 : 1, about);
            found.calls += 1;
          }),
        );
        await Promise.all(placing);
      } finally {
        await browser.close();
      }
    }
    return found;
  } finally {
    handler.close();
    await served.stop();
  }
}

/** Runs in the page. @param {{ config: any, call: any }} what */
async function placeUnseen({ config, call }) {
  const path = "/quickcall/dist/index.js";
  const { init, Quickcall } = await import(String(path));
  await init();
  const wasHidden = document.hidden;
  const began = performance.now();
  const said = await new Quickcall(config).call(call).then(
    (/** @type {any} */ { state }) => state,
    (/** @type {any} */ { code, outcome }) => `${code} ${outcome}`,
  );
  return { said, took: performance.now() - began, hidden: wasHidden && document.hidden };
}
