/** The states of a call that is followed, in their order. */
export const STATES = /** @type {const} */ (["ringing", "answered", "connected", "ended"]);
