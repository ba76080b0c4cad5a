/**
 * A server that answers as a test wants, and calls to it. Each file that takes from here has all of it for itself.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach } from "node:test";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { CALL_ID } from "./confirmed.js";

/** @typedef {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void} Answer */

export const TOKEN = "canary-token-5f1d";
export const ACCOUNT = "0123456789abcdef0123456789abcdef";
export const DEVICE = "dddddddddddddddddddddddddddddddd";

/**
 * The requests of a test.
 * @type {{ method: string | undefined, url: string | undefined, headers: import("node:http").IncomingHttpHeaders, body: string }[]}
 */
export const received = [];
/** @type {Answer} */
let answer = () => {};
export let baseUrl = "";
let next = 1000;

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  received.push({ method: request.method, url: request.url, headers: request.headers, body });
  answer(request, response);
});

// A connection that it closes by itself would be lost to whoever uses it just then.
server.keepAliveTimeout = 600_000;

/**
 * Answers so from now on. Each test begins with a call that has started.
 * @param {Answer} given
 */
export function answerWith(given) {
  answer = given;
}

/**
 * Answers with this from now on.
 * @param {number} status
 * @param {unknown} body A text is sent as it is, anything else as JSON.
 * @param {Record<string, string>} [headers]
 */
export const reply = (status, body, headers = {}) =>
  answerWith((_, response) => {
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });

/** What a server says of a call that has started. */
export const started = {
  auth_token: TOKEN,
  status: "success",
  request_id: "r1",
  data: {
    application_name: "transfer",
    application_response: "SUCCESS",
    application_data: { route: "4155550100" },
    endpoints: [{ outbound_call_id: CALL_ID, custom_channel_vars: { auto_answer: true } }],
    outbound_caller_id_name: `Device ${TOKEN}`,
    outbound_caller_id_number: "4155550100",
    media: "process",
    ignore_early_media: true,
    timeout: 30,
    custom_application_vars: { crm: "42" },
  },
};

/** @param {Partial<import("#quickcall").Config>} [more] */
export const client = (more) => new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN, ...more });
/** A call to a number that no test called before. */
export const fresh = () => ({ device: DEVICE, number: String(next++) });

/**
 * The error of a call that fails so, in which no token stands.
 * @param {Promise<unknown>} promise
 * @param {string} code
 * @param {string} outcome
 */
export async function fails(promise, code, outcome) {
  const error = await promise.then(
    (result) => assert.fail(`placed: ${JSON.stringify(result)}`),
    (error) => error,
  );
  assert(error instanceof QuickcallError, String(error));
  assert.deepEqual([error.code, error.outcome], [code, outcome]);
  assert.doesNotMatch(`${error.message}${JSON.stringify(error)}`, new RegExp(TOKEN));
  return error;
}

before(async () => {
  await init();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  baseUrl = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/v2`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
  reply(200, started);
});
