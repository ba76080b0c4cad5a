/** @import { Socket } from "./event_socket.js" */
/** @import { AuthToken, Fetch } from "./types.js" */
import { Channels } from "./channels.js";
import { init, made } from "./core.js";
import { notPlaced } from "./errors.js";
import { eventsCore } from "./events_core.js";
import { fetchOnce } from "./fetch_once.js";
import { invalid } from "./invalid.js";
import { isPage } from "./page.js";
import { members } from "./readable.js";
import { usableSignal } from "./signal.js";
import { opened, Watcher } from "./watcher.js";

/**
 * What is watched, and with what.
 * @typedef {object} WatchOptions
 * @property {string} url The websocket of events: `wss://kazoo.example.com:5556`.
 * @property {string} baseUrl The server's API, such as `https://kazoo.example.com:8443/v2`.
 * @property {string} accountId 32 characters of 0-9 and a-f.
 * @property {AuthToken | undefined} authToken It is sent in messages and a header, never in a URL.
 * @property {(new (url: never) => Socket) | undefined} [WebSocket] Where the runtime has none, such as that of the package `ws`.
 * @property {Fetch | undefined} [fetch] Used instead of the global one.
 * @property {AbortSignal | undefined} [signal] Ends the watching, also while the socket is opened.
 * @property {boolean | undefined} [allowInsecure] `ws` and `http` to a public name need this.
 * @property {boolean | undefined} [allowTokenInBrowser] A token in a page needs this.
 */

const OPTIONS = /** @type {const} */ ([
  ...["url", "baseUrl", "accountId", "authToken", "WebSocket", "fetch"],
  ...["signal", "allowInsecure", "allowTokenInBrowser"],
]);

/**
 * Opens the websocket of events, before any call is placed.
 *
 * @example
 * import { Quickcall } from "quickcall";
 * import { watch } from "quickcall/events";
 *
 * const server = { baseUrl: "https://kazoo.example.com:8443/v2", accountId: "0123456789abcdef0123456789abcdef", authToken: process.env.KAZOO_TOKEN };
 * const watcher = await watch({ url: "wss://kazoo.example.com:5556", ...server });
 * const { result, progress } = await watcher.call(new Quickcall(server), { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", number: "(415) 555-0100", blocking: false });
 * for await (const { state, hangupCause } of progress) console.log(state, hangupCause); // ringing, answered, connected, ended
 *
 * @param {WatchOptions} options
 * @returns {Promise<Watcher>} When everything is subscribed to.
 * @throws {QuickcallError} `invalid`, `token_in_browser`, `token_failed`, `unauthorized`, `network`, `timeout` or `aborted`.
 */
export async function watch(options) {
  const given = members("options", options, OPTIONS);
  const { authToken, allowTokenInBrowser } = given;
  const signal = usableSignal(given.signal);
  if (isPage() && authToken !== undefined && allowTokenInBrowser !== true) {
    throw notPlaced("token_in_browser", TOKEN_IN_BROWSER);
  }
  await init();
  const { source, WebSocket } = sourceOf(given);
  if (authToken === undefined || authToken === "") {
    throw invalid("required", "authToken", "A token is needed to watch calls.");
  }
  const fetch = given.fetch ?? /** @type {Fetch} */ (fetchOnce);
  const channels = new Channels(source, authToken, fetch);
  const watcher = new Watcher(source, WebSocket, authToken, channels, signal);
  await opened(watcher);
  return watcher;
}

/**
 * The server whose events are to be heard, checked, and the class of the socket.
 * @param {{ url: unknown, baseUrl: unknown, accountId: unknown, allowInsecure?: unknown, WebSocket?: unknown }} given
 * @returns {{ source: import("../build/events/glue.js").EventSource, WebSocket: new (url: string) => Socket }}
 * @throws {QuickcallError} `invalid`
 */
export function sourceOf({ url, baseUrl, accountId, allowInsecure, WebSocket: given }) {
  for (const [name, value] of Object.entries({ url, baseUrl, accountId })) {
    if (value !== undefined && typeof value !== "string")
      throw invalid("wrong_type", name, "This must be a text.");
  }
  const texts = /** @type {[string, string, string]} */ ([url, baseUrl, accountId]);
  const source = made(eventsCore().EventSource, ...texts, allowInsecure === true);
  const WebSocket = given ?? /** @type {any} */ (globalThis).WebSocket;
  if (typeof WebSocket !== "function") {
    throw invalid(
      "required",
      "WebSocket",
      "This runtime has none. Give one, such as that of the package `ws`.",
    );
  }
  return { source, WebSocket };
}

const TOKEN_IN_BROWSER =
  "Nothing is watched: a token in a page can be read by everybody who sees the page. Set `allowTokenInBrowser: true` if only trusted people see it.";
