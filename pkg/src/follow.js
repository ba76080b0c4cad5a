import { absolute } from "./ask_handler.js";
import { notPlaced, QuickcallError } from "./errors.js";

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
export async function* follow({ handler, call, key, signal, fetch = globalThis.fetch }) {
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
    const { error } = Object(await response.json().catch(() => undefined));
    const { code = "bad_response", outcome = "unknown", message = NO_HANDLER } = Object(error);
    throw new QuickcallError({ code, outcome, message, status: response.status });
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

const NO_HANDLER = "The call cannot be followed: what answered tells nothing of calls.";
