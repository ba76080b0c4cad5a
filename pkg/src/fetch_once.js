/**
 * The runtime's fetch, but a request is never sent twice. Some runtimes do that by themselves, where a connection dies
 * before the answer: Deno with everything that it can send again, Bun with a GET on a connection that was used before.
 * (Browsers do, too, and cannot be kept from it.)
 * @param {string} url
 * @param {RequestInit & { body?: string }} init
 * @returns {Promise<Response>}
 */
export function fetchOnce(url, init) {
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
