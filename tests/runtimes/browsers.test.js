/**
 * The packed package in the three engines of browsers, without a bundler: page, workers, and under a strict policy.
 */

import assert from "node:assert/strict";
import { after } from "node:test";
import { chromium, firefox, webkit } from "./harness/browsers.js";
import { FOLLOWED, matrix } from "./harness/matrix.js";
import { serve } from "./harness/site.js";

/** @import { Driven } from "./harness/browsers.js" */
/** @import { Row } from "./harness/matrix.js" */

const ENGINES = { Chromium: chromium, Firefox: firefox, WebKitGTK: webkit };
const KINDS = ["page", "worker", "shared worker", "service worker"];
const ASK =
  "globalThis.report ? JSON.stringify({ report, violations: globalThis.violations, unhandled: globalThis.unhandled }) : ''";

/** @type {Map<string, Promise<Driven>>} */
const driven = new Map();
after(async () => {
  for (const browser of driven.values()) await (await browser.catch(() => undefined))?.close();
});

/** @param {string} name */
function browser(name) {
  const started = driven.get(name) ?? ENGINES[/** @type {keyof typeof ENGINES} */ (name)]();
  driven.set(name, started);
  return started;
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {(origin: string) => string} [policy] Made for the simulator's origin.
 * @param {(answer: any) => unknown} [look] What is made of the page's answer.
 * @param {string} [consumer]
 * @returns {Row["run"]}
 */
const inPage =
  (name, kind, policy, look, consumer = "browser") =>
  async ({ folder, config }) => {
    const site = await serve(folder);
    try {
      const query = new URLSearchParams({ kind, consumer, config: JSON.stringify(config) });
      if (policy) query.set("policy", policy(new URL(config.baseUrl).origin));
      const answer = await (await browser(name)).ask(`${site.origin}/page.html?${query}`, ASK);
      return look ? look(answer) : answer.report;
    } finally {
      await site.close();
    }
  };

/** @param {any} answer */
function withoutReports({ report, violations, unhandled }) {
  assert.deepEqual({ violations, unhandled }, { violations: [], unhandled: [] });
  return report;
}

matrix(
  "browsers.json",
  Object.keys(ENGINES).flatMap((name) => [
    ...KINDS.map((kind) => ({
      name: `${name}, ${kind}`,
      version: async () => (await browser(name)).version,
      how: "inlined",
      run: inPage(name, kind),
    })),
    {
      name: `${name}, page that follows its call`,
      version: async () => (await browser(name)).version,
      how: "inlined",
      run: inPage(name, "page", undefined, undefined, "browser_follow"),
      ...FOLLOWED,
    },
    {
      name: `${name}, page with a strict policy`,
      version: async () => (await browser(name)).version,
      how: "inlined",
      run: inPage(
        name,
        "page",
        (origin) => `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src ${origin}`,
        withoutReports,
      ),
    },
    {
      name: `${name}, page whose policy refuses WebAssembly`,
      version: async () => (await browser(name)).version,
      how: "refused",
      run: inPage(
        name,
        "page",
        (origin) => `default-src 'none'; script-src 'self'; connect-src ${origin}`,
        ({ report: { code, said }, unhandled }) => ({
          code,
          remedy: /'wasm-unsafe-eval'/.test(said),
          unhandled,
        }),
      ),
      report: { code: "load_failed", remedy: true, unhandled: [] },
      arrived: [],
    },
  ]),
);
