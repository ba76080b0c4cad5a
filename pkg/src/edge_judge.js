/**
 * What is judged of a request by itself, before anything is asked of the memory.
 * @module
 */

/** @import { Answer } from "./edge_answer.js" */
/** @import { Host } from "./edge_host.js" */
/** @import { Ready } from "./edge_ready.js" */
/** @import { LogEntry } from "./edge_types.js" */
/** @import { Sendable } from "./place.js" */
import { withinOrStop } from "./deadline.js";
import { edgeRefusal } from "./edge_answer.js";
import { edgeCore } from "./edge_core.js";
import { report, wrongIn } from "./edge_log.js";
import { PATIENCE } from "./edge_patience.js";
import { readBody } from "./send.js";

/** The most bytes of a body that are read. One more tells that it is too large. */
export const MAX_VISITOR_BODY = 4_096;

/**
 * A request, and what its decision takes.
 * @typedef {object} Asked
 * @property {Request} request
 * @property {string | undefined} origin The page that asks.
 * @property {Host} host
 * @property {string | null | undefined} address The visitor's, as `clientAddress` has it.
 * @property {Ready} ready
 * @property {LogEntry} entry What is logged of it.
 * @property {number} started When it came, in milliseconds since 1970.
 */

/**
 * A request with a key, and the call that it asks for; a `refusal` where that is not allowed.
 * @typedef {object} Judged
 * @property {string} key
 * @property {string} fingerprint
 * @property {string} endpoint
 * @property {Answer} [refusal]
 * @property {Sendable} call
 * @property {Uint8Array} body JSON, which the core has read.
 */

/**
 * The checks that need no memory: without a `key` the refusal is the answer.
 * @param {Asked} asked
 * @returns {Promise<Judged | { key?: undefined, refusal: Answer }>}
 */
export async function judge({ request, origin, ready, entry }) {
  const { headers } = request;
  const header = (/** @type {string} */ name) => headers.get(name) ?? undefined;
  // The preflight of a page that may ask was answered before.
  if (request.method === "OPTIONS") return { refusal: edgeRefusal("origin_refused") };
  const refused = edgeCore().judge_method(request.method, header("content-type"));
  if (refused !== undefined) return { refusal: JSON.parse(refused) };
  if (request.bodyUsed) {
    const message =
      "The body of the request was read before the handler was asked, such as by `express.json()`.";
    report(ready.log, { event: "problem", level: "error", where: "handler", message });
  }
  const body = await readStart(request);
  if (body === undefined) return { refusal: edgeRefusal("bad_request") };
  if (body.length > MAX_VISITOR_BODY) return { refusal: edgeRefusal("too_large") };
  const judged = JSON.parse(ready.core.judge(origin, header("idempotency-key"), body));
  const { key, trace, endpoint, masked, refusal } = judged;
  if (key !== undefined) Object.assign(entry, { key: trace, endpoint, number: masked });
  if (refusal) Object.assign(entry, wrongIn(refusal, body));
  return { ...judged, body };
}

/**
 * The body, up to one byte over the limit; nothing where it was cut off.
 * @param {Request} request
 * @returns {Promise<Uint8Array | undefined>}
 */
async function readStart(request) {
  try {
    return await withinOrStop((ended) => readBody(request, MAX_VISITOR_BODY, ended), PATIENCE);
  } catch {
    return undefined;
  }
}
