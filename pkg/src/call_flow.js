/** @import { QuickcallError } from "./errors.js" */
/** @import { AuthToken, Placed } from "./types.js" */
import { abortedBefore, notPlaced } from "./errors.js";
import { loadTalk } from "./talk.js";

/** @typedef {"idle" | "confirming" | "calling" | "started" | "accepted" | "failed" | "unknown" | "invalid"} CallState */

/**
 * A step of a call that was placed, as a source of events tells it. `seconds`: for how long the call lasted.
 * @typedef {{ state: "ringing" | "answered" | "connected" | "ended", hangupCause?: string, seconds?: number }} Step
 */

/**
 * What a call is placed with: a handler and its name of an endpoint; or the server itself, with a token.
 * @typedef {object} Way
 * @property {string | undefined} [handler]
 * @property {string | undefined} [endpoint]
 * @property {string | undefined} [baseUrl]
 * @property {string | undefined} [accountId]
 * @property {string | undefined} [user]
 * @property {string | undefined} [device]
 * @property {AuthToken | undefined} [authToken]
 * @property {Record<string, unknown> | undefined} [options] More options of the call, such as `{ timeout: 20 }`.
 * @property {number} cooldown For how long the same call is refused when it was placed, in seconds.
 */

/**
 * Where a person presses.
 * @typedef {object} Host
 * @property {() => Way} way
 * @property {(name: string, detail: unknown, cancelable?: boolean) => boolean} tell Dispatches an event; whether nobody
 *   cancelled it.
 * @property {() => void} show Shows what is known now.
 * @property {() => Progress | undefined} progress Where the steps of a call come from.
 */

/**
 * Tells what becomes of a call that was placed. `asked` is how it was asked for: what `follow` of `quickcall/events` takes,
 * where it was a handler.
 * @typedef {(placed: Placed, asked: { handler: string, call: Record<string, unknown>, key: string }) => AsyncIterable<Step>} Progress
 */

/** For how long a call that was placed keeps a button quiet, in seconds, where nothing is said. */
export const COOLDOWN = 5;

/** How long what is loaded before a call may take, in milliseconds. */
const PATIENCE = 60_000;

const NOT_LOADED = "The call was not placed: a script could not be loaded.";

/** A second press within this time is taken for a double click, and confirms nothing; in milliseconds. */
const DOUBLE = 400;

/**
 * The steps of a call that a person asks for by a press: the question before it, the call, what became of it. One call at a
 * time.
 */
export class CallFlow {
  /** @type {CallState} */
  state = "idle";
  /** The number of the press that is under way, or was the last. */
  number = "";
  /** Why the last call failed. @type {QuickcallError | undefined} */
  error;
  /** The last step of the call. @type {Step | undefined} */
  step;

  #host;
  /** @type {Promise<Placed | undefined> | undefined} */
  #calling;
  /** @type {AbortController | undefined} */
  #controller;
  /**
   * The last call, while nobody knows what became of it. Its key is gone when the handler said that it does not know either.
   * @type {{ target: string, key: string | undefined } | undefined}
   */
  #open;
  /** The call whose steps are shown. @type {Placed | undefined} */
  #followed;
  #askedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Whether a press does nothing now. */
  get isBusy() {
    return this.state === "calling" || this.state === "started" || this.state === "accepted";
  }

  /** Whether nobody knows what became of the last call. */
  get isOpen() {
    return this.#open !== undefined;
  }

  /**
   * A press by a person.
   * @param {string} number
   * @param {boolean} askFirst
   */
  press(number, askFirst) {
    if (this.isBusy) return;
    if (this.state === "confirming" && number === this.number) {
      if (performance.now() - this.#askedAt > DOUBLE) this.confirm();
      return;
    }
    this.number = number;
    if (!askFirst && !this.#open) return this.confirm();
    this.#askedAt = performance.now();
    this.#to("confirming");
  }

  /** Calls the number that was asked about. */
  confirm() {
    // Whoever pressed sees what became of it, and listeners are told by an event.
    this.place(this.number).catch(() => {});
  }

  /** Takes the question back. */
  decline() {
    if (this.state === "confirming") this.#to(this.#open ? "unknown" : "idle");
  }

  /** Ends the waiting for the answer, or takes the question back. A call that was placed goes on. */
  abort() {
    this.#controller?.abort();
    this.decline();
  }

  /** Forgets what became of the last call. */
  reset() {
    this.abort();
    this.#open = undefined;
    this.error = undefined;
    if (!this.#calling) this.#to("idle");
  }

  /**
   * @param {string} number
   * @returns {Promise<Placed | undefined>}
   */
  async place(number) {
    if (this.#calling) return this.#calling;
    if (this.isBusy) throw notPlaced("duplicate", "The call was not placed: one has just been placed.");
    this.number = number;
    const way = this.#host.way();
    // Listeners are told when it is known that a call is under way: one that calls again gets this one.
    this.#calling = Promise.resolve()
      .then(() => this.#call(number, way))
      .finally(() => {
        this.#calling = undefined;
      });
    return this.#calling;
  }

  /**
   * @param {string} number
   * @param {Way} way
   * @returns {Promise<Placed | undefined>}
   */
  async #call(number, way) {
    const { handler, endpoint } = way;
    if (!this.#host.tell("quickcall-before", { number, endpoint }, true)) {
      this.#to(this.#open ? "unknown" : "idle");
      return undefined;
    }
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    const target = JSON.stringify([handler, endpoint, number]);
    const before = this.#open;
    const oldKey = before?.target === target ? before.key : undefined;
    let key = oldKey;
    this.error = undefined;
    this.step = undefined;
    this.#to("calling");
    try {
      const { call, newKey } = await untilAborted(load(handler), signal);
      key ??= newKey();
      const placed = await call(way, number, {
        signal,
        key,
        repeated: oldKey !== undefined,
        again: this.isOpen,
      });
      this.#open = undefined;
      this.#to(placed.state);
      this.#host.tell("quickcall-placed", placed);
      const asked = { handler: handler ?? "", call: { ...way.options, endpoint, number }, key };
      this.#follow(placed, way.cooldown, asked);
      return placed;
    } catch (error) {
      const failed = /** @type {QuickcallError} */ (error);
      const { code, outcome, status } = failed;
      this.error = failed;
      if (outcome === "unknown") {
        // The handler keeps what it knows: a repeat that it answered so once more would never tell anything else.
        this.#open = { target, key: oldKey !== undefined && status === 504 ? undefined : key };
      } else if (oldKey !== undefined || code !== "duplicate") {
        this.#open = undefined;
      }
      this.#to(outcome === "unknown" ? "unknown" : code === "invalid" ? "invalid" : "failed");
      this.#host.tell("quickcall-error", failed);
      throw failed;
    } finally {
      this.#controller = undefined;
    }
  }

  /**
   * Shows the steps of a call, where somebody tells them; then the button rests for its cool-down.
   * @param {Placed} placed
   * @param {number} cooldown
   * @param {Parameters<Progress>[1]} asked
   */
  async #follow(placed, cooldown, asked) {
    this.#followed = placed;
    const source = this.#host.progress();
    try {
      for await (const step of source?.(placed, asked) ?? []) {
        if (this.#followed !== placed) return;
        this.step = step;
        this.#host.show();
        if (step.state === "ended") break;
      }
    } catch {
      // Who tells of the call has failed, not the call.
    }
    // A timer of more than 31 bits would end at once.
    const rest = Math.min(cooldown * 1000, 2 ** 31 - 1);
    if (this.#followed === placed) this.#timer = setTimeout(() => this.#to("idle"), rest);
  }

  /** @param {CallState} state */
  #to(state) {
    clearTimeout(this.#timer);
    const changed = state !== this.state;
    this.state = state;
    if (state === "idle") this.#followed = undefined;
    this.#host.show();
    if (changed) this.#host.tell("quickcall-state", { state });
  }
}

/** What can place a call comes with the first sign of one, not with the page. @param {string | undefined} handler */
async function load(handler) {
  try {
    return await (handler === undefined ? import("./call_directly.js") : import("./call_by_handler.js"));
  } catch (cause) {
    throw notPlaced("load_failed", NOT_LOADED, cause);
  }
}

/** Loads all that a call needs, at the first sign of one. @param {string | undefined} handler */
export async function prepare(handler) {
  loadTalk();
  // What goes wrong is told when somebody calls.
  await load(handler)
    .then((loaded) => loaded.prepare())
    .catch(() => {});
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function untilAborted(work, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(abortedBefore()));
    const timer = setTimeout(() => reject(notPlaced("load_failed", NOT_LOADED)), PATIENCE);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
