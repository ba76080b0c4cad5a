/**
 * Browsers send a request again by themselves when its connection dies before the answer. Through the handler that is one
 * call.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { handlerConfig } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { BROWSERS, launch } from "./harness/browsers.js";

/** @type {typeof import("#quickcall/edge")} */
const { createHandler, nodeListener } = await import(new URL("../../pkg/dist/edge.js", import.meta.url).href);

const TOKEN = "canary-token-browser-12";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
let folder = "";
let handlerUrl = "";
/** How many POSTs came, and how many of them lose their connection once the call was dialled. */
let posts = 0;
let cuts = 0;
/** @type {(incoming: import("node:http").IncomingMessage, outgoing: import("node:http").ServerResponse) => Promise<void>} */
let listener;

const server = createServer((incoming, outgoing) => {
  if (incoming.method === "POST") {
    posts += 1;
    if (posts <= cuts) {
      // Not a byte of an answer leaves.
      outgoing.writeHead = () => outgoing;
      outgoing.end = () => outgoing;
      cut(incoming.socket);
    }
  }
  listener(incoming, outgoing);
});

/** @param {import("node:net").Socket} socket */
async function cut(socket) {
  for (let rest = 400; rest > 0 && (await simulator.calls()).length === 0; rest--) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  socket.destroy();
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "quickcall-page-"));
  await writeFile(join(folder, "page.html"), "<!doctype html><title>A page</title>");
  simulator = await startSimulator({
    speed: 10,
    token: TOKEN,
    rateLimit: false,
    www: folder,
    package: fileURLToPath(new URL("../../pkg", import.meta.url)),
  });
  listener = nodeListener(createHandler(handlerConfig(simulator, TOKEN, simulator.origin)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  handlerUrl = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/call`;
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

let next = 1000;

for (const name of BROWSERS) {
  test(`${name}: what the browser sends again by itself, and the class after it, is one call`, async () => {
    const browser = await launch(name);
    try {
      const page = await browser.newPage();
      await page.goto(`${simulator.origin}/page.html`);
      /** How often the connection dies, and how often the class fetches then: no more than what the browser did not repeat. */
      const found = [];
      for (cuts of [0, 1, 4]) {
        posts = 0;
        await simulator.clear();
        const given = { handler: handlerUrl, number: `+1415555${next++}` };
        const { result, fetches } = await page.evaluate(async ({ handler, number }) => {
          const path = "/quickcall/dist/index.js";
          const { Quickcall } = await import(path);
          let fetches = 0;
          const counted = (/** @type {[any, any]} */ ...given) => {
            fetches += 1;
            return fetch(...given);
          };
          const quickcall = new Quickcall({ handler, fetch: counted });
          const result = await quickcall
            .call({ endpoint: "sales", number })
            .catch((/** @type {any} */ error) => error.toJSON());
          return { result, fetches };
        }, given);
        assert.equal(result.state, "started", JSON.stringify(result));
        const calls = await simulator.calls();
        assert.deepEqual(
          calls.map(({ dialled }) => dialled),
          [given.number],
        );
        assert.equal(posts, cuts + 1);
        found.push({ cuts, fetches });
      }
      assert.deepEqual(found[0], { cuts: 0, fetches: 1 });
      // One death, and the class fetched once: the browser sent the second request.
      assert.deepEqual(found[1], { cuts: 1, fetches: 1 });
      assert(found[2] && found[2].fetches > 1 && found[2].fetches < 5, JSON.stringify(found));
    } finally {
      await browser.close();
    }
  });
}
