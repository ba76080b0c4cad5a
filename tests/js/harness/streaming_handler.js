/**
 * What stands in for a handler where its streams are counted: it places every call, and its streams never end by themselves.
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-expose-headers": "*",
};

/**
 * @typedef {object} StreamingHandler
 * @property {string} url
 * @property {number} calls How many calls came.
 * @property {number} begun How many streams were asked for.
 * @property {number} open How many of them are open.
 * @property {object[]} steps What each stream tells when it begins.
 * @property {string} state What each call is answered with.
 * @property {boolean} isDeaf Whether a stream that is asked for is never answered.
 * @property {(step: object) => void} tell Tells a step on every open stream.
 * @property {(number: number) => Promise<void>} opened Waits until so many streams are open; fails after 30 seconds.
 * @property {() => void} close
 */

/** @returns {Promise<StreamingHandler>} Listening. */
export async function startStreamingHandler() {
  /** @type {Set<import("node:http").ServerResponse>} */
  const streams = new Set();
  const told = (/** @type {object} */ step) => `data: ${JSON.stringify(step)}\n\n`;
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    if (request.method === "OPTIONS") {
      response.writeHead(204, HEADERS).end();
      return;
    }
    if (!request.headers.accept?.includes("event-stream")) {
      handler.calls += 1;
      const callIds = [`${handler.calls}`.padStart(36, "0")].map((id) => `${id}-quickcall`);
      response.writeHead(200, { ...HEADERS, "content-type": "application/json" });
      response.end(JSON.stringify({ state: handler.state, callIds }));
      return;
    }
    handler.begun += 1;
    streams.add(response);
    response.on("close", () => streams.delete(response));
    if (handler.isDeaf) return;
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    response.write(`:\n\n${handler.steps.map(told).join("")}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  /** @type {StreamingHandler} */
  const handler = {
    url: `http://127.0.0.1:${port}/call`,
    calls: 0,
    begun: 0,
    get open() {
      return streams.size;
    },
    steps: [{ state: "answered" }],
    state: "started",
    isDeaf: false,
    tell(step) {
      for (const stream of streams) stream.write(told(step));
    },
    async opened(number) {
      for (let rest = 600; streams.size !== number; rest--) {
        if (rest === 0) throw new Error(`${streams.size} streams are open, and not ${number}.`);
        await wait(50);
      }
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return handler;
}
