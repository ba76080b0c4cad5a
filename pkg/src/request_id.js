import { newKey } from "./idempotency_key.js";
import { isPage } from "./page.js";

const OWN = /^quickcall-[0-9a-f]{32}$/;

/**
 * An id for one request, which servers and handlers repeat in their answer. Nothing where the rules of pages hold: a server
 * allows no page to send one.
 * @returns {string | undefined}
 */
export function newRequestId() {
  return isPage() || looksLikeAServer() ? undefined : `quickcall-${newKey()}`;
}

/** Whether this is a page or its worker all the same: of Electron, of a Node within a page, or with Node's names put in. */
function looksLikeAServer() {
  const scope = /** @type {any} */ (globalThis);
  const { electron, webcontainer } = scope.process?.versions ?? {};
  const isWorker = typeof scope.WorkerGlobalScope === "function" && scope instanceof scope.WorkerGlobalScope;
  const isServersWorker = (scope.Deno ?? scope.Bun ?? scope.WebSocketPair) !== undefined;
  return (
    scope.document !== undefined ||
    electron !== undefined ||
    webcontainer !== undefined ||
    (isWorker && !isServersWorker)
  );
}

/**
 * Whether a text has the form of our ids. A proxy may put an id of its own in their place, which says nothing.
 * @param {string | null | undefined} text
 * @returns {text is string}
 */
export function isOwnRequestId(text) {
  return typeof text === "string" && OWN.test(text);
}
