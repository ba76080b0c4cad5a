import { absolute, handlersError, isText, parse } from "./ask_handler.js";
import { notPlaced, QuickcallError } from "./errors.js";
import { readBody } from "./send.js";
import { usableSignal } from "./signal.js";

/** The most bytes of a refusal, and the most characters of a line of the stream, that are read. */
const MAX_READ = 1 << 16;

/** The states of a call, in their order. */
const STATES = /** @type {const} */ (["ringing", "answered", "connected", "ended"]);

/**
 * A step of a call, as a handler tells it. @typedef {{ state: "ringing" | "answered" | "connected" | "ended", hangupCause?: string, seconds?: number }} FollowedStep
 */

/**
 * Follows a call that was placed through a handler, without a token: the same handler, call and key. Needs no WebAssembly.
 *
 * @example
 * const key = crypto.randomUUID();
 * await quickcall.call(call, { key });
 * for await (const { state } of follow({ handler, call, key })) console.log(state);
 *
 * @param {object} what
 * @param {string} what.handler The handler's URL, whole or relative to the page.
 * @param {Record<string, unknown>} what.call The call as it was placed, with its endpoint.
 * @param {string} what.key Its `Idempotency-Key`.
 * @param {AbortSignal} [what.signal] Ends the following.
 * @param {typeof globalThis.fetch} [what.fetch]
 * @returns {AsyncGenerator<FollowedStep, void, unknown>} It ends with the call, or when the connection does.
 * @throws {QuickcallError} With the handler's code, such as `unknown_call`; or `network`.
 */
export async function* follow({ handler, call, key, signal: given, fetch = globalThis.fetch }) {
  const signal = usableSignal(given);
  const response = await fetch(String(absolute(handler)), {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key, Accept: "text/event-stream" },
    body: JSON.stringify(call),
    credentials: "omit",
    ...(signal ? { signal } : {}),
  }).catch((cause) => {
    throw notPlaced("network", "The call cannot be followed: the connection to the handler failed.", cause);
  });
  if (
    !response.ok ||
    !response.body ||
    !/^text\/event-stream/.test(response.headers.get("content-type") ?? "")
  ) {
    const { status } = response;
    const body = await readBody(response, MAX_READ, signal ?? new AbortController().signal);
    const unknown = {
      code: "bad_response",
      outcome: /** @type {const} */ ("unknown"),
      message: NO_HANDLER,
      status,
    };
    throw handlersError(status, Object(parse(body)).error) ?? new QuickcallError(unknown);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let last = -1;
  try {
    while (rest.length <= MAX_READ && last < STATES.length - 1) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: "" }));
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const step = line.startsWith("data: ") ? read(line.slice(6)) : undefined;
        if (!step || STATES.indexOf(step.state) <= last) continue;
        last = STATES.indexOf(step.state);
        yield step;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * The step that a line tells. What is no step is left out.
 * @param {string} text
 * @returns {FollowedStep | undefined}
 */
function read(text) {
  const { state, hangupCause, seconds } = Object(parse(new TextEncoder().encode(text)));
  if (!STATES.includes(state)) return undefined;
  return {
    state,
    ...(isText(hangupCause) ? { hangupCause } : {}),
    ...(Number.isFinite(seconds) && seconds >= 0 ? { seconds } : {}),
  };
}

const NO_HANDLER = "The call cannot be followed: what answered tells nothing of calls.";
