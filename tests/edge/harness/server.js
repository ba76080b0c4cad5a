/**
 * The handler as a server of Deno or Bun: `server.js CONFIG`, a JSON text; with `kv` the path of a Deno KV, or with `blocks` a memory that
 * keeps the process busy for so many milliseconds each time, also before the check. Says where it listens.
 * @module
 */

import { createHandler, denoKv } from "quickcall/edge";

const scope = /** @type {any} */ (globalThis);
const [given] = scope.Deno?.args ?? scope.process.argv.slice(2);
const { kv, blocks, visitorHeader, ...config } = JSON.parse(given);
// Before it listens, so that a database that cannot be opened ends it.
const guard = kv ? { guard: denoKv(await scope.Deno.openKv(kv)) } : {};
/** @type {Map<string, string>} */
const entries = new Map();
/** @type {import("quickcall/edge").Store} */
const busy = {
  update(names, step) {
    const end = Date.now() + blocks;
    while (Date.now() < end);
    const { writes, result } = step(names.map((name) => entries.get(name)));
    for (const { name, value } of writes) {
      if (value === undefined) entries.delete(name);
      else entries.set(name, value);
    }
    return result;
  },
};
const handler = createHandler((/** @type {any} */ env) => ({
  ...config,
  authToken: env.KAZOO_TOKEN,
  ...guard,
  ...(blocks ? { guard: busy, verify: () => true } : {}),
  ...(visitorHeader
    ? { visitor: (/** @type {Request} */ request) => request.headers.get(visitorHeader) ?? undefined }
    : {}),
}));

if (scope.Deno) {
  const onListen = (/** @type {any} */ { port }) => console.log(`listening on http://127.0.0.1:${port}/`);
  scope.Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, handler);
} else {
  const { url } = scope.Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: handler, idleTimeout: 60 });
  console.log(`listening on ${url}`);
}
