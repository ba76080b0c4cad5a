/**
 * The id of a request where a runtime shares connections between requests, as workerd does: an answer that repeats another one is no
 * answer.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { apiToken, init, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { CONFIRMED, PLACED } from "./harness/confirmed.js";
import { handlerConfig, ORIGIN, press, serve } from "./harness/handler.js";

/** @import { IncomingMessage, ServerResponse } from "node:http" */

const TOKEN = "canary-token-9a2c";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const OWN = /^quickcall-[0-9a-f]{32}$/;
const ANOTHER = `quickcall-${"0".repeat(32)}`;

/** @type {IncomingMessage[]} */
const received = [];
/** The ids of requests as they came. */
const ids = () => received.map(({ headers }) => String(headers["x-request-id"]));
/** @type {(request: IncomingMessage, response: ServerResponse) => void} */
let answer = () => {};
let origin = "";
let next = 3_000;

const server = createServer(async (request, response) => {
  for await (const _ of request);
  received.push(request);
  answer(request, response);
});

/**
 * Answers each request with this id, or with what the id of the request is made to.
 * @param {(own: string) => string | undefined} id
 * @param {number} [status]
 * @param {unknown} [body]
 */
function answerAs(id, status = 200, body = CONFIRMED) {
  answer = (request, response) => {
    const given = id(String(request.headers["x-request-id"]));
    response.writeHead(status, given === undefined ? {} : { "X-Request-ID": given });
    response.end(JSON.stringify({ ...Object(body), request_id: given }));
  };
}

/** @param {Partial<import("#quickcall").Config>} [more] */
const client = (more) =>
  new Quickcall({ baseUrl: `${origin}/v2`, accountId: ACCOUNT, authToken: TOKEN, ...more });
const fresh = () => ({ device: "d".repeat(32), number: String(next++) });
/** @param {Promise<unknown>} call @returns {Promise<[string, string]>} */
const failed = (call) =>
  call.then(
    () => assert.fail("it did not fail"),
    ({ code, outcome }) => [code, outcome],
  );

before(async () => {
  await init();
  // What tells workerd from Node.
  /** @type {any} */ (globalThis).WebSocketPair = class {};
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
});
after(() => {
  delete (/** @type {any} */ (globalThis).WebSocketPair);
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
});

test("every request has an id of its own, which the server repeats", async () => {
  answerAs((own) => own);
  const [first, second] = [await client().call(fresh()), await client().call(fresh())];
  assert.deepEqual([first.requestId, second.requestId], ids());
  for (const id of ids()) assert.match(id, OWN);
  assert.equal(new Set(ids()).size, 2);
});

for (const status of [200, 401, 404, 500]) {
  test(`the answer to another request says nothing, also with status ${status}`, async () => {
    answerAs(
      () => ANOTHER,
      status,
      status === 500 ? { status: "error", message: "unspecified_fault" } : CONFIRMED,
    );
    /** @type {string[]} */
    const reasons = [];
    const authToken = (/** @type {string} */ reason) => {
      reasons.push(reason);
      return TOKEN;
    };
    const call = client({ authToken }).call(fresh());
    const error = await call.catch((thrown) => thrown);
    assert.deepEqual([error.code, error.outcome, error.status], ["network", "unknown", undefined]);
    assert.match(error.cause.message, /answer to another request/);
    // A 401 to another request is no reason to send this one again.
    assert.deepEqual([received.length, reasons], [1, ["call"]]);
  });
}

test("an answer that comes with an id of somebody in between, or with none, is taken", async () => {
  const others = ["0b1f6f6e-3d0c-9a53-8f5e-5d6c2c1d7a11", "quickcall-1", `${ANOTHER}, ${ANOTHER}`, undefined];
  for (const id of others) {
    answerAs(() => id);
    assert.equal((await client().call(fresh())).state, "started", id);
  }
});

test("a fetch of the caller is given what build() shows and the token, no more", async () => {
  /** @type {any} */
  let given;
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
    given = init.headers;
    return new Response(JSON.stringify(CONFIRMED));
  };
  const call = fresh();
  await client({ fetch }).call(call);
  assert.deepEqual(given, { ...client().build(call).headers, "X-Auth-Token": TOKEN });
});

test("apiToken takes no token of another answer", async () => {
  answerAs(() => ANOTHER, 201, { auth_token: "somebody-else" });
  const authToken = apiToken({ baseUrl: `${origin}/v2`, apiKey: "k".repeat(64) });
  assert.deepEqual(await failed(client({ authToken }).call(fresh())), ["token_failed", "not_placed"]);
  assert.deepEqual(
    received.map(({ method, url }) => [method, url]),
    [["PUT", "/v2/api_auth"]],
  );
});

test("a handler repeats an id of ours and no other text", async () => {
  const { url, close } = await serve(
    createHandler(handlerConfig({ baseUrl: `${origin}/v2` }, TOKEN, ORIGIN)),
  );
  answerAs((own) => own);
  const body = { endpoint: "sales", number: "+14155550100" };
  try {
    for (const [id, repeated] of [
      [ANOTHER, ANOTHER],
      ["quickcall-1", undefined],
      [`${ANOTHER}0`, undefined],
      [`x${ANOTHER}`, undefined],
      [undefined, undefined],
    ]) {
      const { status, headers, json } = await press(url, { body, headers: { "x-request-id": id } });
      assert.equal(status, 200, json.error?.message);
      assert.equal(headers["x-request-id"], repeated);
    }
    // A request that is refused before anything is read has it, too.
    const { headers } = await press(url, { method: "PUT", body, headers: { "x-request-id": ANOTHER } });
    assert.equal(headers["x-request-id"], ANOTHER);
    // What the handler sends has one of its own.
    assert.equal(new Set(ids()).size, 5);
    assert.ok(!ids().includes(ANOTHER));
    for (const id of ids()) assert.match(id, OWN);
  } finally {
    close();
  }
});

test("a handler that is given the answer to another request says unknown", async () => {
  const { url, close } = await serve(
    createHandler(handlerConfig({ baseUrl: `${origin}/v2` }, TOKEN, ORIGIN)),
  );
  answerAs(() => ANOTHER);
  try {
    const { status, json } = await press(url, { body: { endpoint: "sales", number: "+14155550100" } });
    assert.deepEqual([status, json.error.code, json.error.outcome], [504, "network", "unknown"]);
    assert.equal(received.length, 1);
  } finally {
    close();
  }
});

test("through a handler the client asks again with its key when it is given another answer", async () => {
  answer = (request, response) => {
    const isLate = received.length === 1;
    response.writeHead(200, { "X-Request-ID": isLate ? ANOTHER : request.headers["x-request-id"] });
    response.end(JSON.stringify({ ...PLACED, requestId: isLate ? "not mine" : "mine" }));
  };
  const handled = new Quickcall({ handler: `${origin}/call`, endpoint: "sales" });
  assert.equal((await handled.call({ number: "+14155550100" })).requestId, "mine");
  assert.equal(new Set(received.map(({ headers }) => headers["idempotency-key"])).size, 1);
  assert.equal(new Set(ids()).size, 2);
});
