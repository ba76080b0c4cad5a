/**
 * A site with the package on it as a user would put it there, with a policy or none.
 * @module
 */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** @type {Record<string, string>} */
const TYPES = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".html": "text/html",
  ".css": "text/css",
};

/**
 * Serves a folder. `/page.html` is a page that starts a consumer; `?policy=` is its Content-Security-Policy.
 * @param {string} folder
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function serve(folder) {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://site.test");
    response.setHeader("Content-Type", TYPES[extname(pathname)] ?? "application/octet-stream");
    response.setHeader("Service-Worker-Allowed", "/");
    const policy = searchParams.get("policy");
    if (policy) response.setHeader("Content-Security-Policy", policy);
    if (pathname === "/page.html") {
      response.end(
        '<!doctype html><title>A page</title><script type="module" src="/consumers/page.js"></script>',
      );
      return;
    }
    try {
      response.end(await readFile(join(folder, normalize(pathname))));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    // Service workers need a name that browsers trust.
    origin: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
