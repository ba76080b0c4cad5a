/**
 * Whether the visitor of a request has gone before anything is begun.
 * @module
 */

import { isOfListener } from "./client_address.js";
import { Failed } from "./edge_patience.js";
import { notPlaced } from "./errors.js";

/** Taken now, because a test may put timers in their place that never come. */
const { setImmediate, setTimeout } = globalThis;
/** In Deno a timer: at times it goes through 61 immediates before it reads a connection. */
const nextTurn = /** @type {any} */ (globalThis).Deno === undefined ? setImmediate : setTimeout;

/** After how many turns of its loop a process has read the end of a connection that was there with the request. */
const TURNS = 3;

/** What is logged where the visitor has gone. */
const GONE = "No call was placed: the visitor has gone.";

/**
 * The error of a request whose visitor has gone.
 * @param {string} [more] What is logged besides.
 */
export const gone = (more = "") => new Failed("visitor", notPlaced("aborted", GONE + more));

/**
 * Whether nobody waits for the answer any more. A request that came while a process stood still, or had its loop blocked, is read once the
 * process goes on. By then its visitor may have been told long ago that nobody knows, and a call would ring when nobody expects it any more.
 * In workerd nothing tells it. Elsewhere only the signal of a server that is known does: that of some frameworks ends as soon as the body
 * was read, or is the owner's own.
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
