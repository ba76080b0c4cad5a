/**
 * A handler whose server answers each call at once, without a socket: what is tested is what the handler does with what it is given.
 * @module
 */

/** @import { EdgeConfig } from "#quickcall/edge" */
import { CONFIRMED } from "./confirmed.js";
import { handlerConfig, ORIGIN } from "./handler.js";

/** A server that answers each call, and what it was asked. */
export function kazoo() {
  /** @type {string[]} */
  const sent = [];
  const fetch = async (/** @type {any} */ url) => {
    sent.push(String(url));
    return Response.json(CONFIRMED);
  };
  return { sent, fetch };
}

/** @param {Partial<EdgeConfig>} more @returns {EdgeConfig} */
export const config = (more) => ({
  ...handlerConfig({ baseUrl: "https://kazoo.example.com/v2" }, "canary-token", ORIGIN),
  visitor: () => "192.0.2.1",
  ...more,
});

/** @param {string} key @param {string} [body] */
export const request = (key, body = JSON.stringify({ endpoint: "sales", number: "+14155550100" })) =>
  new Request("https://handler.example.com/", {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "application/json", "idempotency-key": key },
    body,
  });

/** Code and outcome of an answer. @param {Promise<Response>} response */
export async function told(response) {
  const { state, error } = /** @type {any} */ (await (await response).json());
  return error ? `${error.code} ${error.outcome}` : `${state} placed`;
}
