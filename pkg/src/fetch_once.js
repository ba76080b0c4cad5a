import { isOwnRequestId, newRequestId } from "./request_id.js";
import { header } from "./send.js";

/** Where Node's own `fetch` keeps its way to servers: undici 8 has a place of its own, and another version may use the old one. */
const GLOBAL_DISPATCHER = Symbol.for(
  `undici.globalDispatcher.${Number.parseInt(globalThis.process?.versions?.undici ?? "", 10) >= 8 ? 2 : 1}`,
);

/** The runtime's own `fetch`, as it was when this was loaded. */
const { fetch: own } = globalThis;

/**
 * The runtime's fetch, but a request is sent once, and what comes is the answer to it and to no other. Each has a connection of its
 * own where the runtime knows that: none that the server closes just then, and none on which the second copy of an earlier answer may
 * come, which a broken proxy can send. Where connections are shared all the same, a request has an id that its answer repeats.
 *
 * Some runtimes send a request again by themselves, where a connection dies before the answer: Deno with everything that it can
 * send again, Bun with a GET on a connection that was used before. (Browsers do, too, and cannot be kept from it.)
 * @param {string} url
 * @param {RequestInit & { body?: string, headers: Record<string, string> }} init
 * @returns {Promise<Response>}
 */
export async function fetchOnce(url, init) {
  const { Bun, Deno, EdgeRuntime, WebSocketPair, fetch, process } = /** @type {any} */ (globalThis);
  // No cache answers a POST. In workerd `cache` would add two headers to it, and up to a fifteenth to the time of a call through a handler.
  if (WebSocketPair && init.method === "POST") {
    const { cache, ...rest } = init;
    return withId(url, rest, fetch);
  }
  if (WebSocketPair || EdgeRuntime) return withId(url, init, fetch);
  if (Bun) return fetch(url, { ...init, keepalive: false });
  if (Deno) {
    // A `Blob` as a body was seen to be sent twice, too: rarely, when many requests are under way.
    const http = process?.getBuiltinModule?.(url.startsWith("https:") ? "node:https" : "node:http");
    return http ? request(http, url, init) : fetch(url, init);
  }
  // What somebody put in its place since is asked as a `fetch` of a caller is.
  if (process?.release?.name !== "node" || fetch !== own) return fetch(url, init);
  // Where a connection ends with its answer, Node takes one that was cut for whole. A handler's is asked for again, so it must be seen.
  if (init.headers["Idempotency-Key"] !== undefined) return withId(url, init, fetchInNode);
  return fetchInNode(url, { ...init, headers: { ...init.headers, Connection: "close" } });
}

/**
 * Node's own `fetch`, by its own way to servers or the one that was put in its place (a proxy); but without its limit of 300 s for an
 * answer, because a signal says how long one is awaited, and once: Node sends again what was answered with 421. As it is where this
 * Node has no such way.
 * @param {string} url
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
async function fetchInNode(url, init) {
  const { [GLOBAL_DISPATCHER]: dispatcher } = /** @type {any} */ (globalThis);
  if (!dispatcher) return own(url, init);
  // By HTTP/2 requests would share a connection.
  const limits = { headersTimeout: 0, bodyTimeout: 0, allowH2: false };
  let times = 0;
  const dispatch = (/** @type {object} */ options, /** @type {object} */ handler) => {
    times += 1;
    if (times > 1) throw new Error("A request is sent once.");
    return dispatcher.dispatch({ ...options, ...limits }, handler);
  };
  const once = { ...init, dispatcher: Object.assign(Object.create(dispatcher), { dispatch }) };
  try {
    return await own(url, /** @type {RequestInit} */ (once));
  } catch (error) {
    // A handler is asked again with its key, and the id of this answer is lost.
    if (times > 1 && new Headers(init.headers).get("Idempotency-Key") === null)
      return new Response(null, { status: 421 });
    throw error;
  }
}

/**
 * Sends a request with an id, which servers and handlers repeat, and takes no answer to another one.
 * @param {string} url
 * @param {RequestInit & { headers: Record<string, string> }} init
 * @param {(url: string, init: RequestInit) => Promise<Response>} fetch
 * @returns {Promise<Response>}
 */
async function withId(url, init, fetch) {
  const id = newRequestId();
  const response = await fetch(url, { ...init, headers: { ...init.headers, "X-Request-ID": id } });
  const repeated = header(response, "x-request-id");
  if (repeated !== id && isOwnRequestId(repeated)) {
    // Its connection is of no use any more.
    response.body?.cancel().catch(() => {});
    throw new Error("What came is the answer to another request.");
  }
  return response;
}

/**
 * @param {typeof import("node:http")} http
 * @param {string} url
 * @param {RequestInit & { body?: string }} init
 * @returns {Promise<Response>}
 */
function request(http, url, { method = "GET", headers, signal, body }) {
  // Without `ca: null` Deno asks for `--allow-sys=ca`, and does not trust what `--cert` and `DENO_CERT` name.
  const own = { agent: /** @type {const} */ (false), ca: null };
  return new Promise((resolve, reject) => {
    const options = { method, headers: /** @type {any} */ (headers), ...own };
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
