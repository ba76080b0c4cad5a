/** @import { AuthToken, Fetch } from "./types.js" */
import { TOO_LATE, withinOrStop } from "./deadline.js";
import { QuickcallError } from "./errors.js";
import { eventsCore } from "./events_core.js";
import { asQuestion, invalid } from "./invalid.js";
import { parse } from "./json_body.js";
import { isRefusal, REFUSALS } from "./refusal_codes.js";
import { codeOfFailedFetch, send } from "./send.js";
import { withToken } from "./token.js";

/** What the channels API says of a leg: it is there, or there is none. @typedef {"active" | "gone"} ChannelStatus */

/** What it means for the call when a question is refused, and when nobody answers it. @typedef {{ refused: string, unknown: string }} Meaning */

/** How long an answer is awaited, in milliseconds. */
const DEADLINE = 10_000;

/** What is surely not done. @type {Record<string, string>} */
const REFUSED = {
  token_failed: "there is no usable token.",
  unauthorized: "the server refused the token. It may have expired. Get a new one.",
  forbidden: "the token may not do this. Ask whoever runs the phone system.",
  rate_limited: "the server was asked too often. Wait a little, then ask again.",
  rejected: "the server refused the request. The status tells why. Check the base URL where it always does.",
};

/** What nobody knows. @type {Record<string, string>} */
const UNKNOWN = {
  server_error: "the server failed. Ask again, or look at the phone.",
  bad_response: "the answer is not from the phone system. Check the base URL.",
  timeout: "no answer came in time. Ask again, or look at the phone.",
  network: "the connection failed before the answer. Ask again, or look at the phone.",
};

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
   * @param {AbortSignal} [signal] Ends the question.
   * @returns {Promise<ChannelStatus>}
   */
  status(callId, signal) {
    const unknown = "Nobody knows whether the call goes on";
    return this.#ask(callId, "GET", null, { refused: unknown, unknown }, signal);
  }

  /**
   * @param {string} callId
   * @returns {Promise<ChannelStatus>}
   */
  hangup(callId) {
    const body = '{"data":{"action":"hangup"}}';
    const meaning = {
      refused: "The call was not hung up",
      unknown: "Nobody knows whether the call was hung up",
    };
    return this.#ask(callId, "POST", body, meaning);
  }

  /**
   * @param {string} callId
   * @param {"GET" | "POST"} method
   * @param {string | null} body
   * @param {Meaning} meaning
   * @param {AbortSignal} [signal]
   * @returns {Promise<ChannelStatus>}
   */
  async #ask(callId, method, body, meaning, signal) {
    if (!isCallId(callId)) {
      throw asQuestion(meaning.refused, invalid("not_allowed", "callId", "This is not the id of a call."));
    }
    const url = this.#source.channel(callId);
    const type = body === null ? {} : { "Content-Type": "application/json" };
    const asked = withToken(this.#authToken, signal, async (token) => {
      const request = { method, url, headers: { "X-Auth-Token": token, ...type }, body };
      const sent = withinOrStop((ended) => send(request, this.#fetch, ended), DEADLINE, signal);
      const reply = await sent.catch((cause) => {
        const code = cause === TOO_LATE ? "timeout" : codeOfFailedFetch(cause);
        throw failureOf(code, meaning, {}, cause);
      });
      const told = toldBy(reply);
      if (told === "active" || told === "gone") return told;
      const { status, retryAfter, requestId } = reply;
      // What repeats the token is not taken over.
      const id = requestId?.includes(token) ? undefined : requestId;
      throw failureOf(told, meaning, { status, retryAfter, requestId: id });
    });
    return asked.catch((error) => {
      // The core's words are those of a call that is to be placed.
      throw error.code === "token_failed" ? failureOf(error.code, meaning, {}, error.cause) : error;
    });
  }
}

/**
 * What a reply tells of a leg, or the code of its failure. Whoever stands between may answer, too: with a page to log in, or with a
 * 404 of its own, that must not end a call. So the word of the API is asked for.
 * @param {import("./send.js").Reply} reply
 * @returns {string}
 */
function toldBy({ status, body }) {
  if (isRefusal(status) && status !== 404) return REFUSALS[status] ?? "rejected";
  if (status >= 400 && status !== 404) return "server_error";
  if (body === undefined) return "network";
  const said = Object(parse(body)).status;
  if (status === 404 && said === "error") return "gone";
  return status >= 200 && status <= 299 && said === "success" ? "active" : "bad_response";
}

/**
 * The failure of a question about a call that is there or was: it says nothing of its being placed.
 * @param {string} code
 * @param {Meaning} meaning
 * @param {{ status?: number, retryAfter?: number | undefined, requestId?: string | undefined }} answer
 * @param {unknown} [cause]
 */
function failureOf(code, meaning, answer, cause) {
  const message =
    code in REFUSED ? `${meaning.refused}: ${REFUSED[code]}` : `${meaning.unknown}: ${UNKNOWN[code]}`;
  return new QuickcallError({ code, outcome: "unknown", message, ...answer }, { cause });
}
