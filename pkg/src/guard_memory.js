/** @import { EdgeReservation } from "../build/edge/glue.js" */
/** @import { Answer, Known } from "./guard.js" */
import { edgeCore } from "./edge_core.js";
import { unknownSince, waitFor } from "./guard.js";

/** The memory of one process: what another process or machine does, it does not know, and it ends with the process. */
export class MemoryGuard {
  #memory = new (edgeCore().EdgeMemory)();

  /**
   * @param {string} key
   * @param {string} fingerprint
   * @returns {Known}
   */
  known(key, fingerprint) {
    return JSON.parse(this.#memory.known(key, fingerprint, Date.now()));
  }

  /**
   * @param {string} key
   * @param {string} fingerprint
   * @param {number} milliseconds
   */
  wait(key, fingerprint, milliseconds) {
    return waitFor(this, key, fingerprint, milliseconds);
  }

  /**
   * @param {EdgeReservation} reservation
   * @returns {Known}
   */
  reserve(reservation) {
    return JSON.parse(this.#memory.reserve(reservation, Date.now()));
  }

  /**
   * @param {EdgeReservation} reservation
   * @param {number} at
   * @param {Answer} answer
   */
  settle(reservation, at, answer) {
    const { status, body } = answer;
    this.#memory.settle(reservation, Date.now(), at, status, body, unknownSince(answer, at));
  }

  /**
   * @param {EdgeReservation} reservation
   * @param {number} at
   */
  release(reservation, at) {
    this.#memory.release(reservation, Date.now(), at);
  }
}
