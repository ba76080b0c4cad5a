/**
 * A connection that was used before dies before the answer: some runtimes send the request again by themselves. The class
 * does not let them.
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { CONFIRMED } from "../js/harness/confirmed.js";
import { bundle } from "./harness/bundle.js";
import { RUNTIMES } from "./harness/runtimes.js";

const DEVICE = "dddddddddddddddddddddddddddddddd";

/** @type {{ method: string | undefined, url: string | undefined, headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
let received = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  received.push({ method: request.method, url: request.url, headers: request.headers, body });
  if (request.url?.includes("/quickcall/2")) {
    setTimeout(() => request.socket.destroy(), 50);
    return;
  }
  response.end(JSON.stringify(CONFIRMED));
});
let folder = "";

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  folder = await mkdtemp(join(tmpdir(), "quickcall-twice-"));
  await bundle("calls.js", join(folder, "calls.js"));
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

for (const [name, [program, before]] of Object.entries(RUNTIMES)) {
  for (const blocking of [true, false]) {
    test(`${name}, blocking ${blocking}: sent once`, async () => {
      received = [];
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      const config = {
        baseUrl: `http://127.0.0.1:${port}/v2`,
        accountId: "0123456789abcdef0123456789abcdef",
        authToken: "a-token",
        calls: ["1001", "1002", "2001", "1003"].map((number) => ({ device: DEVICE, number, blocking })),
      };
      const given = [...before, join(folder, "calls.js"), JSON.stringify(config)];
      const { stdout } = await promisify(execFile)(program, given, { timeout: 60_000 });
      const state = blocking ? '"started"' : '"accepted"';
      assert.deepEqual(stdout.trim().split("\n"), [state, state, '"network"', state]);
      const numbers = received.map(({ url }) => url?.split("/").pop());
      assert.deepEqual(numbers, ["1001", "1002", "2001", "1003"]);
      for (const { method, headers, body } of received) {
        assert.equal(method, blocking ? "POST" : "GET");
        assert.equal(headers["x-auth-token"], "a-token");
        assert.equal(headers["content-type"], blocking ? "application/json" : undefined);
        assert.equal(headers["content-length"], blocking ? String(body.length) : undefined);
        assert.equal(headers["transfer-encoding"], undefined);
      }
    });
  }
}
