/**
 * Whether the visitor of a request has gone before anything is begun.
 * @module
 */

import { isOfListener } from "./client_address.js";

/** Those of a test may never come. Deno goes through 61 immediates, at times, before it reads a connection. */
const { setImmediate, setTimeout } = globalThis;
const nextTurn = /** @type {any} */ (globalThis).Deno === undefined ? setImmediate : setTimeout;

/** After how many turns of its loop a process has read the end of a connection that was there with the request. */
const TURNS = 3;

/**
 * Whether nobody waits for the answer any more. What came while a process stood still, or had its loop blocked, is read once it goes on,
 * and its visitor may have been told long ago that nobody knows: a call would ring when nobody expects it any more. In workerd it is not told.
 * Only the signal of a server that is known tells it: what some frameworks give ends as soon as the body was read, or is the owner's own.
 * @param {Request} request
 * @param {unknown} server What the runtime gives a handler besides the request, where it is the server.
 */
export async function hasGone(request, server) {
  const { WebSocketPair } = /** @type {any} */ (globalThis);
  if (WebSocketPair || !nextTurn || (server === undefined && !isOfListener(request))) return false;
  const { signal } = request;
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => nextTurn(resolve));
  return signal?.aborted === true;
}
