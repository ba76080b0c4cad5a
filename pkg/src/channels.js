/** @import { AuthToken, Fetch } from "./types.js" */
import { REFUSALS } from "./ask_handler.js";
import { failure } from "./core.js";
import { within } from "./deadline.js";
import { eventsCore } from "./events_core.js";
import { invalid } from "./invalid.js";
import { send } from "./send.js";
import { withToken } from "./token.js";

/** What the channels API says of a leg: it is there, or there is none. @typedef {"active" | "gone"} ChannelStatus */

/** How long an answer is awaited, in milliseconds. */
const DEADLINE = 10_000;

/** @param {unknown} value */
export function isCallId(value) {
  return typeof value === "string" && eventsCore().is_call_id(value);
}

/** The channels API: which legs of calls are there, and hanging up. */
export class Channels {
  #source;
  #authToken;
  #fetch;

  /**
   * @param {import("../build/events/glue.js").EventSource} source
   * @param {AuthToken} authToken
   * @param {Fetch} fetch
   */
  constructor(source, authToken, fetch) {
    this.#source = source;
    this.#authToken = authToken;
    this.#fetch = fetch;
  }

  /**
   * @param {string} callId
   * @returns {Promise<ChannelStatus>}
   */
  status(callId) {
    return this.#ask(callId, "GET", null);
  }

  /**
   * @param {string} callId
   * @returns {Promise<ChannelStatus>}
   */
  hangup(callId) {
    return this.#ask(callId, "POST", '{"data":{"action":"hangup"}}');
  }

  /**
   * @param {string} callId
   * @param {"GET" | "POST"} method
   * @param {string | null} body
   * @returns {Promise<ChannelStatus>}
   */
  async #ask(callId, method, body) {
    if (!isCallId(callId)) throw invalid("not_allowed", "callId", "This is not the id of a call.");
    const url = this.#source.channel(callId);
    const type = body === null ? {} : { "Content-Type": "application/json" };
    return withToken(this.#authToken, undefined, async (token) => {
      const request = { method, url, headers: { "X-Auth-Token": token, ...type }, body };
      const asked = within((ended) => send(request, this.#fetch, ended), DEADLINE, undefined);
      const { status } = await asked.catch((cause) => {
        throw failure("network", { cause });
      });
      if (status === 404) return "gone";
      if (status >= 200 && status <= 299) return "active";
      throw failure(REFUSALS[status] ?? (status >= 500 ? "server_error" : "rejected"));
    });
  }
}
