/** @import { AuthToken } from "./types.js" */
import { ABORTED, TOO_LATE, within } from "./deadline.js";
import { notPlaced, QuickcallError } from "./errors.js";
import { idle } from "./idle.js";
import { withToken } from "./token.js";
import { NOT_PLACED } from "./unknown_outcome.js";

/** How long a socket may take to open and to take what is asked for, in milliseconds. */
const OPEN_DEADLINE = 10_000;

/** The pause before a lost one is opened again, in milliseconds; doubled each time, up to the last. */
const PAUSES = { first: 250, last: 30_000 };

/** How long one must have lived for the next pause to be the first again, in milliseconds. */
const PROVEN = 5_000;

/** How long one that is closed may wait for the server's farewell, in milliseconds. */
const FAREWELL = 1_000;

/** For how long a token that is a text may be refused before that is believed, in milliseconds: a server that starts may refuse any. */
const REFUSALS_BELIEVED = 5 * 60_000;

/** After how many questions whether it is alive, with no word of it in between, a socket is given up. */
const MOST_UNANSWERED = 2;

/**
 * As much of a WebSocket as is needed here. That of the package `ws` can also be ended without the server.
 * @typedef {{ send(text: string): void, close(): void, terminate?(): void,
 *   addEventListener(name: "open" | "message" | "close" | "error", listener: (event: object) => void): void }} Socket
 */

/**
 * Who is told.
 * @typedef {object} Told
 * @property {(data: unknown, token: string) => { kind: string, requestId?: string, done?: boolean }} take Of each message.
 * @property {() => void} again That it was opened again: what happened meanwhile was told to nobody.
 */

/** A socket that is being opened. @typedef {{ socket: Socket | undefined, isLost: boolean }} Opening */

/** The server's websocket of events: opened, asked for events, and opened again when it is lost. */
export class EventSocket {
  #source;
  #WebSocket;
  #authToken;
  #ended;
  #told;
  /** @type {Socket | undefined} */
  #socket;
  /** When it was opened, and when it was lost, in milliseconds. */
  #opened = 0;
  #lostAt = 0;
  /** How often it was asked whether it is alive since it last said anything. */
  #unanswered = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  #pause = PAUSES.first;
  /** Since when the token is refused each time, in milliseconds. @type {number | undefined} */
  #refusedSince;
  /** Whether no other one is opened any more: the token was refused, and there will be no better one. */
  isRefused = false;

  /**
   * @param {import("../build/events/glue.js").EventSource} source
   * @param {new (url: string) => Socket} WebSocket
   * @param {AuthToken} authToken
   * @param {AbortSignal} ended Ends it, also while it is opened.
   * @param {Told} told
   */
  constructor(source, WebSocket, authToken, ended, told) {
    this.#source = source;
    this.#WebSocket = WebSocket;
    this.#authToken = authToken;
    this.#ended = ended;
    this.#told = told;
    ended.addEventListener("abort", () => {
      clearTimeout(this.#retry);
      end(this.#socket);
      this.#socket = undefined;
    });
  }

  /** Opens it, and asks for events. */
  async open() {
    try {
      await withToken(this.#authToken, this.#ended, (token) => this.#subscribe(token));
    } catch (error) {
      if (this.#ended.aborted) throw notPlaced("aborted", ENDED);
      const { code, message, cause } = /** @type {QuickcallError} */ (error);
      // The words are those of a call that is to be placed. Here none is.
      throw code === "token_failed" ? notPlaced(code, message.replace(NOT_PLACED, WATCHED), cause) : error;
    }
  }

  /** Until when everything was told, in milliseconds: now, or when it was lost. */
  get toldUntil() {
    return this.#socket ? performance.now() : this.#lostAt;
  }

  /**
   * Asks it whether it is alive, and gives it up where it did not answer. How long it has said nothing proves nothing: a hidden page is
   * woken once a minute, a machine that slept after hours.
   */
  beat() {
    const socket = this.#socket;
    if (!socket) return;
    try {
      if (this.#unanswered < MOST_UNANSWERED) {
        this.#unanswered += 1;
        return socket.send('{"action":"ping"}');
      }
    } catch {
      // One that cannot be asked is lost.
    }
    end(socket);
    this.#lost(socket);
  }

  /**
   * Opens a socket and asks for events on it.
   * @param {string} token
   */
  async #subscribe(token) {
    /** @type {string[]} */
    const messages = JSON.parse(this.#source.subscribe(token));
    /** @type {Opening} */
    const opening = { socket: undefined, isLost: false };
    try {
      await within(() => this.#granted(messages, token, opening), OPEN_DEADLINE, this.#ended);
      if (opening.isLost || this.#ended.aborted) throw notPlaced("network", LOST);
    } catch (error) {
      end(opening.socket);
      if (error instanceof QuickcallError) throw error;
      const isLate = error === TOO_LATE || error === ABORTED;
      throw isLate ? notPlaced("timeout", LATE) : notPlaced("network", LOST, error);
    }
    this.#socket = opening.socket;
    this.#opened = performance.now();
    this.#unanswered = 0;
  }

  /**
   * Makes a socket and sends what asks for events.
   * @param {string[]} messages
   * @param {string} token
   * @param {Opening} opening Told of the socket.
   * @returns {Promise<void>} Done when the server has granted all that was asked for.
   */
  #granted(messages, token, opening) {
    return new Promise((resolve, reject) => {
      if (this.#ended.aborted) return reject(ABORTED);
      const socket = new this.#WebSocket(this.#source.socket());
      opening.socket = socket;
      const lost = () => {
        // Some sockets tell an error or their end once more within each `close()`: Node 22's do.
        if (opening.isLost) return;
        opening.isLost = true;
        reject(notPlaced("network", LOST));
        end(socket);
        this.#lost(socket);
      };
      socket.addEventListener("open", () => {
        try {
          for (const message of messages) socket.send(message);
        } catch {
          // What is thrown may hold the message, and so the token.
          lost();
        }
      });
      const left = new Set(messages.map((message) => JSON.parse(message).request_id));
      socket.addEventListener("message", (event) => {
        const { data } = /** @type {{ data?: unknown }} */ (event);
        if (socket === this.#socket) this.#unanswered = 0;
        const said = this.#told.take(data, token);
        if (said.kind !== "reply") return;
        // The server's words hold the token: they are not taken over.
        if (!said.done) return reject(notPlaced("unauthorized", REFUSED));
        left.delete(said.requestId);
        if (left.size === 0) resolve();
      });
      socket.addEventListener("error", lost);
      socket.addEventListener("close", lost);
    });
  }

  /**
   * Opens another one where this is the one that was used.
   * @param {Socket} socket
   */
  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#lostAt = performance.now();
    // A server that takes each and ends it at once is asked less and less often.
    if (this.#lostAt - this.#opened >= PROVEN) this.#pause = PAUSES.first;
    this.#openLater();
  }

  /** Opens it again after a pause that grows. */
  #openLater() {
    if (this.#ended.aborted) return;
    const retry = async () => {
      try {
        await this.open();
        this.#refusedSince = undefined;
      } catch (error) {
        this.isRefused = this.#isFinal(/** @type {QuickcallError} */ (error));
        return this.isRefused ? undefined : this.#openLater();
      }
      this.#told.again();
    };
    this.#retry = idle(setTimeout(retry, this.#pause));
    this.#pause = Math.min(this.#pause * 2, PAUSES.last);
  }

  /** @param {QuickcallError} error */
  #isFinal({ code }) {
    const now = performance.now();
    this.#refusedSince = code === "unauthorized" ? (this.#refusedSince ?? now) : undefined;
    return typeof this.#authToken === "string" && now - (this.#refusedSince ?? now) > REFUSALS_BELIEVED;
  }
}

const WATCHED = "Nothing is watched: ";
const REFUSED = `${WATCHED}the server's websocket refused the token or the account.`;
const CHECK =
  "Check that `url` is that of the websocket, which has a port of its own, and not that of the API.";
const LOST = `${WATCHED}the connection to the server's websocket failed. ${CHECK}`;
const LATE = `${WATCHED}the server's websocket did not answer in time. ${CHECK}`;
const ENDED = `${WATCHED}the watching was ended.`;

/**
 * Closes a socket. A class of a caller may make some that cannot be closed: nothing is to be done about it.
 * @param {Socket | undefined} socket
 */
function end(socket) {
  attempt(() => socket?.close());
  // A server that is away bids no farewell, and a socket that waits for it keeps the process.
  attempt(() => {
    if (socket?.terminate) idle(setTimeout(attempt, FAREWELL, () => socket.terminate?.()));
  });
}

/** @param {() => void} work */
function attempt(work) {
  try {
    work();
  } catch {}
}
