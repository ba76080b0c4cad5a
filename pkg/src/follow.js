/** @import { Call } from "./types.js" */

import { STATES } from "./call_states.js";
import { ABORTED, TOO_LATE, unlisten, within, withinOrStop } from "./deadline.js";
import { QuickcallError } from "./errors.js";
import { handlersError, isText } from "./handler_answer.js";
import { absolute } from "./handler_url.js";
import { asQuestion, invalid } from "./invalid.js";
import { parse } from "./json_body.js";
import { leftAtOnce } from "./left_at_once.js";
import { members, readable } from "./readable.js";
import { isOfTheCall } from "./refusal_codes.js";
import { cancelReading, knownModes, readBody } from "./send.js";
import { usableSignal } from "./signal.js";
import { NOT_PLACED, unknownOutcome } from "./unknown_outcome.js";

/** The most reads that may tell no step. A handler that has none says something every 15 s. */
const MOST_SILENT = 10_000;

/** The most bytes of a refusal, and the most characters of a line of the stream, that are read. */
const MAX_READ = 1 << 16;

/**
 * How long the answer may take, in milliseconds. A handler waits for the call to be placed, 40 s at most, and then for its own source.
 */
const ANSWER_DEADLINE = 60_000;

/** How long nothing may come, in milliseconds. A handler says something every 15 s. */
const SILENCE = 45_000;

/**
 * A step of a call, as a handler tells it. Steps never go back, and some may be left out.
 * @typedef {object} FollowedStep
 * @property {"ringing" | "answered" | "connected" | "ended"} state How far the call has come. `ringing`: a phone rings. `answered`: it was
 *   answered, and the number is being called. `connected`: both are, and the far party has answered, as far as is known. `ended`: it is over, or
 *   never came about.
 * @property {string} [hangupCause] Why it ended, such as `USER_BUSY`, once it has and where that is known.
 * @property {number} [seconds] For how long its phone's leg was there, ringing included, once it has ended and where that is known.
 */

/**
 * Follows a call that was placed through a handler, without a token: the same handler, call and key. Needs no WebAssembly.
 *
 * @example
 * import { Quickcall } from "quickcall";
 * import { follow } from "quickcall/events";
 *
 * const handler = "https://edge.example.com/call";
 * const call = { endpoint: "sales", number: "+14155550100" };
 * const key = crypto.randomUUID();
 * await new Quickcall({ handler }).call(call, { key });
 * for await (const { state } of follow({ handler, call, key })) console.log(state);
 *
 * @param {object} what
 * @param {string} what.handler The handler's URL, whole or relative to the page.
 * @param {Call | Record<string, unknown>} what.call The call as it was sent: with its endpoint, and with what the
 *   `options` of the `Quickcall` that placed it added.
 * @param {string} what.key Its `Idempotency-Key`.
 * @param {AbortSignal | undefined} [what.signal] Ends the following.
 * @param {typeof globalThis.fetch | undefined} [what.fetch] Used instead of the global one.
 * @returns {AsyncGenerator<FollowedStep, void, unknown>} It ends with the call, when the connection does, and when nothing
 *   came for 45 seconds.
 * @throws {QuickcallError} With the handler's code, such as `unknown_call`; or `invalid`, `network`, `timeout` or `aborted`. Its
 *   `outcome` is that of the call: `not_placed` only where the handler knows that.
 */
export function follow(what) {
  const end = new AbortController();
  return leftAtOnce(stepsOf(what, end), () => end.abort(LEFT));
}

/** Why nothing is followed any more: nobody takes the steps. */
const LEFT = Symbol("left");

/**
 * @param {Parameters<typeof follow>[0]} what
 * @param {AbortController} end Ends the following.
 * @returns {AsyncGenerator<FollowedStep, void, unknown>}
 */
async function* stepsOf(what, end) {
  const { url, body, key, signal, fetch = globalThis.fetch } = asked(what);
  const stop = () => end.abort();
  /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
  let reader;
  try {
    const answer = await withinOrStop(
      async (ended) => {
        signal?.addEventListener("abort", stop);
        if (signal?.aborted) throw ABORTED;
        const response = await fetch(url, {
          ...knownModes(),
          method: "POST",
          headers: {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            Accept: "text/event-stream",
          },
          body,
          signal: ended,
        });
        return streamOf(response, key) ?? refusal(response, key, ended);
      },
      ANSWER_DEADLINE,
      end.signal,
    ).catch((reason) => {
      if (end.signal.reason === LEFT) return undefined;
      if (reason === TOO_LATE) throw unknownOutcome("timeout", LATE);
      if (reason === ABORTED) throw unknownOutcome("aborted", STOPPED);
      throw unknownOutcome("network", LOST, { cause: reason });
    });
    if (answer instanceof QuickcallError) throw answer;
    // Not through a `TextDecoderStream`: some runtimes end the connection only with the next chunk then.
    reader = answer?.getReader();
    if (reader) yield* read(reader, end.signal);
  } finally {
    unlisten(signal, stop);
    if (reader) cancelReading(reader);
  }
}

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<FollowedStep, void, unknown>}
 */
async function* read(reader, signal) {
  const decoder = new TextDecoder();
  let rest = "";
  let last = -1;
  // Reads that are there at once, each after the other, would never let a timer or the signal end this.
  let silent = 0;
  while (rest.length <= MAX_READ && last < STATES.length - 1 && silent < MOST_SILENT) {
    silent += 1;
    const next = async () => {
      const { done, value } = await reader.read();
      return { done, value };
    };
    const { done, value } = await within(next, SILENCE, signal).catch(() => END);
    if (done || !ArrayBuffer.isView(value)) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const step = line.startsWith("data: ") ? stepOf(line.slice(6)) : undefined;
      if (!step || STATES.indexOf(step.state) <= last) continue;
      last = STATES.indexOf(step.state);
      silent = 0;
      yield step;
    }
  }
}

/** What a stream that cannot be read says. */
const END = { done: true, value: undefined };

/**
 * The stream of events, where it is one, and no other call's: a cache may give that, as `ask_handler.js` has it.
 * @param {Response} response
 * @param {string} key
 */
function streamOf({ ok, body, headers }, key) {
  const isStream = /^text\/event-stream/.test(headers.get("content-type") ?? "");
  if (!ok || !isStream) return null;
  if ((headers.get("idempotency-key") ?? key) === key) return body;
  // It may go on for as long as that call.
  if (body) cancelReading(body.getReader());
  return null;
}

/**
 * What an answer says that is no stream of the call.
 * @param {Response} response
 * @param {string} key
 * @param {AbortSignal} ended
 */
async function refusal(response, key, ended) {
  const { status } = response;
  const body = await readBody(response, MAX_READ, ended);
  const { error, idempotencyKey = key } = Object(parse(body, MAX_READ));
  const said = handlersError(status, error);
  if (!said || idempotencyKey !== key) return unknownOutcome("bad_response", NO_HANDLER, { status });
  if (said.code === "key_mismatch") return unknownOutcome(said.code, ANOTHER, { status });
  // A refusal to tell says nothing of the call, so it must not read as if it did.
  const message = `The call cannot be followed. The handler said: ${said.message.replace(NOT_PLACED, "")}`;
  return said.outcome === "unknown" || isOfTheCall(said)
    ? said
    : unknownOutcome(said.code, message, { status });
}

/**
 * What is asked, as it is sent.
 * @param {Parameters<typeof follow>[0]} what
 */
function asked(what) {
  try {
    const { handler, call, key, ...how } = members("what", what, ASKED);
    const url = readable("handler", () => String(absolute(handler ?? "")));
    // Nothing would be the page itself.
    if (!url.trim()) throw invalid("required", "handler", "The handler's URL is needed.");
    if (!isText(key)) throw invalid("required", "key", "The key of the call is needed.");
    return { ...how, url, key, body: written(call), signal: usableSignal(how.signal) };
  } catch (error) {
    throw asQuestion("The call cannot be followed", error);
  }
}

const ASKED = /** @type {const} */ (["handler", "call", "key", "signal", "fetch"]);

/**
 * @param {unknown} call
 * @returns {string}
 */
function written(call) {
  try {
    const text = JSON.stringify(call);
    if (text !== undefined) return text;
  } catch {
    // Such as a loop.
  }
  throw invalid("wrong_type", "call", "It cannot be written as JSON.");
}

/**
 * The step that a line tells. What is no step is left out.
 * @param {string} text
 * @returns {FollowedStep | undefined}
 */
function stepOf(text) {
  const { state, hangupCause, seconds } = Object(parse(new TextEncoder().encode(text)));
  if (!STATES.includes(state)) return undefined;
  return {
    state,
    ...(isText(hangupCause) ? { hangupCause } : {}),
    ...(Number.isFinite(seconds) && seconds >= 0 ? { seconds } : {}),
  };
}

const ANOTHER =
  "The call cannot be followed: its key was sent with another body. Give the call as it was sent, with its endpoint and the `options` of the `Quickcall` that placed it.";
const LATE = "The call cannot be followed: the handler gave no answer in time.";
const LOST = "The call cannot be followed: the connection to the handler failed.";
const STOPPED = "The call is not followed: its signal ended that before the handler answered.";
const NO_HANDLER =
  "The call cannot be followed: what answered tells nothing of it, or a cache gave its answer to another call.";
