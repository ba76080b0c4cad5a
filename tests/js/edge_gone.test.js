/**
 * Visitors who have gone before a handler gets to them: one that stood still, or had its loop blocked, reads then what came meanwhile.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { before, test } from "node:test";
import { createHandler, nodeListener } from "#quickcall/edge";
import { config, kazoo, request, told } from "./harness/answering_kazoo.js";
import { certificates } from "./harness/certificates.js";
import { freshKey, ORIGIN } from "./harness/handler.js";
import { askAndStandStill } from "./harness/leaving.js";

const { key, cert } = certificates().right;

// The module takes time to load, in which a visitor who has gone would be seen by itself.
before(async () => {
  const handler = createHandler(config({ fetch: kazoo().fetch }));
  assert.equal(await told(handler(request(freshKey()))), "started placed");
});

/** @type {["http:" | "https:" | "h2:", (listener: any) => import("node:net").Server, boolean?][]} */
const SERVERS = [
  ["http:", (listener) => createServer(listener)],
  ["http:", (listener) => createServer(listener), true],
  ["https:", (listener) => createTlsServer({ key, cert }, listener)],
  ["h2:", (listener) => createSecureServer({ key, cert }, listener)],
];

let next = 1000;

for (const [protocol, create, isUnix = false] of SERVERS) {
  for (const leaves of [true, false]) {
    const what = leaves ? "places no call for who has gone meanwhile" : "calls for who still waits";
    test(`a handler that stood still ${what}: ${protocol}${isUnix ? " on a socket of Unix" : ""}`, async (context) => {
      const { sent, fetch } = kazoo();
      /** @type {any[]} */
      const logged = [];
      const handler = createHandler(config({ fetch, log: (entry) => logged.push(entry) }));
      // Ready, as one that has answered before.
      assert.equal(await told(handler(request(freshKey()))), "started placed");
      const server = create(nodeListener(handler));
      const folder = isUnix ? await mkdtemp(join(tmpdir(), "quickcall-gone-")) : undefined;
      if (folder) context.after(() => rm(folder, { recursive: true, force: true }));
      if (folder) server.listen(join(folder, "handler.sock"));
      else server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      const port =
        typeof address === "string" ? address : /** @type {import("node:net").AddressInfo} */ (address).port;
      const headers = {
        origin: ORIGIN,
        "content-type": "application/json",
        "idempotency-key": freshKey(),
      };
      const body = JSON.stringify({ endpoint: "sales", number: `+1415556${next++}` });
      logged.length = 0;
      const visitor = await askAndStandStill(protocol, port, { headers, body, leaves });
      try {
        const decided = () => logged.find(({ event }) => event === "call");
        for (let rest = 1_000; rest > 0 && !decided(); rest--) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        const problem = logged.find(({ event }) => event === "problem");
        assert.equal(decided()?.decision, leaves ? "unavailable" : "started");
        assert.equal(sent.length, leaves ? 1 : 2);
        if (leaves) assert.equal(problem?.message, "No call was placed: the visitor has gone.");
      } finally {
        await visitor.terminate();
        server.close();
      }
    });
  }
}

test("who has gone before the check leaves it to the repeat with the same key", async () => {
  const { sent, fetch } = kazoo();
  let checks = 0;
  const verify = async () => {
    checks += 1;
    return checks === 1;
  };
  const handler = createHandler(config({ fetch, verify }));
  const again = freshKey();
  const gone = new AbortController();
  // As Deno gives it.
  const server = { remoteAddr: { hostname: "192.0.2.1", port: 1024 } };
  const first = handler(new Request(request(again), { signal: gone.signal }), server);
  gone.abort();
  assert.equal(await told(first), "unavailable not_placed");
  assert.equal(await told(handler(request(again))), "started placed");
  assert.deepEqual([checks, sent.length], [1, 1]);
});

test("the signal of a framework, which ends when the body was read, refuses no call", async () => {
  const { sent, fetch } = kazoo();
  const handler = createHandler(config({ fetch }));
  const server = createServer(async (incoming, outgoing) => {
    const read = new AbortController();
    incoming.on("close", () => read.abort());
    const headers = /** @type {Record<string, string>} */ (incoming.headers);
    const body = /** @type {ReadableStream<Uint8Array>} */ (Readable.toWeb(incoming));
    const how = { method: "POST", headers, body, duplex: "half", signal: read.signal };
    const answer = await handler(
      new Request("http://handler.example.com/", /** @type {RequestInit} */ (how)),
    );
    outgoing.writeHead(answer.status).end(await answer.text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
    const body = JSON.stringify({ endpoint: "sales", number: `+1415556${next++}` });
    const asked = globalThis.fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body });
    assert.equal(await told(asked), "started placed");
    assert.equal(sent.length, 1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
