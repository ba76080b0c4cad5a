/** @import { Fetch, Request } from "./types.js" */
import { withinOrStop } from "./deadline.js";

/** The most bytes of a body that are read. One more tells the core that it is too large. */
export const MAX_BODY = 1 << 20;

/** The most chunks of a body that may hold nothing. */
const MOST_EMPTY = 10_000;

/** The longest wait that is told, in seconds: the core takes no more than 32 bits. */
const LONGEST_WAIT = 999_999_999;

/** How a request is to be sent, each where the runtime knows it. @type {[string, string[]][]} */
const MODES = [
  ["cache", ["no-store"]],
  ["credentials", ["omit"]],
  // Some workers have no "error". A redirect is never followed.
  ["redirect", ["error", "manual"]],
  ["referrerPolicy", ["no-referrer"]],
];

/** @type {RequestInit | undefined} */
let modes;

/** What this runtime understands of `MODES`: some throw at a value that they lack. */
export function knownModes() {
  if (modes) return modes;
  /** @type {Record<string, string>} */
  const known = {};
  for (const [name, values] of MODES) {
    const value = values.find((value) => {
      try {
        new globalThis.Request("https://quickcall.invalid/", { [name]: value });
        return true;
      } catch {
        return false;
      }
    });
    if (value !== undefined) known[name] = value;
  }
  modes = known;
  return modes;
}

/**
 * What came back, as far as it could be read.
 * @typedef {{ status: number, body: Uint8Array | undefined, requestId: string | undefined, retryAfter: number | undefined }} Reply
 */

/**
 * Sends a request once.
 * @param {Pick<Request, "url" | "headers" | "body"> & { method: Request["method"] | "PUT" }} request With every header.
 * @param {Fetch} fetch
 * @param {AbortSignal} signal
 * @param {number} [bodyDeadline] How long the body is awaited of a reply whose status says all that matters, in milliseconds.
 * @param {(reply: Reply) => void} [told] Told of such a reply before its body is awaited.
 * @returns {Promise<Reply>}
 */
export async function send(request, fetch, signal, bodyDeadline, told) {
  const { method, url, headers, body } = request;
  const given = await fetch(url, {
    method,
    headers,
    ...(body === null ? {} : { body }),
    signal,
    ...knownModes(),
  });
  /** What a `fetch` of a caller gives may be nothing. @type {Response} */
  const response = Object(given);
  const { status } = response;
  const isStatus = Number.isInteger(status) && status >= 100 && status <= 599;
  const read = (/** @type {AbortSignal} */ ended) => readBody(response, MAX_BODY, ended);
  // These say by their status alone what it means for the call, the others by their body.
  const isTold =
    bodyDeadline !== undefined && !signal.aborted && status >= 400 && status <= 599 && status !== 500;
  const reply = {
    // A redirect that was followed is no answer to what was asked.
    status: isStatus && response.redirected !== true ? status : 0,
    body: undefined,
    requestId: header(response, "x-request-id"),
    retryAfter: seconds(header(response, "retry-after")),
  };
  if (!isTold) return { ...reply, body: await read(signal) };
  told?.(reply);
  return { ...reply, body: await withinOrStop(read, bodyDeadline, signal).catch(() => undefined) };
}

/**
 * The body up to one byte over the limit; nothing where it was cut off.
 * @param {Response | globalThis.Request} message
 * @param {number} limit In bytes.
 * @param {AbortSignal} signal
 * @returns {Promise<Uint8Array | undefined>}
 */
export async function readBody(message, limit, signal) {
  try {
    if (isShort(message, limit)) return new Uint8Array(await message.arrayBuffer());
    if (typeof message.body?.getReader !== "function") {
      return new TextEncoder().encode(await message.text()).subarray(0, limit + 1);
    }
    const reader = message.body.getReader();
    // A stream that is not part of the request does not end with it.
    const stop = () => cancelReading(reader);
    signal.addEventListener("abort", stop, { once: true });
    // A `fetch` that knows no signal answers after it, too.
    if (signal.aborted) stop();
    const chunks = [];
    let length = 0;
    let empty = 0;
    // Chunks without a byte, each there at once after the other, would never let a timer end this.
    while (length <= limit && empty <= MOST_EMPTY) {
      const { done, value } = await reader.read();
      if (done) return join(chunks, length);
      // What is no bytes may claim any length, and so may bytes whose `byteLength` somebody has replaced.
      if (!ArrayBuffer.isView(value) || !(value.byteLength >= 0)) break;
      chunks.push(value);
      length += value.byteLength;
      if (value.byteLength === 0) empty += 1;
    }
    cancelReading(reader);
    return length > limit ? join(chunks, limit + 1) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Lets go of what is not read any more. A `fetch` may be anybody's, and so is what it gives.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 */
export async function cancelReading(reader) {
  try {
    await reader.cancel();
  } catch {
    // There is nothing to let go of.
  }
}

/**
 * Whether no more comes than was announced. Only in workerd, where a body is read faster as a whole: a page cannot read the
 * header that tells of a packed body, and elsewhere a `fetch` may be anybody's.
 * @param {Response | globalThis.Request} message
 * @param {number} limit
 */
function isShort(message, limit) {
  if (/** @type {any} */ (globalThis).WebSocketPair === undefined) return false;
  const announced = header(message, "content-length");
  return (
    announced !== undefined &&
    Number(announced) <= limit &&
    // Either of these makes the length one of something else.
    header(message, "content-encoding") === undefined &&
    header(message, "transfer-encoding") === undefined
  );
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} length
 */
function join(chunks, length) {
  const all = new Uint8Array(length);
  let place = 0;
  for (const chunk of chunks) {
    all.set(chunk.subarray(0, length - place), place);
    place += chunk.byteLength;
  }
  return all;
}

/**
 * @param {Response | globalThis.Request} message
 * @param {string} name
 * @returns {string | undefined}
 */
export function header(message, name) {
  try {
    const value = message.headers.get(name);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} retryAfter Seconds, or a date. */
function seconds(retryAfter) {
  // White space behind a value is the header's, and some runtimes leave it.
  const text = retryAfter?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text), LONGEST_WAIT);
  // A date begins with its weekday. What else can be read as a date is none: `-5` is one in 2001.
  const wait = /^[A-Z][a-z]{2}/.test(text) ? Math.ceil((Date.parse(text) - Date.now()) / 1000) : Number.NaN;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), LONGEST_WAIT);
}

/** What runtimes say of a redirect, and of an answer that took longer than they wait: Node, Bun, Deno, node-fetch. */
const TOLD = [
  { code: "bad_response", pattern: /^unexpected ?redirect|redirect mode is set to '?error/i },
  { code: "timeout", pattern: /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/ },
];

/**
 * Why a fetch failed, as far as the runtime tells. Browsers do not.
 * @param {unknown} error
 * @returns {string} The code of the error.
 */
export function codeOfFailedFetch(error) {
  try {
    const { message, cause, code } = /** @type {any} */ (error ?? {});
    const said = [message, code, cause?.message, cause?.code].filter((text) => typeof text === "string");
    const told = TOLD.find(({ pattern }) => said.some((text) => pattern.test(text)));
    return told?.code ?? "network";
  } catch {
    // A `fetch` may be anybody's, and so is what it throws.
    return "network";
  }
}
