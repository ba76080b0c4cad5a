import { isOwnRequestId, newRequestId } from "./request_id.js";
import { header } from "./send.js";

/** The runtime's own. */
const { fetch: own } = globalThis;

/**
 * The runtime's fetch, but what comes is the answer to what was sent: a request is never sent twice, and one that has an id is not
 * given the answer to another. A broken proxy can send an answer twice; then each one on its connection is read for the next request.
 * @param {string} url
 * @param {RequestInit & { body?: string, headers: Record<string, string> }} init
 * @returns {Promise<Response>}
 */
export async function fetchOnce(url, init) {
  const { fetch } = globalThis;
  // What somebody put in its place is asked as a `fetch` of a caller is.
  if (fetch !== own) return fetch(url, init);
  const id = newRequestId();
  if (id === undefined) return sendOnce(url, init);
  const response = await sendOnce(url, { ...init, headers: { ...init.headers, "X-Request-ID": id } });
  const repeated = header(response, "x-request-id");
  if (repeated !== id && isOwnRequestId(repeated)) {
    // Its connection is of no use any more.
    response.body?.cancel().catch(() => {});
    throw new Error("What came is the answer to another request.");
  }
  return response;
}

/**
 * Some runtimes send a request again by themselves, where a connection dies before the answer: Deno with everything that it can
 * send again, Bun with a GET on a connection that was used before. (Browsers do, too, and cannot be kept from it.)
 * @param {string} url
 * @param {RequestInit & { body?: string }} init
 * @returns {Promise<Response>}
 */
function sendOnce(url, init) {
  const { Bun, Deno, fetch, process } = /** @type {any} */ (globalThis);
  if (Bun) return fetch(url, { ...init, keepalive: false });
  if (!Deno) return fetch(url, init);
  // A `Blob` as a body was seen to be sent twice, too: rarely, when many requests are under way.
  const http = process?.getBuiltinModule?.(url.startsWith("https:") ? "node:https" : "node:http");
  return http ? request(http, url, init) : fetch(url, init);
}

/**
 * @param {typeof import("node:http")} http
 * @param {string} url
 * @param {RequestInit & { body?: string }} init
 * @returns {Promise<Response>}
 */
function request(http, url, { method = "GET", headers, signal, body }) {
  return new Promise((resolve, reject) => {
    const options = { method, headers: /** @type {any} */ (headers), agent: /** @type {const} */ (false) };
    const outgoing = http.request(url, signal ? { ...options, signal } : options, (incoming) => {
      try {
        resolve(response(incoming));
      } catch (error) {
        // What a `Response` cannot hold, such as the status 600. Thrown here it would end the process.
        incoming.destroy();
        reject(error);
      }
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/**
 * @param {import("node:http").IncomingMessage} incoming
 * @returns {Response}
 */
function response(incoming) {
  const { statusCode: status = 0, headers } = incoming;
  const isEmpty = status === 204 || status === 205 || status === 304;
  const content = isEmpty ? null : /** @type {any} */ (ReadableStream).from(incoming);
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return new Response(content, { status, headers: Object.fromEntries(pairs) });
}
