import { newKey } from "./idempotency_key.js";

const OWN = /^quickcall-[0-9a-f]{32}$/;

/** An id for one request, which servers and handlers repeat in their answer. */
export function newRequestId() {
  return `quickcall-${newKey()}`;
}

/**
 * Whether a text has the form of our ids. A proxy may put an id of its own in their place, which says nothing.
 * @param {string | null | undefined} text
 * @returns {text is string}
 */
export function isOwnRequestId(text) {
  return typeof text === "string" && OWN.test(text);
}
