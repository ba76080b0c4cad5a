/**
 * Cold start in Chromium: a new page in a new profile each time, served from this machine.
 * @module
 */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename } from "node:path";
import { launch } from "../../tests/edge/harness/browsers.js";
import { bundleClient } from "../clients.js";
import { CALLS, CONFIG } from "../measured_calls.js";
import { gather } from "./gather.js";

const { authToken: _, ...config } = CONFIG;
const TYPES = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };
/** Nothing is cached, and the page gets the clock with the finest steps. */
const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * @param {readonly import("../clients.js").ClientName[]} names
 * @param {string} folder
 * @param {number} runs
 */
export async function coldInChromium(names, folder, runs) {
  /** @type {Record<string, Uint8Array | string>} */
  const served = {
    "page.html": "<!doctype html><title>A page</title>",
    "first_request.js": await readFile(new URL("first_request.js", import.meta.url)),
    "quickcall.wasm": await readFile(new URL("../../pkg/dist/quickcall.wasm", import.meta.url)),
  };
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const name of names) {
    const file = await bundleClient(name, folder);
    served[basename(file)] = await readFile(file);
    files.set(name, basename(file));
  }
  const server = createServer((request, response) => {
    const name = basename(request.url ?? "");
    const type = /** @type {Record<string, string>} */ (TYPES)[name.split(".").pop() ?? ""];
    response.writeHead(served[name] === undefined ? 404 : 200, {
      ...HEADERS,
      "content-type": type ?? "text/plain",
    });
    response.end(served[name]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const browser = await launch("Chromium");
  try {
    const starts = Object.fromEntries(
      names.map((name) => [
        name,
        async () => {
          const context = await browser.createBrowserContext();
          const page = await context.newPage();
          await page.goto(`http://127.0.0.1:${port}/page.html`);
          const what = {
            file: files.get(name),
            config,
            call: CALLS["few options"],
            given: name === "quickcall/slim",
          };
          const times = await page.evaluate(async ({ file, config, call, given }) => {
            const own = "/first_request.js";
            const { firstRequest } = await import(own);
            return firstRequest(`/${file}`, config, call, given ? () => fetch("/quickcall.wasm") : undefined);
          }, what);
          await context.close();
          return times;
        },
      ]),
    );
    return { version: await browser.version(), clients: await gather(starts, runs) };
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
