/**
 * A server that keeps each request as its bytes said it, and refuses all of them.
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:http";

/**
 * @typedef {{ method: string, url: string, headers: [string, string][], body: string }} Arrival `headers`: as they came, names in
 *   lower case.
 */

/** Starts it. */
export async function startArrivals() {
  /** @type {Arrival[]} */
  const arrived = [];
  const server = createServer(async (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    for await (const chunk of request) body += chunk;
    const { method = "", url = "", rawHeaders } = request;
    /** @type {[string, string][]} */
    const headers = [];
    for (let place = 0; place < rawHeaders.length; place += 2) {
      headers.push([String(rawHeaders[place]).toLowerCase(), String(rawHeaders[place + 1])]);
    }
    arrived.push({ method, url, headers, body });
    response.writeHead(404, { "Content-Type": "application/json" });
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    host: `127.0.0.1:${port}`,
    /** What came since the last time that this was asked. */
    take: () => arrived.splice(0),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
