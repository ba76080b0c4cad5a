/**
 * A watcher on the runtime's own WebSocket; on that of `ws` where it has none, as Node 20.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { WebSocket as OfWs } from "ws";
import { watchEvents } from "./harness/event_server.js";

const Socket = /** @type {{ WebSocket?: any }} */ (globalThis).WebSocket ?? OfWs;

test("a socket that cannot be opened fails once", async (context) => {
  let errors = 0;
  class Counted extends Socket {
    /** @param {string} url */
    constructor(url) {
      super(url);
      this.addEventListener("error", () => {
        errors += 1;
      });
    }
  }
  const silent = createServer((socket) => {
    context.after(() => socket.destroy());
  }).listen(0, "127.0.0.1");
  context.after(() => silent.close());
  await once(silent, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (silent.address());
  for (const [url, signal, code] of /** @type {const} */ ([
    ["ws://127.0.0.1:1/", undefined, "network"],
    [`ws://127.0.0.1:${port}/`, AbortSignal.timeout(200), "aborted"],
  ])) {
    errors = 0;
    const more = { WebSocket: Counted, ...(signal && { signal }) };
    await assert.rejects(watchEvents({ url }, /** @type {any} */ (more)), { code });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(errors < 4, `${errors} errors of one socket`);
  }
});
