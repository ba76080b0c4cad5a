/**
 * The one request that is sent again to a server: after a 401, with a new token. Its answer is cut behind each of its bytes.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { apiToken, init, Quickcall } from "#quickcall";
import { CONFIRMED } from "./harness/confirmed.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";

/** @param {string} status @param {string} body */
const reply = (status, body) =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const REFUSED = reply("401 Unauthorized", '{"status":"error","message":"invalid_credentials","data":{}}');
const GIVEN = reply("201 Created", '{"status":"success","auth_token":"new"}');

/** What is sent to each token, and to whoever asks for one. @type {Record<string, string>} */
let replies = {};
/** The tokens that came, and `none` for each time one was asked for. @type {string[]} */
let came = [];

const server = createServer((socket) => {
  let text = "";
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    text += bytes;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    const head = text.indexOf("\r\n\r\n");
    if (head < 0 || text.length < head + 4 + length) return;
    const token = /x-auth-token: (\w+)/i.exec(text)?.[1] ?? "none";
    text = "";
    came.push(token);
    socket.end(replies[token] ?? "");
  });
});
let baseUrl = "";
let next = 1_000_000;

before(async () => {
  await init();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  baseUrl = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/v2`;
});
after(() => server.close());

/** @param {import("#quickcall").AuthToken} authToken */
const place = (authToken) =>
  new Quickcall({ baseUrl, accountId: ACCOUNT, authToken })
    .call({ user: ACCOUNT, number: String(next++) })
    .then(
      ({ state }) => state,
      ({ code, outcome }) => `${code} ${outcome}`,
    );

test("a 401 that is cut is followed by a second request only where its head came whole", async () => {
  const head = REFUSED.indexOf("\r\n\r\n") + 4;
  for (let length = 0; length <= REFUSED.length; length++) {
    came = [];
    replies = { old: REFUSED.slice(0, length), new: reply("200 OK", JSON.stringify(CONFIRMED)) };
    const said = await place(async (reason) => (reason === "unauthorized" ? "new" : "old"));
    const isRenewed = length >= head;
    assert.deepEqual(came, isRenewed ? ["old", "new"] : ["old"], `${length} bytes`);
    assert.equal(said, isRenewed ? "started" : "network unknown", `${length} bytes`);
  }
});

test("the answer to the second request is never followed by a third", async () => {
  const whole = reply("200 OK", JSON.stringify(CONFIRMED));
  for (const second of [REFUSED, whole]) {
    for (let length = 0; length <= second.length; length += 3) {
      came = [];
      replies = { old: REFUSED, new: second.slice(0, length) };
      const said = await place(async (reason) => (reason === "unauthorized" ? "new" : "old"));
      assert.deepEqual(came, ["old", "new"], `${length} bytes`);
      if (said !== "started" && said !== "unauthorized not_placed") assert.match(said, / unknown$/);
      if (said === "started") assert.equal(second.slice(0, length), whole);
    }
  }
});

test("only a 401 asks for a new token, whatever else the server says", async () => {
  const busy =
    '{"status":"error","message":"quickcall initiation failed","data":{"error_message":"USER_BUSY"}}';
  /** @type {[string, string, string][]} */
  const answers = [
    ["400 Bad Request", "{}", "rejected not_placed"],
    ["403 Forbidden", "{}", "forbidden not_placed"],
    ["404 Not Found", "{}", "not_found not_placed"],
    ["408 Request Timeout", "{}", "server_error unknown"],
    ["429 Too Many Requests", "{}", "rate_limited not_placed"],
    ["500 Internal Server Error", busy, "originate_failed not_placed"],
    ["503 Service Unavailable", "{}", "server_error unknown"],
    ["200 OK", "{}", "unconfirmed unknown"],
  ];
  for (const [status, body, expected] of answers) {
    came = [];
    replies = { old: reply(status, body), new: reply("200 OK", JSON.stringify(CONFIRMED)) };
    /** @type {string[]} */
    const asked = [];
    const said = await place(async (reason) => {
      asked.push(reason);
      return reason === "unauthorized" ? "new" : "old";
    });
    assert.deepEqual([said, asked, came], [expected, ["call"], ["old"]], status);
  }
});

test("a token that is lost on its way places no call, and says so", async () => {
  for (let length = 0; length <= GIVEN.length; length++) {
    came = [];
    replies = { none: GIVEN.slice(0, length), new: reply("200 OK", JSON.stringify(CONFIRMED)) };
    const said = await place(apiToken({ baseUrl, apiKey: "k".repeat(64) }));
    const isGiven = length === GIVEN.length;
    assert.deepEqual(came, isGiven ? ["none", "new"] : ["none"], `${length} bytes`);
    assert.equal(said, isGiven ? "started" : "token_failed not_placed", `${length} bytes`);
  }
});
