/**
 * A step of a call. `seconds`: for how long its phone's leg was there, once it has ended.
 * @typedef {{ state: "ringing" | "answered" | "connected" | "ended", callId: string, otherCallId?: string, hangupCause?: string, seconds?: number }} ProgressStep
 */

/** The steps of one call, for whoever asks for them: kept until then. */
export class WatchedCall {
  /** @type {ProgressStep[]} */
  #steps = [];
  /** @type {(() => void) | undefined} */
  #wake;
  #isOver = false;
  /** Since when it is watched, and when something was last heard of it, in milliseconds. */
  began = Date.now();
  heard = this.began;
  /** Whether what came of its request is known: not while its answer is awaited. */
  isPlaced = true;
  /** Whether events named its legs, and no answer of the server: there may be more of them. */
  isGuessed = false;
  /** How many legs were all over when it was last asked for, and since when; none while one is open. */
  quiet = 0;
  quietSince = 0;

  /** Called once when nothing more comes. @type {(() => void) | undefined} */
  onOver;

  /** @param {ProgressStep} step */
  push(step) {
    if (this.#isOver) return;
    this.heard = Date.now();
    this.#steps.push(step);
    if (step.state === "ended") this.stop();
    else this.#wake?.();
  }

  /** Nothing more comes. */
  stop() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onOver?.();
    this.#wake?.();
  }

  get isOver() {
    return this.#isOver;
  }

  /**
   * Each step once; it ends behind `ended`, or when nobody watches any more.
   * @param {() => void} end Called when nobody takes steps any more.
   * @returns {AsyncGenerator<ProgressStep, void, unknown>}
   */
  async *steps(end) {
    try {
      for (;;) {
        const step = this.#steps.shift();
        if (step) {
          yield step;
          continue;
        }
        if (this.#isOver) return;
        await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      end();
    }
  }
}
