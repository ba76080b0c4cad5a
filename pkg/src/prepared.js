/** @import { Prepared } from "./place.js" */

/**
 * Reads what the core prepared: a value a line, then a name and a value for each header (see `Client::build`).
 * @param {string} text
 * @returns {Prepared}
 */
export function readPrepared(text) {
  const lines = text.split("\n");
  const [
    method,
    url,
    body,
    number,
    warnings,
    blocking,
    ringTime,
    deadline,
    cooldown,
    kind,
    id,
    ...headerLines
  ] =
    /** @type {[string, string, string, string, string, string, string, string, string, string, string, ...string[]]} */ (
      lines
    );
  /** @type {Record<string, string>} */
  const headers = {};
  for (let place = 0; place + 1 < headerLines.length; place += 2) {
    headers[String(headerLines[place])] = String(headerLines[place + 1]);
  }
  return {
    method: /** @type {Prepared["method"]} */ (method),
    url,
    headers,
    body: body || null,
    number,
    warnings: warnings ? JSON.parse(warnings) : [],
    blocking: blocking !== "",
    ringTime: Number(ringTime),
    deadline: Number(deadline),
    cooldown: Number(cooldown),
    endpoint: `${kind}/${id}`,
  };
}
