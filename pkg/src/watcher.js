/** @import { ChannelStatus } from "./channels.js" */
/** @import { Socket } from "./event_socket.js" */
/** @import { AuthToken, Call, Placed } from "./types.js" */
/** @import { ProgressStep, Shown } from "./watched_call.js" */
import { Channels, isCallId } from "./channels.js";
import { unlisten } from "./deadline.js";
import { hold } from "./duplicates.js";
import { notPlaced, QuickcallError } from "./errors.js";
import { EventSocket } from "./event_socket.js";
import { eventsCore } from "./events_core.js";
import { newKey } from "./idempotency_key.js";
import { idle } from "./idle.js";
import { asQuestion, invalid } from "./invalid.js";
import { leftAtOnce } from "./left_at_once.js";
import { withOwnId } from "./own_id.js";
import { QuietCalls, SILENCE } from "./quiet_calls.js";
import { members, readable } from "./readable.js";
import { usableSignal } from "./signal.js";
import { sleep } from "./sleep.js";
import { WatchedCall } from "./watched_call.js";

/** The longest message that is looked at, in characters: no event is near it. */
const LONGEST_MESSAGE = 1 << 20;

/** The most legs of a call that are followed: as many as `MOST_LEGS` in `src/progress.rs` adds. */
const MOST_LEGS = 1_000;

/** How often the socket is asked whether it is alive, and calls whether they are, in milliseconds. */
const BEAT = 15_000;

/** How long events are awaited when the answer to a call told nothing, or that none was placed, in milliseconds. */
const GRACE = 2_000;

/** For how long a call is followed of which nothing can be learnt because the socket is lost, in milliseconds. */
const LONGEST_UNTOLD = 5 * 60_000;

/** For how long one is followed of which nothing is learnt, in milliseconds. */
const LONGEST_UNHEARD = 4 * 3_600_000;

/**
 * A call and its steps.
 * @typedef {object} Watched
 * @property {Placed} result What `quickcall.call` gives; where its answer was lost, what the events show.
 * @property {AsyncGenerator<ProgressStep, void, unknown>} progress The steps of the call. They end with `ended`, or without it when nothing
 *   can be learnt of the call for five minutes (four hours while the socket is there).
 */

/** Opens the socket of a watcher: for `watch`, and once. @type {(watcher: Watcher) => Promise<void>} */
export let opened;

/** Watches the calls of an account. */
export class Watcher {
  static {
    opened = (watcher) => watcher.#open();
  }

  #socket;
  #channels;
  #quiet;
  #watch = new (eventsCore().EventWatch)();
  /** @type {Map<number, WatchedCall>} */
  #calls = new Map();
  /** Ends everything that goes on. */
  #ended = new AbortController();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;
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
    this.#socket = new EventSocket(source, WebSocket, authToken, this.#ended.signal, {
      take: (data, token) => this.#take(data, token),
      again: () => {
        for (const watched of this.#calls.values()) this.#quiet.ask(watched);
      },
    });
    this.#channels = channels;
    this.#quiet = new QuietCalls(channels, this.#ended.signal, {
      known: (id) => this.#known(id),
      gone: (id, callId) => {
        const step = this.#watch.gone(id, callId);
        if (step) this.#tell(id, JSON.parse(step));
      },
      over: (id) => this.#name(id, []),
    });
    this.#signal = signal;
  }

  /** Opens the socket, asks for events, and keeps it so. */
  async #open() {
    // Before anything is waited for: `close()` can come as soon as the socket is there.
    this.#beat = idle(setInterval(() => this.#look(), BEAT));
    this.#signal?.addEventListener("abort", this.#onAbort);
    if (this.#signal?.aborted) this.close();
    try {
      await this.#socket.open();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Places a call and watches it. The call has a var of the watcher's own. A handler refuses it, unless its `visitorOptions` allow
   * `customApplicationVars`: then `follow` what `quickcall.call` placed.
   * @param {{ call: (call: Call, how: { signal?: AbortSignal | undefined, again?: boolean | undefined }) => Promise<Placed> }} quickcall An instance of `Quickcall`.
   * @param {Call} call
   * @param {{ signal?: AbortSignal | undefined, again?: boolean | undefined }} [how] As `quickcall.call` takes it; `signal` ends the following, too.
   * @returns {Promise<Watched>} `result` is what `quickcall.call` gives, `progress` the steps of the call. Where the answer was
   *   lost or confirmed nothing, and the events show the call, it resolves all the same; the call ids are those of the events.
   * @throws {QuickcallError} As `quickcall.call` does. Where the outcome is unknown and every leg that the events show ended
   *   unanswered, it has `unanswered` and a `hangupCause`: a hint and no proof, another leg may be there. After `aborted` the
   *   error has `callIds`, where the events show the call: hang them up to end it. An answer that says that no call was placed is
   *   `unknown`, with the `callIds`, where the events show a phone that rings or was answered. `unauthorized`, and nothing is placed,
   *   where the socket was lost and its token, a text, has been refused for five minutes.
   */
  async call(quickcall, call, how = {}) {
    const signal = usableSignal(members("how", how, ["signal"]).signal);
    this.#mustBeOpen();
    if (this.#socket.isRefused) throw notPlaced("unauthorized", REFUSED);
    if (readable("quickcall", () => typeof quickcall?.call !== "function")) {
      throw invalid("wrong_type", "quickcall", "This must be an instance of `Quickcall`, before the call.");
    }
    const { ownId, watched } = this.#begin();
    const { id } = watched;
    watched.isPlaced = false;
    try {
      const result = await quickcall.call(withOwnId(call, ownId), how);
      this.#name(id, result.callIds);
      this.#placed(watched);
      this.#quiet.askSoon(watched);
      return { result, progress: this.#progress(watched, signal) };
    } catch (thrown) {
      const error = /** @type {QuickcallError} */ (thrown);
      const found =
        error.outcome === "unknown" && error.code !== "aborted" ? await this.#find(id, error) : undefined;
      if (!found) throw await this.#failureOf(id, error);
      watched.isGuessed = true;
      this.#placed(watched);
      return { result: found, progress: this.#progress(watched, signal) };
    }
  }

  /**
   * Follows a call that was placed elsewhere. Its steps end as those of `call` do.
   * @param {string[]} callIds
   * @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<ProgressStep, void, unknown>}
   * @throws {QuickcallError} `invalid`, also where the watcher is closed. Its outcome is `unknown`: it says nothing of the call.
   */
  follow(callIds, signal) {
    const { ids, ended } = toFollow(callIds, signal, () => this.#mustBeOpen());
    const { watched } = this.#begin();
    this.#name(watched.id, ids);
    // It may be over already.
    this.#quiet.askSoon(watched);
    return this.#progress(watched, ended);
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
    unlisten(this.#signal, this.#onAbort);
    clearInterval(this.#beat);
    this.#ended.abort();
    // A call whose answer is still awaited is forgotten when that comes.
    for (const watched of this.#calls.values()) {
      if (watched.isPlaced) this.#forget(watched.id);
      else watched.stop();
    }
    // The module's memory is not seen by what collects garbage, and not every runtime gives it back at all.
    this.#watch.forget_strangers();
  }

  /** @throws {QuickcallError} `invalid` where it is closed: nothing would ever end what is watched then. */
  #mustBeOpen() {
    if (this.#ended.signal.aborted) throw invalid("not_allowed", "watcher", "It is closed. Make a new one.");
  }

  #begin() {
    const ownId = newKey();
    const watched = new WatchedCall(this.#watch.begin(ownId));
    this.#calls.set(watched.id, watched);
    return { ownId, watched };
  }

  /**
   * What the events show of a call.
   * @param {number} id
   * @returns {Shown}
   */
  #known(id) {
    return { legs: [], open: [], ...JSON.parse(this.#watch.known(id)) };
  }

  /**
   * What the events show of a call, as soon as that is enough. An answer can be faster than the event of the same moment.
   * @param {number} id
   * @param {(known: Shown) => boolean} isEnough
   */
  async #knownSoon(id, isEnough) {
    let known = this.#known(id);
    const end = performance.now() + GRACE;
    while (!isEnough(known) && performance.now() < end && !this.#ended.signal.aborted) {
      await sleep(50);
      known = this.#known(id);
    }
    return known;
  }

  /**
   * What the events show of a call whose answer told nothing.
   * @param {number} id
   * @param {QuickcallError} error
   * @returns {Promise<Placed | undefined>} Nothing where they show no leg that is there: that proves nothing, events can be
   *   lost.
   */
  async #find(id, error) {
    // Legs that have ended show nothing: more may be on their way.
    const known = await this.#knownSoon(id, ({ answered }) => answered !== undefined);
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
   * The error of a call that is not found, with what the events show of it all the same.
   * @param {number} id
   * @param {QuickcallError} error
   */
  async #failureOf(id, error) {
    const isThere = error.outcome === "not_placed" && (await this.#isThere(id));
    // Who stops waiting may want to hang up what rings.
    const { legs } = this.#known(id);
    this.#forget(id);
    if (isThere) hold(error);
    const failure = isThere ? contradicted(error) : error;
    return legs.length === 0 ? failure : Object.assign(failure, { callIds: legs });
  }

  /**
   * Whether the events show a phone that was answered or still rings, though the answer said that no call was placed. Phones that
   * stopped ringing are no contradiction.
   * @param {number} id
   */
  async #isThere(id) {
    const known = await this.#knownSoon(
      id,
      ({ open, answered }) => answered !== undefined || open.length === 0,
    );
    return known.answered !== undefined || known.open.length > 0;
  }

  /** Looks after the socket and after calls that nothing was heard of. */
  #look() {
    this.#socket.beat();
    for (const watched of this.#calls.values()) {
      const unheard = performance.now() - watched.heard;
      if (watched.isPlaced && this.#isUnknown(unheard)) this.#forget(watched.id);
      else if (unheard > SILENCE) this.#quiet.ask(watched);
    }
  }

  /**
   * Whether nothing can be learnt of a call any more. A socket that is open would have told its end, unless that was dropped.
   * @param {number} unheard For how long nothing was learnt of it, in milliseconds.
   */
  #isUnknown(unheard) {
    const untold = performance.now() - this.#socket.toldUntil;
    return Math.min(unheard, untold) > LONGEST_UNTOLD || unheard > LONGEST_UNHEARD;
  }

  /**
   * @param {unknown} data
   * @param {string} token Nothing is taken over that holds it.
   * @returns {{ kind: string, requestId?: string, done?: boolean }}
   */
  #take(data, token) {
    // A socket that is closed goes on to tell until the server has bidden farewell.
    if (this.#ended.signal.aborted) return { kind: "other" };
    const text = typeof data === "string" && data.length <= LONGEST_MESSAGE ? data : "";
    const said = JSON.parse(this.#watch.take(text.replaceAll(token, "")));
    for (const { call, step } of said.steps ?? []) this.#tell(call, step);
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
    if (step.state === "ended" && watched?.isPlaced) this.#forget(id);
  }

  /**
   * Nobody waits for the answer to a call any more.
   * @param {WatchedCall} watched
   */
  #placed(watched) {
    watched.isPlaced = true;
    // A slow token, or a slow answer, is no silence of its phone.
    watched.began = performance.now();
    watched.heard = watched.began;
    if (watched.isOver) this.#forget(watched.id);
  }

  /**
   * Learns nothing more of a call. Steps that it has are still to be taken.
   * @param {number} id
   */
  #forget(id) {
    this.#calls.get(id)?.stop();
    this.#calls.delete(id);
    this.#watch.forget(id);
  }

  /**
   * @param {WatchedCall} watched
   * @param {AbortSignal | undefined} signal
   */
  #progress(watched, signal) {
    const stop = () => {
      watched.stop();
      this.#forget(watched.id);
    };
    if (signal?.aborted) stop();
    if (!watched.isOver) signal?.addEventListener("abort", stop, { once: true });
    watched.onOver = () => unlisten(signal, stop);
    return leftAtOnce(watched.steps(), stop);
  }
}

/**
 * The error of a call that was not placed by the answer's word, though the events show it.
 * @param {QuickcallError} error
 */
function contradicted(error) {
  const { code, status, requestId } = error;
  return new QuickcallError(
    { code, outcome: "unknown", message: CONTRADICTED, status, requestId },
    { cause: error },
  );
}

const REFUSED =
  "The call was not placed: the server's websocket refuses the watcher's token. Make a new watcher.";

const CONTRADICTED =
  "The answer says that the call was not placed, but events show it: a phone rings or was answered. Look at the phone, or hang up the legs in `callIds`, before trying again.";

/**
 * What is to be followed, and until when.
 * @param {string[]} callIds
 * @param {AbortSignal | undefined} signal
 * @param {() => void} mustBeOpen Throws where nothing can be followed.
 */
function toFollow(callIds, signal, mustBeOpen) {
  try {
    mustBeOpen();
    const ended = usableSignal(signal);
    // A copy: what is looked at must be what is followed, and a list may have holes.
    const ids = readable("callIds", () =>
      Array.isArray(callIds) && callIds.length <= MOST_LEGS ? Array.from(callIds) : [],
    );
    if (ids.length === 0 || !ids.every(isCallId)) {
      throw invalid("wrong_type", "callIds", "This must be a list of 1 to 1,000 ids of calls.");
    }
    return { ids, ended };
  } catch (error) {
    throw asQuestion("The call cannot be followed", error);
  }
}
