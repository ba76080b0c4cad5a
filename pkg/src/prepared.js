/** @import { Prepared } from "./place.js" */

/** @typedef {[string, string, string, string, string, string, string, string, string, string, string, ...string[]]} Lines */

/**
 * Reads what the core prepared: a value a line, then a name and a value for each header (see `Client::build`).
 * @param {string} text
 * @returns {Prepared}
 */
export function readPrepared(text) {
  const lines = /** @type {Lines} */ (text.split("\n"));
  const [method, url, body, number, warnings, blocking, ringSeconds, deadline, cooldown, kind, id] = lines;
  /** @type {Record<string, string>} */
  const headers = {};
  // The last line is empty.
  for (let place = 11; place + 1 < lines.length; place += 2) {
    headers[String(lines[place])] = String(lines[place + 1]);
  }
  return {
    method: /** @type {Prepared["method"]} */ (method),
    url,
    headers,
    body: body || null,
    number,
    warnings: warnings ? JSON.parse(warnings) : [],
    blocking: blocking !== "",
    ringTime: Number(ringSeconds) * 1000,
    deadline: Number(deadline),
    cooldown: Number(cooldown),
    endpoint: `${kind}/${id}`,
  };
}
