/**
 * The largest body that is read, and one byte more: as it is announced, in chunks, packed, and until the connection ends; by
 * everything that reads one.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { apiToken, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow } from "#quickcall/events";
import { launchChromium } from "../js/harness/browser.js";
import { CONFIRMED, PLACED } from "../js/harness/confirmed.js";
import { freshKey, handlerConfig, ORIGIN, press, serve } from "../js/harness/handler.js";

/** @import { ServerResponse } from "node:http" */

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-sizes";
const MIB = 1 << 20;
/** The most that is read of a refusal to follow. */
const REFUSAL = 1 << 16;

/**
 * A document that is exactly so many bytes long.
 * @param {object} document
 * @param {number} size
 */
export function padded(document, size) {
  const text = JSON.stringify(document);
  return text.replace(/\}$/, `,"x":"${"x".repeat(size - text.length - 7)}"}`);
}

const GIVEN = { status: "success", auth_token: "a-given-token" };
const REFUSED = { error: { code: "limited", outcome: "not_placed", message: "Too many." } };

/**
 * How a body is sent. @type {Record<string, (response: ServerResponse, body: string) => void>}
 */
const WAYS = {
  announced: (response, body) => {
    response.setHeader("Content-Length", Buffer.byteLength(body));
    response.end(body);
  },
  chunked: (response, body) => {
    for (let from = 0; from < body.length; from += 50_000) response.write(body.slice(from, from + 50_000));
    response.end();
  },
  packed: (response, body) => {
    const bytes = gzipSync(body);
    response.setHeader("Content-Encoding", "gzip");
    response.setHeader("Content-Length", bytes.length);
    response.end(bytes);
  },
  "until it ends": (response, body) => {
    response.useChunkedEncodingByDefault = false;
    response.removeHeader("Transfer-Encoding");
    response.shouldKeepAlive = false;
    response.end(body);
  },
};

/** What is sent next. @type {{ way: string, body: string } | undefined} */
let next;

/** A server that answers as `next` says, and serves the package. */
async function startServer() {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path.startsWith("/quickcall/")) {
      const file = new URL(`../../pkg/${path.slice("/quickcall/".length)}`, import.meta.url);
      const type = path.endsWith(".wasm") ? "application/wasm" : "text/javascript";
      response.setHeader("Content-Type", type).end(await readFile(file));
    } else if (path === "/page.html") {
      response.setHeader("Content-Type", "text/html").end("<!doctype html><title>A page</title>");
    } else if (next) {
      request.resume();
      response.setHeader("Content-Type", "application/json");
      WAYS[next.way]?.(response, next.body);
    } else {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param {Promise<any>} promise */
const toldOf = (promise) =>
  promise.then(
    ({ state }) => state,
    (error) => `${error.code} ${error.outcome}`,
  );

/**
 * Tries them.
 * @param {{ pages: boolean }} how Whether a page in Chromium reads them, too.
 * @returns {Promise<number>} How many were tried.
 */
export async function runSizes({ pages }) {
  const server = await startServer();
  const baseUrl = `${server.origin}/v2`;
  const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN });
  const throughHandler = new Quickcall({ handler: `${server.origin}/call` });
  const handler = await serve(createHandler(handlerConfig({ baseUrl }, TOKEN, ORIGIN)));
  let pressed = 5_550_000;
  /** @type {[string, object, number, () => Promise<unknown>, unknown, unknown][]} */
  const readers = [
    [
      "the class",
      CONFIRMED,
      MIB,
      () => toldOf(quickcall.call({ user: USER, number: "1001" }, { again: true })),
      "started",
      "bad_response unknown",
    ],
    [
      "the class before a handler",
      PLACED,
      MIB,
      () => toldOf(throughHandler.call({ endpoint: "sales", number: "1001" }, { again: true })),
      "started",
      "bad_response unknown",
    ],
    [
      "the handler",
      CONFIRMED,
      MIB,
      async () => {
        const { status, json } = await press(handler.url, {
          body: { endpoint: "sales", number: `+1415${pressed++}` },
        });
        return `${status} ${json.state ?? json.error.code}`;
      },
      "200 started",
      "504 bad_response",
    ],
    [
      "apiToken",
      GIVEN,
      MIB,
      () =>
        apiToken({ baseUrl, apiKey: "k".repeat(64) })("call").then(
          (token) => token,
          () => "an error",
        ),
      "a-given-token",
      "an error",
    ],
    [
      "follow",
      REFUSED,
      REFUSAL,
      () => {
        const call = { endpoint: "sales", number: "+14155550100" };
        return toldOf(follow({ handler: `${server.origin}/call`, call, key: freshKey() }).next());
      },
      "limited unknown",
      "bad_response unknown",
    ],
  ];
  /** @type {import("playwright-core").Browser | undefined} */
  let browser;
  try {
    if (pages) {
      browser = await launchChromium();
      readers.push(...(await readersInPage(browser, server.origin)));
    }
    let tried = 0;
    for (const [reader, document, largest, read, whole, more] of readers) {
      for (const way of Object.keys(WAYS)) {
        for (const [size, expected] of /** @type {[number, unknown][]} */ ([
          [largest, whole],
          [largest + 1, more],
          [largest * 2, more],
        ])) {
          // Spaces behind a document are as much too long as a longer document.
          for (const body of [padded(document, size), JSON.stringify(document).padEnd(size)]) {
            next = { way, body };
            assert.equal(body.length, size);
            assert.equal(await read(), expected, `${reader}, ${way}, ${size} bytes`);
            tried += 1;
          }
        }
      }
    }
    return tried;
  } finally {
    next = undefined;
    await browser?.close();
    handler.close();
    server.close();
  }
}

/**
 * The class and `follow` in a page.
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @returns {Promise<[string, object, number, () => Promise<unknown>, unknown, unknown][]>}
 */
async function readersInPage(browser, origin) {
  const page = await browser.newPage();
  await page.goto(`${origin}/page.html`);
  const call = (/** @type {boolean} */ isFollowing) =>
    page.evaluate(
      async ({ origin, account, user, isFollowing }) => {
        const [core, events] = ["/quickcall/dist/index.js", "/quickcall/dist/events.js"];
        const { Quickcall } = await import(String(core));
        const { follow } = await import(String(events));
        const handlersCall = { endpoint: "sales", number: "+14155550100" };
        const server = { baseUrl: `${origin}/v2`, accountId: account, authToken: "a-token" };
        const said = isFollowing
          ? follow({ handler: "/call", call: handlersCall, key: crypto.randomUUID() }).next()
          : new Quickcall({ ...server, allowTokenInBrowser: true }).call(
              { user, number: "1001" },
              { again: true },
            );
        return said.then(
          (/** @type {any} */ { state }) => state,
          (/** @type {any} */ { code, outcome }) => `${code} ${outcome}`,
        );
      },
      { origin, account: ACCOUNT, user: USER, isFollowing },
    );
  return [
    ["the class in a page", CONFIRMED, MIB, () => call(false), "started", "bad_response unknown"],
    ["follow in a page", REFUSED, REFUSAL, () => call(true), "limited unknown", "bad_response unknown"],
  ];
}
