/**
 * A handler on a real socket, and requests to it.
 * @module
 */

import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeListener } from "#quickcall/edge";

/** What most tests' pages are. */
export const ORIGIN = "https://www.example.com";

let next = 0;

/** A key that no test used before. */
export function freshKey() {
  next += 1;
  return `test-key-${process.pid}-${next}`;
}

/**
 * The configuration of a handler for pages of one origin, where nothing else is wanted.
 * @param {{ baseUrl: string }} simulator
 * @param {string} authToken
 * @param {string} origin
 */
export const handlerConfig = ({ baseUrl }, authToken, origin) => ({
  baseUrl,
  accountId: "0123456789abcdef0123456789abcdef",
  authToken,
  endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
  origins: [origin],
  destinations: { allow: ["+1415"] },
  log: () => {},
});

/** A store for a guard, in memory. @returns {import("#quickcall/edge").Store} */
export function memoryStore() {
  /** @type {Map<string, string>} */
  const entries = new Map();
  return {
    update(names, step) {
      const { writes, result } = step(names.map((name) => entries.get(name)));
      for (const { name, value } of writes) {
        if (value === undefined) entries.delete(name);
        else entries.set(name, value);
      }
      return result;
    },
  };
}

/**
 * Serves a handler.
 * @param {(request: Request) => Promise<Response>} handler
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serve(handler) {
  const server = createServer(nodeListener(handler));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/call`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * What is asked for. `undefined` leaves a header out.
 * @typedef {object} Press
 * @property {unknown} [body] A text is sent as it is, anything else as JSON.
 * @property {string} [method]
 * @property {Record<string, string | undefined>} [headers] Besides the ones that a right request has.
 */

/**
 * An answer.
 * @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, text: string, json: any }} Answer
 */

/**
 * Asks a handler as a page would, but for what is said otherwise.
 * @param {string} url
 * @param {Press} press
 * @returns {Promise<Answer>}
 */
export function press(url, { body, method = "POST", headers = {} }) {
  const all = {
    origin: ORIGIN,
    "content-type": "application/json",
    "idempotency-key": freshKey(),
    connection: "close",
    ...headers,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers: Object.fromEntries(given), agent: false });
    outgoing.on("error", reject);
    outgoing.on("response", async (response) => {
      let text = "";
      response.setEncoding("utf8");
      for await (const chunk of response) text += chunk;
      let json;
      try {
        json = JSON.parse(text);
      } catch {}
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
    });
    const isBytes = typeof body === "string" || body instanceof Uint8Array;
    outgoing.end(body === undefined || isBytes ? body : JSON.stringify(body));
  });
}

/**
 * Asks for a call by a right request, and resets the connection so many milliseconds later.
 * @param {string} url
 * @param {string} number
 * @param {number} milliseconds
 */
export async function leave(url, number, milliseconds) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  await once(socket, "connect");
  const body = JSON.stringify({ endpoint: "sales", number });
  const lines = [
    "POST /call HTTP/1.1",
    `Host: ${hostname}`,
    `Origin: ${ORIGIN}`,
    "Content-Type: application/json",
    `Idempotency-Key: ${freshKey()}`,
    `Content-Length: ${body.length}`,
  ];
  socket.write([...lines, "", body].join("\r\n"));
  if (milliseconds > 0) await sleep(milliseconds);
  socket.resetAndDestroy();
  // What it may have come to is there then.
  await sleep(30);
}
