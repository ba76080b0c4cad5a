/** @import { Socket } from "./event_socket.js" */
/** @import { AuthToken, Fetch } from "./types.js" */
import { STATES } from "./call_states.js";
import { invalid } from "./invalid.js";
import { members } from "./readable.js";
import { sourceOf, watch } from "./watch.js";

/**
 * Where a handler hears of calls.
 * @typedef {object} EventsConfig
 * @property {string} url The server's websocket: `wss://kazoo.example.com:5556`.
 * @property {(new (url: never) => Socket) | undefined} [WebSocket] Where the runtime has none, such as that of the package `ws`.
 */

/** How often a line goes to a page that nothing is said to, so that no proxy ends the connection; in milliseconds. */
const HEARTBEAT = 15_000;

/** For how long a call is followed, in milliseconds. */
const LONGEST = 4 * 3_600_000;

/** What a handler knows of its server. @typedef {{ baseUrl: string, accountId: string, authToken: AuthToken, fetch: Fetch, allowInsecure: boolean | undefined }} Server */

/**
 * Judges `events` where the configuration is: not when a page wants to hear.
 * @param {EventsConfig} events
 * @param {Server} server
 * @throws {QuickcallError} `invalid`
 */
export function checkEvents(events, { baseUrl, accountId, allowInsecure }) {
  const { url, WebSocket } = members("events", events, ["url", "WebSocket"]);
  try {
    sourceOf({ url, baseUrl, accountId, WebSocket, allowInsecure });
  } catch (error) {
    // What is wrong with the server was told before.
    const [issue] = /** @type {import("./errors.js").QuickcallError} */ (error).issues;
    throw issue ? invalid(issue.code, ["events", ...issue.path], issue.message) : error;
  }
}

/**
 * The steps of one call as server-sent events. Only the state, why it ended and for how long it lasted are told.
 * @param {EventsConfig} events
 * @param {Server} server
 * @param {{ state: string, callIds: string[] }} placed
 * @param {AbortSignal} gone When the page has gone.
 * @param {() => void} ended Called once, when nothing more is told.
 * @returns {Promise<ReadableStream<Uint8Array>>} Rejects where nothing can be heard.
 */
export async function relay(events, server, { state, callIds }, gone, ended) {
  const end = new AbortController();
  const stop = () => end.abort();
  gone.addEventListener("abort", stop);
  if (gone.aborted) stop();
  const allowInsecure = server.allowInsecure === true;
  const opened = watch({ ...server, ...events, allowInsecure, signal: end.signal });
  const watcher = await opened.catch((error) => {
    gone.removeEventListener("abort", stop);
    throw error;
  });
  // Not `AbortSignal.timeout`: its timer would be there for hours after each call.
  const longest = setTimeout(stop, LONGEST);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      const write = (/** @type {string} */ text) => controller.enqueue(encoder.encode(text));
      const beat = setInterval(() => write(":\n\n"), HEARTBEAT);
      // What was before is known by the answer: the phone of a call that was started was answered.
      let told = state === "started" ? STATES.indexOf("answered") : -1;
      const tell = (/** @type {object} */ step) => write(`data: ${JSON.stringify(step)}\n\n`);
      try {
        if (told >= 0) tell({ state: STATES[told] });
        for await (const { state, hangupCause, seconds } of watcher.follow(callIds)) {
          if (STATES.indexOf(state) > told) tell({ state, hangupCause, seconds });
          told = Math.max(told, STATES.indexOf(state));
        }
      } catch {
        // The page has gone, or there is nothing to follow.
      } finally {
        clearInterval(beat);
        clearTimeout(longest);
        gone.removeEventListener("abort", stop);
        watcher.close();
        close(controller);
        ended();
      }
    },
    cancel: stop,
  });
}

/** @param {ReadableStreamDefaultController<Uint8Array>} controller */
function close(controller) {
  try {
    controller.close();
  } catch {
    // The page has gone.
  }
}
