/**
 * Calls that events say nothing of: the server is asked whether their legs are still there.
 * @module
 */

/** @import { ChannelStatus, Channels } from "./channels.js" */
/** @import { Shown, WatchedCall } from "./watched_call.js" */
import { idle } from "./idle.js";
import { Turns } from "./turns.js";

/** How many questions are asked at a time: a server counts them with the calls that are placed. */
const MOST_QUESTIONS = 2;

/** For how long a call may be without any event before it is asked for, in milliseconds. */
export const SILENCE = 10_000;

/** How long the event of an end is awaited when the server says that a leg is gone, in milliseconds: only that tells why and when. */
const GRACE = 2_000;

/**
 * Who knows of calls, and is told of them.
 * @typedef {object} Told
 * @property {(id: number) => Shown} known What the events show of a call.
 * @property {(id: number, callId: string) => void} gone Of each leg that the server does not have any more.
 * @property {(id: number) => void} over That all legs of a call are over, and no other comes.
 */

/** The questions for calls that nothing was heard of. */
export class QuietCalls {
  #channels;
  #ended;
  #told;
  #turns = new Turns(MOST_QUESTIONS);

  /**
   * @param {Channels} channels
   * @param {AbortSignal} ended Ends the questions.
   * @param {Told} told
   */
  constructor(channels, ended, told) {
    this.#channels = channels;
    this.#ended = ended;
    this.#told = told;
  }

  /**
   * Asks for a call when nothing was heard of it for some time, and not only at the next beat.
   * @param {WatchedCall} watched
   */
  askSoon(watched) {
    if (watched.isOver) return;
    watched.timer = idle(setTimeout(() => this.ask(watched), SILENCE));
  }

  /**
   * Asks for the legs of a call that nothing was heard of for some time.
   * @param {WatchedCall} watched
   */
  async ask(watched) {
    if (watched.isOver || watched.isAsked) return;
    watched.isAsked = true;
    const gone = [];
    for (const callId of this.#told.known(watched.id).open) {
      const status = await this.#turns.take(() => this.#statusOf(callId, watched));
      // A call that is not blocking is answered before its legs are there.
      const isTooEarly = status === "gone" && performance.now() - watched.began < SILENCE;
      if (status !== undefined && !isTooEarly) watched.heard = performance.now();
      if (status === "gone" && !isTooEarly) gone.push(callId);
    }
    if (gone.length > 0) await new Promise((resolve) => idle(setTimeout(resolve, GRACE)));
    for (const callId of gone) this.#told.gone(watched.id, callId);
    watched.isAsked = false;
    if (watched.isGuessed && !watched.isOver) this.#endWhenQuiet(watched);
  }

  /**
   * @param {string} callId
   * @param {WatchedCall} watched
   * @returns {Promise<ChannelStatus | undefined>} Nothing where nobody answers, or nobody wants to know any more.
   */
  async #statusOf(callId, watched) {
    if (watched.isOver) return undefined;
    return this.#channels.status(callId, this.#ended).catch(() => undefined);
  }

  /**
   * Ends a call whose legs only the events named: when all of them were over some time ago, and no other came.
   * @param {WatchedCall} watched
   */
  #endWhenQuiet(watched) {
    const { legs, open } = this.#told.known(watched.id);
    const quiet = open.length === 0 ? legs.length : 0;
    if (quiet !== watched.quiet) watched.quietSince = performance.now();
    watched.quiet = quiet;
    if (quiet > 0 && performance.now() - watched.quietSince > SILENCE) this.#told.over(watched.id);
  }
}
