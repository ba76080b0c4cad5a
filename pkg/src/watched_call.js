/**
 * A step of a call that is watched. Steps never go back, and some may be left out.
 * @typedef {object} ProgressStep
 * @property {"ringing" | "answered" | "connected" | "ended"} state How far the call has come. `ringing`: a phone rings. `answered`: it was
 *   answered, and the number is being called. `connected`: both are, and the far party has answered, as far as is known. `ended`: it is over, or
 *   never came about.
 * @property {string} callId The id of its phone's leg.
 * @property {string} [otherCallId] The id of the far party's leg, once both are connected.
 * @property {string} [hangupCause] Why it ended, such as `USER_BUSY`, once it has and where that is known.
 * @property {number} [seconds] For how long its phone's leg was there, ringing included, once it has ended and where that is known.
 */

/** What events show of a call: its legs, those that are not over, and one that was answered. @typedef {{ legs: string[], open: string[], answered?: string }} Shown */

/** In milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The steps of one call, for whoever asks for them: kept until then. */
export class WatchedCall {
  /** The core's name for it. */
  id;
  /** @type {ProgressStep[]} */
  #steps = [];
  /** @type {(() => void) | undefined} */
  #wake;
  #isOver = false;
  /** Since when it is placed and watched, and when something was last learnt of it, in milliseconds. */
  began = performance.now();
  heard = this.began;
  /** Whether what came of its request is known: not while its answer is awaited. */
  isPlaced = true;
  /** Whether events named its legs, and no answer of the server: there may be more of them. */
  isGuessed = false;
  /** Whether it is just being asked for. */
  isAsked = false;
  /** Asks for it soon, where nothing is heard of it. @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  /** How many legs it had when it was last asked for, if all were over (0 while one is open), and since when so many. */
  quiet = 0;
  quietSince = 0;

  /** Called once when nothing more comes. @type {(() => void) | undefined} */
  onOver;

  /** @param {number} id */
  constructor(id) {
    this.id = id;
  }

  /** @param {ProgressStep} step */
  push(step) {
    if (this.#isOver) return;
    this.heard = performance.now();
    this.#steps.push(step);
    if (step.state === "ended") this.stop();
    else this.#wake?.();
  }

  /** Nothing more comes. */
  stop() {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.timer);
    this.onOver?.();
    this.#wake?.();
  }

  get isOver() {
    return this.#isOver;
  }

  /**
   * Each step once; it ends behind `ended`, when nobody watches any more, or when nothing can be learnt of the call.
   * @returns {AsyncGenerator<ProgressStep, void, unknown>}
   */
  async *steps() {
    for (;;) {
      const step = this.#steps.shift();
      if (step) {
        yield step;
        continue;
      }
      if (this.#isOver) return;
      // A promise keeps no process alive, and while the socket is lost nothing else does.
      const alive = setInterval(() => {}, LONGEST_TIMER);
      await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
        this.#wake = resolve;
      });
      clearInterval(alive);
    }
  }
}
