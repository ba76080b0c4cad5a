/**
 * Whether the visitor of a request has gone before anything is begun.
 * @module
 */

/** That of a test may never come. */
const { setImmediate } = globalThis;

/** After how many turns of its loop a process has read the end of a connection that was there with the request. */
const TURNS = 3;

/**
 * Whether nobody waits for the answer any more. What came while a process stood still, or had its loop blocked, is read once it goes on,
 * and its visitor may have been told long ago that nobody knows: a call would ring when nobody expects it any more. In workerd it is not told.
 * @param {Request} request
 */
export async function hasGone({ signal }) {
  if (/** @type {any} */ (globalThis).WebSocketPair || !setImmediate) return false;
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  return signal?.aborted === true;
}
