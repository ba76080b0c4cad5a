import { MAX_BODY } from "./send.js";

/**
 * Reads a body that should be JSON.
 * @param {Uint8Array | undefined} body
 * @param {number} [limit] In bytes.
 * @returns {unknown} Nothing where it is no JSON, or too long.
 */
export function parse(body, limit = MAX_BODY) {
  if (body && body.length > limit) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
