/**
 * What the owner and the runtime give a handler fails, at once or later, or says nothing for ever: no call is placed twice, and
 * each answer is true.
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { freshKey, handlerConfig, ORIGIN } from "./harness/handler.js";

/** @import { EdgeConfig } from "#quickcall/edge" */

/** A server that answers each call, and what it was asked. */
function kazoo() {
  /** @type {string[]} */
  const sent = [];
  const data = {
    application_name: "transfer",
    application_response: "SUCCESS",
    endpoints: [{ outbound_call_id: `${"a".repeat(36)}-quickcall` }],
  };
  const fetch = async (/** @type {any} */ url) => {
    sent.push(String(url));
    return Response.json({ status: "success", data });
  };
  return { sent, fetch };
}

/** @param {Partial<EdgeConfig>} more @returns {EdgeConfig} */
const config = (more) => ({
  ...handlerConfig({ baseUrl: "https://kazoo.example.com/v2" }, "canary-token", ORIGIN),
  visitor: () => "192.0.2.1",
  ...more,
});

/** @param {string} key @param {string} [body] */
const request = (key, body = JSON.stringify({ endpoint: "sales", number: "+14155550100" })) =>
  new Request("https://handler.example.com/", {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "application/json", "idempotency-key": key },
    body,
  });

/** Code and outcome of an answer. @param {Promise<Response>} response */
async function told(response) {
  const { state, error } = /** @type {any} */ (await (await response).json());
  return error ? `${error.code} ${error.outcome}` : `${state} placed`;
}

/** Logs that fail. @type {[string, () => unknown][]} */
const LOGS = [
  ["rejects", () => Promise.reject(new Error("full"))],
  ["rejects later", () => new Promise((_, reject) => setTimeout(reject, 1))],
  [
    "gives what throws when it is looked at",
    () =>
      new Proxy(
        {},
        {
          get() {
            throw new Error("full");
          },
        },
      ),
  ],
];
for (const [name, log] of LOGS) {
  test(`a log that ${name} ends no process`, async () => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch, log }));
    assert.equal(await told(handler(request(freshKey()))), "started placed");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(sent.length, 1);
  });
}

/** Contexts that fail. @type {[string, any][]} */
const CONTEXTS = [
  [
    "throws",
    {
      waitUntil() {
        throw new TypeError("Illegal invocation");
      },
    },
  ],
  ["rejects", { waitUntil: () => Promise.reject(new Error("over")) }],
  ["is no function", { waitUntil: 5 }],
];
for (const [name, context] of CONTEXTS) {
  test(`a call goes on where \`waitUntil\` ${name}`, async () => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch }));
    const key = freshKey();
    assert.equal(await told(handler(request(key), {}, context)), "started placed");
    assert.equal(await told(handler(request(key), {}, context)), "started placed");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(sent.length, 1);
  });
}
