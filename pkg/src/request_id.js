import { newKey } from "./idempotency_key.js";
import { isPage } from "./page.js";

const OWN = /^quickcall-[0-9a-f]{32}$/;

/**
 * An id for one request, which servers and handlers repeat in their answer. Nothing where the rules of pages hold: a server
 * allows no page to send one. Pages of Electron can look like a server, and obey the rules of pages.
 * @returns {string | undefined}
 */
export function newRequestId() {
  const { document, process } = /** @type {any} */ (globalThis);
  const isBound = isPage() || document !== undefined || process?.versions?.electron !== undefined;
  return isBound ? undefined : `quickcall-${newKey()}`;
}

/**
 * Whether a text has the form of our ids. A proxy may put an id of its own in their place, which says nothing.
 * @param {string | null | undefined} text
 * @returns {text is string}
 */
export function isOwnRequestId(text) {
  return typeof text === "string" && OWN.test(text);
}
