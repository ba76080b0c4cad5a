/**
 * A handler that relays events of a simulator, and pages that follow their calls. Each file that takes from here has all of it for itself.
 * @module
 */

import assert from "node:assert/strict";
import { after, before, beforeEach } from "node:test";
import { WebSocket } from "ws";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow } from "#quickcall/events";
import { ORIGIN, serve } from "./handler.js";
import { startSimulator } from "./simulator.js";

export const TOKEN = "canary-token-e6e7";
export const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** @type {import("./simulator.js").Simulator} */
export let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
export let handler;
/** Where a handler hears of calls. @type {import("#quickcall/edge").EventsConfig} */
export let handlerEvents;
/** A handler with a memory of its own. @type {(more: object) => ReturnType<typeof createHandler>} */
export let another;
/** Everything that the handlers sent to pages and logged. */
export let said = "";

/** @type {typeof fetch} */
export const inPage = async (url, options) => {
  const headers = new Headers(options?.headers);
  headers.set("Origin", ORIGIN);
  const response = await fetch(url, { ...options, headers });
  const text = new TransformStream({
    transform(chunk, controller) {
      said += new TextDecoder().decode(chunk);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(text), response);
};

before(async () => {
  await init();
  simulator = await startSimulator({ speed: 10, token: TOKEN, rateLimit: false });
  const { events } = await simulator.about();
  const config = {
    baseUrl: simulator.baseUrl,
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: TOKEN,
    endpoints: { sales: { user: USER } },
    origins: [ORIGIN],
    destinations: { allow: ["+1415"] },
    visitorOptions: ["blocking"],
    log: (/** @type {object} */ entry) => {
      said += JSON.stringify(entry);
    },
  };
  handlerEvents = { url: events, WebSocket };
  another = (more) => createHandler({ ...config, ...more });
  handler = await serve(another({ events: handlerEvents }));
});
after(async () => {
  handler?.close();
  await simulator?.stop();
});
beforeEach(() => simulator.clear());

/** @param {Record<string, unknown>} call @param {string} key @param {string} [url] */
export const place = (call, key, url = handler.url) =>
  new Quickcall({ handler: url, fetch: /** @type {any} */ (inPage) }).call(/** @type {any} */ (call), {
    key,
  });

/** @param {Record<string, unknown>} call @param {string} key @param {Record<string, unknown>} [more] */
export async function states(call, key, more = {}) {
  const steps = [];
  for await (const step of follow({ handler: handler.url, call, key, fetch: inPage, ...more }))
    steps.push(step);
  return steps;
}

/** @param {Promise<unknown>} promise */
export const codeOf = (promise) =>
  promise.then(
    () => assert.fail("it was to fail"),
    (error) => {
      assert.ok(error instanceof QuickcallError, String(error));
      return error.code;
    },
  );
