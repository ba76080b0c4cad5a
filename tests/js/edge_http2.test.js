/**
 * The adapter for Node on a server of `node:http2`.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:http2";
import { after, before, test } from "node:test";
import { createHandler, nodeListener } from "#quickcall/edge";
import { CONFIRMED } from "./harness/confirmed.js";
import { freshKey, handlerConfig, ORIGIN } from "./harness/handler.js";
import { hurry } from "./harness/soon.js";

/** @type {import("#quickcall/edge").LogEntry[]} */
const log = [];
const place = nodeListener(
  createHandler({
    ...handlerConfig({ baseUrl: "https://kazoo.example.com/v2" }, "a-token", ORIGIN),
    fetch: async () => new Response(JSON.stringify(CONFIRMED)),
    log: (entry) => log.push(entry),
  }),
);
/** That the page has gone, as who gives the steps is told. @type {() => void} */
let leave = () => {};
const left = new Promise((resolve) => {
  leave = () => resolve("left");
});
const stream = nodeListener(async ({ url }) => {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${url}\n\n`)),
    cancel: () => leave(),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
});
const server = createServer((incoming, outgoing) =>
  incoming.url === "/steps" ? stream(incoming, outgoing) : place(incoming, outgoing),
);
/** @type {string[]} */
const warnings = [];
const warned = (/** @type {Error} */ { message }) => warnings.push(message);
/** @type {import("node:http2").ClientHttp2Session} */
let session;
let origin = "";

before(async () => {
  process.on("warning", warned);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
  session = connect(origin);
});
after(() => {
  process.off("warning", warned);
  session.destroy();
  server.close();
});

/** @param {import("node:http2").OutgoingHttpHeaders} headers */
const ask = (headers) =>
  session.request({
    ":method": "POST",
    ":path": "/call",
    origin: ORIGIN,
    "content-type": "application/json",
    "idempotency-key": freshKey(),
    ...headers,
  });

/**
 * @param {string} body
 * @param {import("node:http2").OutgoingHttpHeaders} [headers]
 */
async function answer(body, headers = {}) {
  const asked = ask(headers);
  asked.on("error", () => {});
  // Of some methods nothing may be written, be it nothing.
  asked.end(body || undefined);
  // One that is closed without an answer gives none.
  const [head] = await Promise.race([once(asked, "response"), once(asked, "close")]);
  const status = head?.[":status"];
  let text = "";
  asked.setEncoding("utf8");
  for await (const chunk of asked) text += chunk;
  return { status, text };
}

test("a call is placed by HTTP/2, for the address of the socket", async () => {
  const { status, text } = await answer('{"endpoint":"sales","number":"+14155550100"}');
  assert.deepEqual([status, JSON.parse(text).state], [200, "started"]);
  assert.deepEqual(
    log.filter(({ event }) => event === "call").map(({ visitor, outcome }) => [visitor, outcome]),
    [["127.0.0.1", "placed"]],
  );
  const preflight = { ":method": "OPTIONS", "access-control-request-method": "POST" };
  assert.equal((await answer("", preflight)).status, 204);
});

test("a method that no request may have is refused like any other", async () => {
  for (const method of ["HEAD", "TRACE", "TRACK"]) {
    assert.equal((await answer("", { ":method": method })).status, 405, method);
  }
});

test("a body that is too large ends its own request only", { timeout: 120_000 }, async () => {
  const closed = new Promise((resolve) =>
    server.once("stream", (stream) => stream.once("close", () => resolve(stream.rstCode))),
  );
  assert.equal((await answer(" ".repeat(200_000))).status, 413);
  assert.equal(await closed, 0, "what is left of it is not taken");
  assert.equal((await answer('{"endpoint":"sales","number":"+14155550101"}')).status, 200);
  assert.deepEqual(warnings, [], "no header that HTTP/2 does not know");
});

test("so does one without an end", { timeout: 120_000 }, async () => {
  const asked = ask({});
  asked.on("error", () => {});
  asked.write(" ".repeat(8_192));
  const closed = once(asked, "close");
  const [head] = await once(asked, "response");
  assert.equal(head[":status"], 413);
  asked.resume();
  await closed;
  assert.equal((await answer('{"endpoint":"sales","number":"+14155550102"}')).status, 200);
});

test("a body that does not come to its end is not waited for", { timeout: 120_000 }, async (context) => {
  const closed = new Promise((resolve) =>
    server.once("stream", (stream) => stream.once("close", () => resolve("closed"))),
  );
  const asked = ask({});
  asked.on("error", () => {});
  // It might go on.
  asked.write('{"endpoint":"sales","number":"+14155550102"}');
  const { value } = await hurry(context, () => once(asked, "response"), 60);
  assert.equal(value[0][":status"], 400);
  asked.resume();
  assert.equal(await closed, "closed");
  // Others on its connection go on.
  assert.equal((await answer('{"endpoint":"sales","number":"+14155550103"}')).status, 200);
});

test("steps are sent as they come, until the page goes away", async () => {
  const asked = ask({ ":path": "/steps" });
  asked.end("{}");
  const [chunk] = await Promise.race([once(asked, "data"), once(asked, "close")]);
  assert.equal(String(chunk), `data: ${origin}/steps\n\n`);
  assert.equal(await Promise.race([left, "open"]), "open");
  asked.close();
  assert.equal(await left, "left");
});
