/** @import { EdgeReservation } from "../build/edge/glue.js" */
/** @import { Known, Settled } from "./guard.js" */
import { edgeCore } from "./edge_core.js";
import { unknownSince, waitFor } from "./guard.js";

/**
 * Milliseconds since 1970 as this process counts them: a clock that is set meanwhile must not bring a key back, nor end a limit.
 */
const now = () => performance.timeOrigin + performance.now();

/** The memory of one process: what another process or machine does, it does not know, and it ends with the process. */
export class MemoryGuard {
  #memory = new (edgeCore().EdgeMemory)();

  /**
   * @param {string} key
   * @param {string} fingerprint
   * @returns {Known}
   */
  known(key, fingerprint) {
    return JSON.parse(this.#memory.known(key, fingerprint, now()));
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
    return JSON.parse(this.#memory.reserve(reservation, now()));
  }

  /**
   * @param {EdgeReservation} reservation
   * @param {number} at
   * @param {Settled} settled
   */
  settle(reservation, at, settled) {
    const { status, body, sent } = settled;
    // `sent` was read from the clock, and here time is counted as the process does.
    const counted = sent === undefined ? settled : { ...settled, sent: now() - (Date.now() - sent) };
    this.#memory.settle(reservation, now(), at, status, body, unknownSince(counted, at));
  }

  /**
   * @param {EdgeReservation} reservation
   * @param {number} at
   */
  release(reservation, at) {
    this.#memory.release(reservation, now(), at);
  }
}
