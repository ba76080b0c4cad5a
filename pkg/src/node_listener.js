import { setClientAddress } from "./client_address.js";
import { TOO_LATE, within } from "./deadline.js";
import { MAX_VISITOR_BODY } from "./edge_judge.js";
import { PATIENCE } from "./edge_patience.js";

/**
 * What is used of an `IncomingMessage` of `node:http`, or a `Http2ServerRequest`. Written out, so that nobody needs Node's types for the rest.
 * @typedef {object} Incoming
 * @property {string | undefined} [method]
 * @property {string | undefined} [url]
 * @property {Record<string, string | string[] | undefined>} headers
 * @property {boolean} complete
 * @property {boolean} [readableDidRead]
 * @property {{ remoteAddress?: string | undefined, localPort?: number | undefined, destroyed: boolean }} socket
 * @property {(options: { destroyOnReturn: boolean }) => AsyncIterable<Uint8Array>} iterator
 * @property {() => unknown} destroy
 * @property {() => unknown} resume
 */

/**
 * What is used of a `ServerResponse` of `node:http`, or a `Http2ServerResponse`.
 * @typedef {object} Outgoing
 * @property {(name: string, value: string) => unknown} setHeader
 * @property {(status: number, headers: Record<string, string>) => unknown} writeHead
 * @property {(text: string, ended: () => void) => unknown} end
 * @property {(chunk: Uint8Array) => unknown} write
 * @property {(name: "close", listener: () => void) => unknown} on
 * @property {() => unknown} destroy
 * @property {{ close: () => unknown }} [stream] By HTTP/2: this one request of its connection.
 */

/**
 * Makes a listener for servers of `node:http`, `node:https` and `node:http2` of a handler:
 * `createServer(nodeListener(handler)).listen(8080)`. The visitor's address is that of the socket; behind a proxy give the handler a
 * `visitor` of your own. In a framework nothing may have read the body before.
 * @param {(request: Request) => Promise<Response>} handler
 * @returns {(incoming: Incoming, outgoing: Outgoing) => Promise<void>}
 * @throws {TypeError} When it is no handler.
 */
export function nodeListener(handler) {
  if (typeof handler !== "function") {
    throw new TypeError("nodeListener() takes a handler, as `createHandler()` makes it.");
  }
  return async (incoming, outgoing) => {
    // The page may go away before anything is streamed to it, and that is told once.
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    try {
      const wasRead = incoming.readableDidRead === true;
      const body = await readStart(incoming);
      if (isGone(incoming)) return void outgoing.destroy();
      const request = toRequest(incoming, body, gone.signal);
      // Read here, so that the handler finds it read, and says that a framework has read the body.
      if (wasRead && body.length === 0) await request.text();
      const response = await handler(request);
      // By HTTP/2 other requests share the connection, and no header ends it.
      if (!incoming.complete && !outgoing.stream) outgoing.setHeader("Connection", "close");
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.headers.get("content-type") === "text/event-stream")
        return await stream(response, outgoing, gone.signal);
      outgoing.end(await response.text(), () => {
        if (!incoming.complete) giveUp(incoming, outgoing);
      });
    } catch {
      // The connection is gone.
      outgoing.destroy();
    }
  };
}

/**
 * Takes no more of a body that is too large, or comes too slowly.
 * @param {Incoming} incoming
 * @param {Outgoing} outgoing
 */
function giveUp(incoming, { stream }) {
  if (!stream) return void incoming.destroy();
  stream.close();
  // Node 20 keeps a stream that holds what nobody has read.
  incoming.resume();
}

/**
 * Whether the visitor has gone, and the address with it: limits hold for addresses, so nothing is placed without one. (A socket of
 * Unix never has one, and no port either.)
 * @param {Incoming} incoming
 */
function isGone({ socket }) {
  return socket.remoteAddress === undefined && (socket.destroyed || socket.localPort !== undefined);
}

/**
 * Sends what comes as it comes, as long as somebody listens.
 * @param {Response} response
 * @param {Outgoing} outgoing
 * @param {AbortSignal} gone
 */
async function stream(response, outgoing, gone) {
  const reader = response.body?.getReader();
  const stop = () => reader?.cancel().catch(() => {});
  gone.addEventListener("abort", stop);
  if (gone.aborted) stop();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || !value) break;
    outgoing.write(value);
  }
  outgoing.end("", () => {});
}

/**
 * The body, up to one byte over the limit; nothing of one that takes too long. A server of HTTP/2 would wait for it for ever.
 * @param {Incoming} incoming
 */
async function readStart(incoming) {
  const read = async () => {
    const chunks = [];
    let length = 0;
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_VISITOR_BODY) break;
    }
    return Buffer.concat(chunks).subarray(0, MAX_VISITOR_BODY + 1);
  };
  return within(read, PATIENCE).catch((error) => {
    if (error !== TOO_LATE) throw error;
    return Buffer.alloc(0);
  });
}

/**
 * @param {Incoming} incoming
 * @param {Uint8Array<ArrayBuffer>} body
 * @param {AbortSignal} signal
 */
function toRequest(incoming, body, signal) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    // By HTTP/2 method, path and host stand here as well, under names that no header may have.
    if (value !== undefined && !name.startsWith(":")) headers.set(name, String(value));
  }
  // A `Request` knows no method of tracing; it is refused like a GET.
  const method = /^(?:TRACE|TRACK|CONNECT)$/i.test(incoming.method ?? "")
    ? "GET"
    : (incoming.method ?? "GET");
  const hasBody = method !== "GET" && method !== "HEAD";
  const request = new Request(address(incoming), { method, headers, body: hasBody ? body : null, signal });
  setClientAddress(request, incoming.socket.remoteAddress);
  return request;
}

/** @param {Incoming} incoming */
function address({ url, headers }) {
  try {
    return new URL(url ?? "/", `http://${headers[":authority"] ?? headers.host}`).href;
  } catch {
    return "http://handler.invalid/";
  }
}
