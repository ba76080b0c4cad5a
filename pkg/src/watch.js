/** @import { ChannelStatus } from "./channels.js" */
/** @import { AuthToken, Call, Fetch, Placed } from "./types.js" */
/** @import { ProgressStep } from "./watched_call.js" */
import { Channels, isCallId } from "./channels.js";
import { ask, init } from "./core.js";
import { unlisten, within } from "./deadline.js";
import { notPlaced, QuickcallError } from "./errors.js";
import { eventsCore } from "./events_core.js";
import { fetchOnce } from "./fetch_once.js";
import { newKey } from "./idempotency_key.js";
import { invalid } from "./invalid.js";
import { isPage } from "./page.js";
import { members, readable } from "./readable.js";
import { usableSignal } from "./signal.js";
import { withToken } from "./token.js";
import { WatchedCall } from "./watched_call.js";

/** The custom application var by which a call is known before its ids are. */
const OWN_ID = "quickcall_id";

/** The longest message that is looked at, in characters: no event is near it. */
const LONGEST_MESSAGE = 1 << 20;

/** The most legs of a call that are followed. */
const MOST_LEGS = 1_000;

/** In milliseconds. */
const TIMES = {
  /** How long the socket may take to open and to take what is asked for; and a channel to be told. */
  answer: 10_000,
  /** The pause before it is opened again; doubled each time, up to the last. */
  firstPause: 250,
  lastPause: 30_000,
  /** How often the socket is asked whether it is alive, and calls whether they are. */
  beat: 15_000,
  /** For how long a call may be without any event before it is asked for. */
  silence: 10_000,
  /** How long events are awaited when the answer to a call told nothing. */
  grace: 2_000,
};

/**
 * What is watched, and with what.
 * @typedef {object} WatchOptions
 * @property {string} url The websocket of events: `wss://kazoo.example.com:5556`.
 * @property {string} baseUrl The server's API.
 * @property {string} accountId
 * @property {AuthToken | undefined} authToken It is sent in messages and a header, never in a URL.
 * @property {new (url: never) => Socket} [WebSocket] Where the runtime has none, such as that of the package `ws`.
 * @property {Fetch} [fetch]
 * @property {AbortSignal} [signal] Ends the watching.
 * @property {boolean} [allowInsecure] `ws` and `http` to a public name need this.
 * @property {boolean} [allowTokenInBrowser] A token in a page needs this.
 */

const OPTIONS = /** @type {const} */ ([
  ...["url", "baseUrl", "accountId", "authToken", "WebSocket", "fetch"],
  ...["signal", "allowInsecure", "allowTokenInBrowser"],
]);

/**
 * As much of a WebSocket as is needed here.
 * @typedef {{ send(text: string): void, close(): void,
 *   addEventListener(name: "open" | "message" | "close" | "error", listener: (event: object) => void): void }} Socket
 */

/** A call and its steps. @typedef {{ result: Placed, progress: AsyncGenerator<ProgressStep, void, unknown> }} Watched */

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
 * @throws {QuickcallError} `invalid`, `token_in_browser`, `token_failed`, `unauthorized`, `network` or `timeout`.
 */
export async function watch(options) {
  const given = members("options", options, OPTIONS);
  const { url, baseUrl, accountId, authToken, allowInsecure, allowTokenInBrowser } = given;
  const signal = usableSignal(given.signal);
  if (isPage() && authToken !== undefined && allowTokenInBrowser !== true) {
    throw notPlaced("token_in_browser", TOKEN_IN_BROWSER);
  }
  await init();
  for (const [name, value] of Object.entries({ url, baseUrl, accountId })) {
    if (value !== undefined && typeof value !== "string")
      throw invalid("wrong_type", name, "This must be a text.");
  }
  const source = ask(() => new (eventsCore().EventSource)(url, baseUrl, accountId, allowInsecure === true));
  const WebSocket = given.WebSocket ?? /** @type {any} */ (globalThis).WebSocket;
  if (typeof WebSocket !== "function") {
    throw invalid(
      "required",
      "WebSocket",
      "This runtime has none. Give one, such as that of the package `ws`.",
    );
  }
  if (authToken === undefined) throw invalid("required", "authToken", "A token is needed to watch calls.");
  const fetch = given.fetch ?? /** @type {Fetch} */ (fetchOnce);
  const channels = new Channels(source, authToken, fetch);
  const watcher = new Watcher(source, WebSocket, authToken, channels, signal);
  await watcher.open();
  return watcher;
}

const TOKEN_IN_BROWSER =
  "Nothing is watched: a token in a page can be read by everybody who sees the page. Set `allowTokenInBrowser: true` if only trusted people see it.";

/** Watches the calls of an account. */
export class Watcher {
  #source;
  #WebSocket;
  #authToken;
  #channels;
  #watch = new (eventsCore().EventWatch)();
  /** @type {Map<number, WatchedCall>} */
  #calls = new Map();
  /** @type {Socket | undefined} */
  #socket;
  /** When the socket last said anything, in milliseconds. */
  #heard = 0;
  #isClosed = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  #pause = TIMES.firstPause;
  #signal;
  #onAbort = () => this.close();

  /**
   * @param {import("../build/events/glue.js").EventSource} source
   * @param {new (url: string) => Socket} WebSocket
   * @param {AuthToken} authToken
   * @param {Channels} channels
   * @param {AbortSignal | undefined} signal
   */
  constructor(source, WebSocket, authToken, channels, signal) {
    this.#source = source;
    this.#WebSocket = WebSocket;
    this.#authToken = authToken;
    this.#channels = channels;
    this.#signal = signal;
  }

  /** Opens the socket, asks for events, and keeps it so. `watch` has done that. */
  async open() {
    this.#signal?.addEventListener("abort", this.#onAbort);
    if (this.#signal?.aborted) this.close();
    try {
      await this.#connect();
    } catch (error) {
      this.close();
      throw error;
    }
    this.#beat ??= idle(setInterval(() => this.#look(), TIMES.beat));
  }

  /**
   * Places a call and watches it.
   * @param {{ call: (call: Call, how: { signal?: AbortSignal, again?: boolean }) => Promise<Placed> }} quickcall An instance of `Quickcall`.
   * @param {Call} call
   * @param {{ signal?: AbortSignal, again?: boolean }} [how] As `quickcall.call` takes it; `signal` ends the following, too.
   * @returns {Promise<Watched>} `result` is what `quickcall.call` gives, `progress` the steps of the call. Where the answer was
   *   lost or confirmed nothing, and the events show the call, it resolves all the same; the call ids are those of the events.
   * @throws {QuickcallError} As `quickcall.call` does. Where the outcome is unknown and every leg that the events show ended
   *   unanswered, it has `unanswered` and a `hangupCause`: a hint and no proof, another leg may be there. After `aborted` the
   *   error has `callIds`, where the events show the call: hang them up to end it.
   */
  async call(quickcall, call, how = {}) {
    const signal = usableSignal(members("how", how, ["signal"]).signal);
    if (this.#isClosed) throw invalid("not_allowed", "watcher", "It is closed. Make a new one.");
    const { ownId, id, watched } = this.#begin();
    watched.isPlaced = false;
    try {
      const own = readable("call", () => withOwnId(call, ownId));
      const result = await quickcall.call(own, how);
      this.#name(id, result.callIds);
      this.#placed(id, watched);
      idle(setTimeout(() => this.#ask(id, watched), TIMES.silence));
      return { result, progress: this.#progress(id, watched, signal) };
    } catch (thrown) {
      const error = /** @type {QuickcallError} */ (thrown);
      const found =
        error.outcome === "unknown" && error.code !== "aborted" ? await this.#find(id, error) : undefined;
      if (!found) {
        // Who stops waiting may want to hang up what rings.
        const { legs = [] } = JSON.parse(this.#watch.known(id));
        this.#forget(id);
        throw legs.length === 0 ? error : Object.assign(error, { callIds: legs });
      }
      watched.isGuessed = true;
      this.#placed(id, watched);
      return { result: found, progress: this.#progress(id, watched, signal) };
    }
  }

  /**
   * Follows a call that was placed elsewhere.
   * @param {string[]} callIds
   * @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<ProgressStep, void, unknown>}
   * @throws {QuickcallError} `invalid`
   */
  follow(callIds, signal) {
    const ended = usableSignal(signal);
    // A copy: what is looked at must be what is followed, and a list may have holes.
    const ids = readable("callIds", () =>
      Array.isArray(callIds) && callIds.length <= MOST_LEGS ? Array.from(callIds) : [],
    );
    if (ids.length === 0 || !ids.every(isCallId)) {
      throw invalid("wrong_type", "callIds", "This must be a list of 1 to 1,000 ids of calls.");
    }
    const { id, watched } = this.#begin();
    this.#name(id, ids);
    // It may be over already.
    idle(setTimeout(() => this.#ask(id, watched), TIMES.silence));
    return this.#progress(id, watched, ended);
  }

  #begin() {
    const ownId = newKey();
    const id = this.#watch.begin(ownId);
    const watched = new WatchedCall();
    this.#calls.set(id, watched);
    return { ownId, id, watched };
  }

  /**
   * What the events show of a call whose answer told nothing.
   * @param {number} id
   * @param {QuickcallError} error
   * @returns {Promise<Placed | undefined>} Nothing where they show no leg that is there: that proves nothing, events can be
   *   lost.
   */
  async #find(id, error) {
    /** @returns {{ legs: string[], open: string[], answered?: string }} */
    const look = () => ({ legs: [], open: [], ...JSON.parse(this.#watch.known(id)) });
    let known = look();
    // An answer can be faster than the event of the same moment. Legs that have ended show nothing: more may be on their way.
    const end = Date.now() + TIMES.grace;
    while (known.answered === undefined && Date.now() < end && !this.#isClosed) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      known = look();
    }
    if (known.legs.length === 0) return undefined;
    if (known.open.length === 0 && known.answered === undefined) {
      const [last] = JSON.parse(this.#watch.name(id, "[]")).reverse();
      Object.assign(error, { hangupCause: last?.hangupCause, unanswered: true });
      return undefined;
    }
    return {
      state: known.answered === undefined ? "accepted" : "started",
      callIds: known.legs,
      status: error.status ?? 0,
      warnings: [],
      originate: { customApplicationVars: {} },
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    };
  }

  /**
   * Asks the server to hang a leg up.
   * @param {string} callId
   * @returns {Promise<ChannelStatus>} `gone`: there is no such leg. `active`: the server took the request; that the call has
   *   ended is told by an event only.
   * @throws {QuickcallError} Its outcome is `unknown`; its message says whether the call was surely not hung up.
   */
  hangup(callId) {
    return this.#channels.hangup(callId);
  }

  /**
   * Asks the server whether a leg is there.
   * @param {string} callId
   * @returns {Promise<ChannelStatus>} `gone` also for one that was never there: the server does not tell them apart.
   * @throws {QuickcallError} Its outcome is `unknown`.
   */
  status(callId) {
    return this.#channels.status(callId);
  }

  /** Ends the watching. The steps of calls end; the calls go on. */
  close() {
    this.#isClosed = true;
    unlisten(this.#signal, this.#onAbort);
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    end(this.#socket);
    this.#socket = undefined;
    for (const watched of this.#calls.values()) watched.stop();
    this.#calls.clear();
  }

  async #connect() {
    await withToken(this.#authToken, undefined, (token) => this.#subscribe(token));
    this.#pause = TIMES.firstPause;
  }

  /**
   * Opens a socket and asks for events on it.
   * @param {string} token
   */
  async #subscribe(token) {
    /** @type {Socket | undefined} */
    let opened;
    /** @type {string[]} */
    const messages = JSON.parse(this.#source.subscribe(token));
    const left = new Set(messages.map((message) => JSON.parse(message).request_id));
    const done = () =>
      new Promise((resolve, reject) => {
        const socket = new this.#WebSocket(this.#source.socket());
        opened = socket;
        socket.addEventListener("open", () => {
          for (const message of messages) socket.send(message);
        });
        socket.addEventListener("message", (event) => {
          const { data } = /** @type {{ data?: unknown }} */ (event);
          const said = this.#take(data, token);
          if (said.kind !== "reply") return;
          // The server's words hold the token: they are not taken over.
          if (!said.done) return reject(notPlaced("unauthorized", REFUSED));
          left.delete(said.requestId);
          if (left.size === 0) resolve(undefined);
        });
        const lost = () => {
          reject(notPlaced("network", LOST));
          if (this.#socket === socket) this.#again();
        };
        socket.addEventListener("error", lost);
        socket.addEventListener("close", lost);
      });
    try {
      await within(done, TIMES.answer, undefined);
    } catch (error) {
      end(opened);
      throw error instanceof QuickcallError ? error : notPlaced("timeout", LATE);
    }
    if (this.#isClosed) {
      end(opened);
      throw notPlaced("aborted", "Nothing is watched: the watching was ended.");
    }
    this.#socket = opened;
    this.#heard = Date.now();
  }

  /** Opens the socket again when it was lost, after a pause that grows. */
  #again() {
    this.#socket = undefined;
    if (this.#isClosed) return;
    clearTimeout(this.#retry);
    const retry = async () => {
      try {
        await this.#connect();
        // What happened meanwhile was told to nobody.
        for (const [id, watched] of this.#calls) this.#ask(id, watched);
      } catch {
        this.#again();
      }
    };
    this.#retry = idle(setTimeout(retry, this.#pause));
    this.#pause = Math.min(this.#pause * 2, TIMES.lastPause);
  }

  /** Looks after the socket and after calls that nothing was heard of. */
  #look() {
    const now = Date.now();
    const socket = this.#socket;
    if (socket && now - this.#heard > 2 * TIMES.beat) {
      end(socket);
      this.#again();
    } else {
      socket?.send('{"action":"ping"}');
    }
    for (const [id, watched] of this.#calls) {
      if (now - watched.heard > TIMES.silence) this.#ask(id, watched);
    }
  }

  /**
   * Asks for the legs of a call that nothing was heard of for some time.
   * @param {number} id
   * @param {WatchedCall} watched
   */
  async #ask(id, watched) {
    if (watched.isOver) return;
    /** @type {{ open?: string[] }} */
    const { open = [] } = JSON.parse(this.#watch.known(id));
    for (const callId of open) {
      const status = await this.status(callId).catch(() => undefined);
      // A call that is not blocking is answered before its legs are there.
      const isNew = Date.now() - watched.began < TIMES.silence;
      const step = status === "gone" && !isNew ? this.#watch.gone(id, callId) : undefined;
      if (step) this.#tell(id, JSON.parse(step));
    }
    if (watched.isGuessed) this.#endWhenQuiet(id, watched);
  }

  /**
   * Ends a call whose legs only the events named: when all of them were over some time ago, and no other came.
   * @param {number} id
   * @param {WatchedCall} watched
   */
  #endWhenQuiet(id, watched) {
    const { legs = [], open = [] } = JSON.parse(this.#watch.known(id));
    const quiet = open.length === 0 ? legs.length : 0;
    if (quiet !== watched.quiet) watched.quietSince = Date.now();
    watched.quiet = quiet;
    if (quiet > 0 && Date.now() - watched.quietSince > TIMES.silence) this.#name(id, []);
  }

  /**
   * @param {unknown} data
   * @param {string} token Nothing is taken over that holds it.
   * @returns {{ kind: string, requestId?: string, done?: boolean }}
   */
  #take(data, token) {
    this.#heard = Date.now();
    const text = typeof data === "string" && data.length <= LONGEST_MESSAGE ? data : "";
    const said = JSON.parse(this.#watch.take(text.replaceAll(token, "")));
    if (said.step) this.#tell(said.call, said.step);
    return said;
  }

  /**
   * @param {number} id
   * @param {string[]} callIds
   */
  #name(id, callIds) {
    for (const step of JSON.parse(this.#watch.name(id, JSON.stringify(callIds) ?? "[]")))
      this.#tell(id, step);
  }

  /**
   * @param {number} id
   * @param {ProgressStep} step
   */
  #tell(id, step) {
    const watched = this.#calls.get(id);
    watched?.push(step);
    // A call can be over before its answer comes, or without one: what is known of it is the answer then.
    if (step.state === "ended" && watched?.isPlaced) this.#forget(id, true);
  }

  /**
   * Nobody waits for the answer to a call any more.
   * @param {number} id
   * @param {WatchedCall} watched
   */
  #placed(id, watched) {
    watched.isPlaced = true;
    if (watched.isOver) this.#forget(id, true);
  }

  /**
   * @param {number} id
   * @param {boolean} [isKept] Whether its steps are still to be taken.
   */
  #forget(id, isKept = false) {
    if (!isKept) this.#calls.get(id)?.stop();
    this.#calls.delete(id);
    this.#watch.forget(id);
  }

  /**
   * @param {number} id
   * @param {WatchedCall} watched
   * @param {AbortSignal | undefined} signal
   */
  #progress(id, watched, signal) {
    const stop = () => {
      watched.stop();
      this.#forget(id);
    };
    if (signal?.aborted) stop();
    if (!watched.isOver) signal?.addEventListener("abort", stop, { once: true });
    watched.onOver = () => unlisten(signal, stop);
    const steps = watched.steps(stop);
    // A generator that was not begun runs none of its code when it is ended.
    const end = steps.return.bind(steps);
    steps.return = (value) => {
      stop();
      return end(value);
    };
    return steps;
  }
}

const REFUSED = "Nothing is watched: the server's websocket refused the token or the account.";
const LOST = "Nothing is watched: the connection to the server's websocket failed.";
const LATE = "Nothing is watched: the server's websocket did not answer in time.";

/**
 * A timer that keeps no process alive, where the runtime has such.
 * @template T
 * @param {T} timer
 * @returns {T}
 */
function idle(timer) {
  /** @type {{ unref?: () => void }} */ (timer).unref?.();
  return timer;
}

/**
 * The call with a var of its own, whatever spelling the vars have.
 * @param {Call} call
 * @param {string} ownId
 * @returns {Call}
 */
function withOwnId(call, ownId) {
  const name =
    Object(call).custom_application_vars === undefined ? "customApplicationVars" : "custom_application_vars";
  const vars = Object(call)[name];
  // What is wrong with them is told by the class.
  if (vars !== undefined && Object(vars) !== vars) return call;
  return { ...call, [name]: { ...vars, [OWN_ID]: ownId } };
}

/**
 * Closes a socket. A class of a caller may make some that cannot be closed: nothing is to be done about it.
 * @param {Socket | undefined} socket
 */
function end(socket) {
  try {
    socket?.close();
  } catch {}
}
