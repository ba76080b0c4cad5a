/**
 * Calls over TLS, with no more permissions than to reach the server: a certificate that is trusted as the runtime has it, a connection that
 * dies before the answer, one that is secure only after its call was given up, and servers whose certificate is not theirs.
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createSecureServer } from "node:http2";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { certificates } from "../js/harness/certificates.js";
import { CONFIRMED } from "../js/harness/confirmed.js";
import { bundle } from "./harness/bundle.js";
import { RUNTIMES } from "./harness/runtimes.js";

const DEVICE = "dddddddddddddddddddddddddddddddd";

/** @type {{ number: string | undefined, method: string | undefined, host: string | undefined, token: string | string[] | undefined }[]} */
let received = [];
/** @type {ReturnType<typeof createSecureServer>[]} */
const servers = [];
const { authority, ...certified } = certificates();
let folder = "";

/** A server that speaks both versions, and says where it is. @param {{ cert: string, key: string }} own */
async function listen(own) {
  const server = createSecureServer({ ...own, allowHTTP1: true }, async (request, response) => {
    for await (const _ of request);
    const { method, url, headers } = request;
    const number = url.split("/").pop();
    received.push({ number, method, host: headers.host, token: headers["x-auth-token"] });
    if (number?.startsWith("2")) return void request.socket.destroy();
    response.end(JSON.stringify(CONFIRMED));
  });
  servers.push(server);
  // Who does not like a certificate says so.
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "quickcall-tls-"));
  await writeFile(join(folder, "authority.pem"), authority);
  await bundle("calls.js", join(folder, "calls.js"));
});
after(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Places calls, and gives what came of each.
 * @param {[string, string[]]} runtime
 * @param {string} host
 * @param {string[]} numbers
 * @param {boolean} blocking
 * @param {Record<string, number>} [givenUp] After how many milliseconds, by number.
 */
async function place([program, before], host, numbers, blocking, givenUp = {}) {
  const config = {
    baseUrl: `https://${host}/v2`,
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: "a-token",
    calls: numbers.map((number) => ({ device: DEVICE, number, blocking, givenUp: givenUp[number] })),
  };
  const trusted = join(folder, "authority.pem");
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: trusted, DENO_CERT: trusted };
  received = [];
  const given = [...before, join(folder, "calls.js"), JSON.stringify(config)];
  const { stdout } = await promisify(execFile)(program, given, { timeout: 60_000, env });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

for (const [name, runtime] of Object.entries(RUNTIMES)) {
  for (const blocking of [true, false]) {
    test(`${name}, blocking ${blocking}: sent once, over TLS`, async () => {
      const host = await listen(certified.right);
      const state = blocking ? "started" : "accepted";
      const numbers = ["1001", "1002", "2001", "1003"];
      assert.deepEqual(await place(runtime, host, numbers, blocking), [state, state, "network", state]);
      const method = blocking ? "POST" : "GET";
      assert.deepEqual(
        received,
        numbers.map((number) => ({ number, method, host, token: "a-token" })),
      );
    });
  }

  test(`${name}: a call that is given up before the connection is secure is never sent`, async (context) => {
    const host = await listen(certified.right);
    /** The second connection: what it says comes to the server only once the third one is there. @type {import("node:net").Socket | undefined} */
    let held;
    let count = 0;
    const behind = (/** @type {import("node:net").Socket} */ socket) => {
      const server = connect(Number(host.split(":")[1]), "127.0.0.1");
      server.on("error", () => socket.destroy());
      socket.pipe(server).pipe(socket);
    };
    const front = createServer(async (socket) => {
      count += 1;
      socket.on("error", () => {});
      if (count === 2) {
        held = socket;
        return;
      }
      if (held && !held.closed) {
        const closed = once(held, "close");
        behind(held);
        await closed;
      }
      behind(socket);
    });
    context.after(() => front.close());
    front.listen(0, "127.0.0.1");
    await once(front, "listening");
    const at = `127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (front.address()).port}`;
    assert.deepEqual(await place(runtime, at, ["1001", "3001", "1002"], true, { 3001: 1_000 }), [
      "started",
      "aborted",
      "started",
    ]);
    assert.equal(count, 3);
    assert.deepEqual(
      received.map(({ number }) => number),
      ["1001", "1002"],
    );
  });

  for (const which of /** @type {const} */ (["other", "expired"])) {
    test(`${name}: nothing is sent to a server whose certificate is ${which}`, async () => {
      const host = await listen(certified[which]);
      assert.deepEqual(await place(runtime, host, ["1001"], true), ["network"]);
      assert.deepEqual(received, []);
    });
  }
}
