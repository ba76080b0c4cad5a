/**
 * Answers that HTTP allows nobody to give: each is an unknown outcome, and the process goes on.
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { bundle } from "./harness/bundle.js";
import { RUNTIMES } from "./harness/runtimes.js";

const LENGTH = "Content-Length: 2\r\nConnection: close\r\n\r\n{}";

/** What is answered, by the number that is called. @type {Record<string, string>} */
const ANSWERS = {
  1001: `HTTP/1.1 600 Odd\r\n${LENGTH}`,
  1002: `HTTP/1.1 999 Odd\r\n${LENGTH}`,
  1003: `HTTP/1.1 099 Odd\r\n${LENGTH}`,
  1004: `HTTP/1.1 000 Odd\r\n${LENGTH}`,
  1005: `HTTP/1.1 101 Odd\r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\n{}`,
  1006: `HTTP/1.1 200 OK\r\nX-Odd: \u0001\u00e9\r\n${LENGTH}`,
};

/** Which numbers were called. @type {string[]} */
let called = [];
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (data) => {
    const [number] = /\d+(?= HTTP)/.exec(data.toString()) ?? [""];
    called.push(number);
    socket.end(ANSWERS[number] ?? "", "latin1");
  });
});
let folder = "";

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  folder = await mkdtemp(join(tmpdir(), "quickcall-odd-"));
  await bundle("calls.js", join(folder, "calls.js"));
});
after(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

for (const [name, [program, before]] of Object.entries(RUNTIMES)) {
  test(`${name}: nobody knows, and the process goes on`, async () => {
    called = [];
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const config = {
      baseUrl: `http://127.0.0.1:${port}/v2`,
      accountId: "0123456789abcdef0123456789abcdef",
      authToken: "a-token",
      deadlineMargin: 1,
      options: { timeout: 4 },
      calls: Object.keys(ANSWERS).map((number) => ({ device: "d".repeat(32), number })),
    };
    const given = [...before, join(folder, "calls.js"), JSON.stringify(config)];
    const { stdout } = await promisify(execFile)(program, given, { timeout: 60_000 });
    const codes = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(codes.length, Object.keys(ANSWERS).length);
    assert.deepEqual(called, Object.keys(ANSWERS), "each had its answer, and was called once");
    for (const code of codes) assert.match(code, /^(network|bad_response|timeout|unconfirmed)$/);
  });
}
