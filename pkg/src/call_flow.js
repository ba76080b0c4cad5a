/** @import { QuickcallError } from "./errors.js" */
/** @import { Talk } from "./call_words.js" */
/** @import { AuthToken, Placed } from "./types.js" */
import { make } from "./element_parts.js";
import { notPlaced } from "./errors.js";
import { loadInTime, notLoaded } from "./load_in_time.js";
import { loadTalk, talk } from "./talk.js";

/**
 * What a button or a link knows of its call. `idle`: there is none. `confirming`: a question is asked first. `calling`: its answer is
 * awaited. `started`, `accepted`: it was placed, as `Placed` has it. `failed`: none was placed. `invalid`: something is wrong with the
 * number, and none was placed. `unknown`: nobody knows.
 * @typedef {"idle" | "confirming" | "calling" | "started" | "accepted" | "failed" | "unknown" | "invalid"} CallState
 */

/**
 * A step of a call that was placed, as a source of events tells it.
 * @typedef {object} Step
 * @property {"ringing" | "answered" | "connected" | "ended"} state How far the call has come. `ringing`: a phone rings. `answered`: it was
 *   answered, and the number is being called. `connected`: both are, and the far party has answered, as far as is known. `ended`: it is over, or
 *   never came about.
 * @property {string | undefined} [hangupCause] Why it ended, such as `USER_BUSY`.
 * @property {number | undefined} [seconds] For how long the phone's leg was there, ringing included.
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
 * @property {(talk: Talk, question: Question) => void} ask Shows the question before a call; throws where it cannot.
 * @property {() => Progress | undefined} progress Where the steps of a call come from.
 */

/**
 * What a person is asked about: a yes calls this number with this way, whatever the page has set since.
 * @typedef {object} Question
 * @property {string} number
 * @property {Way} way
 * @property {string} target
 * @property {number} shownAt When the question was shown: what nobody has seen cannot be confirmed.
 * @property {() => void} [close] Closes its dialog, where there is one.
 */

/**
 * Tells what becomes of a call that was placed. `asked` is how it was asked for: what `follow` of `quickcall/events` takes,
 * where it was a handler.
 * @typedef {(placed: Placed, asked: { handler: string, call: Record<string, unknown>, key: string }) => AsyncIterable<Step>} Progress
 */

/** For how long a call that was placed keeps a button quiet, in seconds, where nothing is said. */
export const COOLDOWN = 5;

/** A press so soon after a question was shown is taken for the second one of a double click, and confirms nothing; in milliseconds. */
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
  /** The last step of the call. @type {Step & { wasAnswered?: boolean } | undefined} */
  step;

  #host;
  /** @type {Promise<Placed | undefined> | undefined} */
  #calling;
  /** Who is rung by whom and which number, of the call that is under way or was the last. */
  #target = "";
  /** @type {AbortController | undefined} */
  #controller;
  /**
   * The last call, while nobody knows what became of it: with its options and its number as it was written then. Its key is gone when
   * the handler said that it does not know either, and without a handler there is none.
   * @type {{ target: string, key: string | undefined, call: Record<string, unknown> & { number: string } } | undefined}
   */
  #unknown;
  /** @type {Question | undefined} */
  #question;
  /** Ends the following of the call whose steps are shown. @type {AbortController | undefined} */
  #following;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Whether a call is under way or was just placed, as far as it is shown. */
  get isBusy() {
    return ["calling", "started", "accepted"].includes(this.state);
  }

  /** Whether a press does nothing now: from the beginning of a call on, though its state is shown a little later. */
  get isTaken() {
    return this.isBusy || Boolean(this.#calling);
  }

  /** Whether nobody knows what became of the last call. */
  get isUnknown() {
    return Boolean(this.#unknown);
  }

  /** Whether a question stands in a dialog. */
  get isInDialog() {
    return Boolean(this.#question?.close);
  }

  /**
   * A press by a person.
   * @param {string} number
   * @param {boolean} askFirst
   */
  press(number, askFirst) {
    if (this.isTaken) return;
    const way = this.#way();
    const target = targetOf(way, number);
    if (this.#question?.target === target) {
      this.confirm(this.#question);
    } else if (askFirst || this.#unknown) {
      this.#ask({ number, way, target, shownAt: Infinity });
    } else {
      this.#pressed(number, way);
    }
  }

  /** @param {Question} question */
  async #ask(question) {
    this.number = question.number;
    this.#to("confirming", question);
    await loadTalk();
    if (this.#question !== question) return;
    let cause;
    try {
      if (talk) {
        this.#host.ask(talk, question);
        question.shownAt = performance.now();
        return;
      }
    } catch (error) {
      cause = error;
    }
    this.#fail(notLoaded(cause));
  }

  /** Calls what was asked about, unless that is over, or has been asked just now. @param {Question} question */
  confirm(question) {
    if (this.#question !== question || performance.now() - question.shownAt <= DOUBLE) return;
    const { number, way, target } = question;
    const now = this.#way();
    // Options may be newer, such as a verification. Who is rung may not.
    this.#pressed(number, targetOf(now, number) === target ? now : way);
  }

  /**
   * @param {string} number
   * @param {Way} way
   */
  #pressed(number, way) {
    // Whoever pressed sees what became of it, and listeners are told by an event.
    this.place(number, way).catch(() => {});
  }

  /** Takes the question back. */
  decline(question = this.#question) {
    if (question && this.#question === question) this.#to(this.#unknown ? "unknown" : "idle");
  }

  /**
   * The same a little later, unless the focus is back by then, or the person only looks at another window: what is pressed meanwhile
   * must not move away.
   * @param {ShadowRoot} root Where the question stands.
   */
  declineSoon(root) {
    const question = this.#question;
    setTimeout(() => question && document.hasFocus() && !root.activeElement && this.decline(question), 500);
  }

  /** Ends the waiting for the answer, or takes the question back. A call that was placed goes on. */
  abort() {
    this.#controller?.abort();
    this.decline();
  }

  /** Ends the waiting, and the following of a call: nobody sees this any more. */
  leave() {
    this.abort();
    this.#following?.abort();
  }

  /** Forgets what became of the last call. */
  reset() {
    this.leave();
    this.#unknown = undefined;
    this.error = undefined;
    if (this.state !== "calling") this.#to("idle");
  }

  /** What is called with now: a copy, because a page may change its own while the call waits. @returns {Way} */
  #way() {
    const way = this.#host.way();
    const { handler, options } = way;
    // A part of a URL means another one when the page's own has changed. By an element, as `absolute` comes with the call only: it is
    // 0.1 kB of the 6 that a page loads before anybody calls.
    const whole = handler?.trim() ? make("a", { href: handler }).href : handler;
    return { ...way, handler: whole, options: { ...options } };
  }

  /**
   * @param {string} number
   * @param {Way} [way]
   * @returns {Promise<Placed | undefined>}
   */
  async place(number, way = this.#way()) {
    const target = targetOf(way, number);
    if (this.#calling && this.#target === target) return this.#calling;
    if (this.isTaken) throw notPlaced("duplicate", "The call was not placed: one is under way.");
    this.#target = target;
    this.number = number;
    this.#calling = this.#call(number, way).finally(() => {
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
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    // Listeners are told when it is known that a call is under way: one that calls again gets this one.
    await undefined;
    if (!signal.aborted && !this.#host.tell("quickcall-before", { number, endpoint }, true)) {
      this.#to(this.#unknown ? "unknown" : "idle");
      return undefined;
    }
    const target = this.#target;
    const old = this.#unknown?.target === target && this.#unknown.key ? this.#unknown : undefined;
    let key = old?.key;
    // What is asked with the old key is asked about that very call, whatever the page would call with now.
    const call = old ? { ...old.call, verification: way.options?.verification } : { ...way.options, number };
    this.error = undefined;
    this.step = undefined;
    this.#to("calling");
    let loaded;
    let placed;
    try {
      loaded = await loadInTime(load(handler), signal);
      key ??= loaded.newKey();
      placed = await loaded.call({ ...way, options: call }, call.number, {
        signal,
        key,
        repeated: Boolean(old),
        again: this.isUnknown,
      });
    } catch (/** @type {any} */ failed) {
      if (failed.outcome === "unknown") {
        // The handler keeps what it knows: a repeat that it answered so once more would never tell anything else.
        const isSpent = old && loaded?.isSpent(failed);
        this.#unknown = { target, key: isSpent ? undefined : handler && key, call };
      } else if (old && loaded) {
        this.#unknown = undefined;
      }
      this.#fail(failed, loaded?.tellMistake(failed));
      throw failed;
    }
    this.#unknown = undefined;
    this.#to(placed.state);
    this.#host.tell("quickcall-placed", placed);
    const request = { handler: handler ?? "", call: { ...call, endpoint }, key };
    // A listener may have made an end of it.
    if (this.isBusy)
      this.#follow(() => this.#host.progress()?.(placed, request), way.cooldown, loaded.takeSteps);
    return placed;
  }

  /**
   * A refusal that is not said of the call that nobody knows about leaves that one as unknown as it was.
   * @param {QuickcallError} error
   * @param {boolean} [isOfNumber] Whether something is wrong with the number.
   */
  #fail(error, isOfNumber) {
    const { code, outcome } = error;
    const staysUnknown = this.#unknown && (outcome === "unknown" || code !== "duplicate");
    this.error = error;
    this.#to(staysUnknown ? "unknown" : isOfNumber ? "invalid" : "failed");
    this.#host.tell("quickcall-error", error);
  }

  /**
   * Shows the steps of a call, where somebody tells them; then the button rests for its cool-down.
   * @param {() => AsyncIterable<Step> | undefined} source
   * @param {number} cooldown
   * @param {typeof import("./call_steps.js").takeSteps} takeSteps
   */
  async #follow(source, cooldown, takeSteps) {
    const following = new AbortController();
    this.#following = following;
    await takeSteps(
      source,
      (step) => {
        this.step = step;
        this.#show();
      },
      following.signal,
      cooldown,
    );
    if (this.#following === following) this.#to("idle");
  }

  /** What fails here says nothing of the call. */
  #show() {
    try {
      this.#host.show();
    } catch (error) {
      reportError(error);
    }
  }

  /**
   * @param {CallState} state
   * @param {Question} [question] The question that is asked now. The one before is over.
   */
  #to(state, question) {
    const before = this.#question;
    this.#question = question;
    before?.close?.();
    const changed = state !== this.state;
    this.state = state;
    if (state === "idle") this.#following = undefined;
    this.#show();
    if (changed) this.#host.tell("quickcall-state", { state });
  }
}

/**
 * A number without what separates its digits: written in two ways, it is one.
 * @param {string} number
 */
export const bare = (number) => number.replace(/[\s().-]/g, "");

/**
 * Who is rung, by whom, and which number.
 * @param {Way} way
 * @param {string} number
 */
function targetOf({ authToken: _, options: __, cooldown: ___, ...target }, number) {
  return JSON.stringify([target, bare(number)]);
}

/** What can place a call comes with the first sign of one, not with the page. @param {string | undefined} handler */
async function load(handler) {
  try {
    return await (handler === undefined ? import("./call_directly.js") : import("./call_by_handler.js"));
  } catch (cause) {
    throw notLoaded(cause);
  }
}

/** Loads all that a call needs, at the first sign of one. @param {string | undefined} handler */
export function prepare(handler) {
  loadTalk();
  // What goes wrong is told when somebody calls.
  load(handler)
    .then((loaded) => loaded.prepare())
    .catch(() => {});
}
