/**
 * A handler that answers as a test wants, and calls to it. Each file that takes from here has all of it for itself.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach } from "node:test";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { PLACED } from "./confirmed.js";

/**
 * What the handler of this test does with a request.
 * @typedef {(response: import("node:http").ServerResponse, request: import("node:http").IncomingMessage) => void} Answer
 */

/**
 * The requests of a test.
 * @type {{ method: string | undefined, headers: import("node:http").IncomingHttpHeaders, body: string }[]}
 */
export const received = [];
/** @type {Answer[]} */
let answers = [];
export let handler = "";
let next = 1000;

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const answer = answers[Math.min(received.length, answers.length - 1)];
  received.push({ method: request.method, headers: request.headers, body });
  answer?.(response, request);
});

/**
 * Answers the requests from now on with these, one after another, and again with the last one. Each test begins with a
 * call that has started.
 * @param {...Answer} given
 */
export function answerWith(...given) {
  answers = given;
}

/** @type {(status: number, body: unknown, headers?: Record<string, string>) => Answer} */
export const reply =
  (status, body, headers = {}) =>
  (response) => {
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
export const placed = reply(200, { ...PLACED, requestId: "r1" });
/** @type {(status: number, code: string, outcome: string, more?: object, headers?: Record<string, string>) => Answer} */
export const refused = (status, code, outcome, more, headers) =>
  reply(status, { error: { code, outcome, message: `It was ${code}.`, issues: [], ...more } }, headers);
/** @type {Answer} */
export const dies = (response) => response.destroy();
/** @type {Answer} */
export const cutOff = (response) => {
  response.writeHead(200, { "content-length": "5000" });
  response.write('{"state":', () => response.destroy());
};
/** Nothing says how long it would have been. @type {Answer} */
export const cutWithoutLength = (response) => {
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, { connection: "close" });
  response.write('{"state":', () => response.destroy());
};
/** @type {Answer} */
export const silent = () => {};

/** @param {Partial<import("#quickcall").Config>} [more] */
export const client = (more) => new Quickcall(/** @type {any} */ ({ handler, ...more }));
export const fresh = () => ({ endpoint: "sales", number: `+1415555${next++}` });

/**
 * @param {Promise<unknown>} promise
 * @param {string} code
 * @param {string} outcome
 * @returns {Promise<any>}
 */
export async function fails(promise, code, outcome) {
  const error = await promise.then(
    (result) => assert.fail(`placed: ${JSON.stringify(result)}`),
    (error) => error,
  );
  assert(error instanceof QuickcallError, String(error));
  assert.deepEqual([error.code, error.outcome], [code, outcome], error.message);
  return error;
}

/** Every request of this test had one key. */
export function theKey() {
  const keys = new Set(received.map(({ headers }) => headers["idempotency-key"]));
  assert.equal(keys.size, 1);
  const [key] = keys;
  assert.match(String(key), /^[A-Za-z0-9_-]{8,128}$/);
  return key;
}

before(async () => {
  await init();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  handler = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/call`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
  answers = [placed];
});
