/**
 * What an answer means, written a second time and otherwise than in the package: what was said is held against it.
 * @module
 */

const CALL_ID = /^[0-9a-f]{36}-quickcall$/;
/** How deep a server's answer may be nested: no right one comes near. */
const DEEPEST = 64;
/** The longest text and the largest body that are taken from a handler and from a server. */
const LONGEST_TEXT = 4_000;
const LARGEST = 1 << 20;

/**
 * What is to be said. @typedef {{ state?: string, callIds?: string[], code?: string, outcome?: string }} Told
 */

/**
 * The value that a server's bytes are; nothing where they are no JSON, or were cut off.
 * @param {Uint8Array | undefined} bytes
 * @returns {any}
 */
function asJson(bytes) {
  if (bytes === undefined || bytes.length > LARGEST) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return depthOf(text) > DEEPEST ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function depthOf(text) {
  let depth = 0;
  let deepest = 0;
  for (const [sign] of text.replace(/"(?:[^"\\]|\\.)*"/gs, "").matchAll(/[[\]{}]/g)) {
    depth += sign === "[" || sign === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const REFUSALS = /** @type {Record<number, string>} */ ({
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  429: "rate_limited",
});

/**
 * What a server's answer means.
 * @param {{ status: number, body: Uint8Array | undefined, blocking: boolean }} answer `body`: nothing where it was cut off.
 * @returns {Told}
 */
export function ofServer({ status, body, blocking }) {
  if (status >= 400 && status < 500 && status !== 408) {
    return { code: REFUSALS[status] ?? "rejected", outcome: "not_placed" };
  }
  const said = asJson(body);
  if (status === 500 && said?.status === "error") {
    // The switch did not take the command in time: it may take it later.
    const isLate = ["unspecified", "exception", "timeout"].includes(said.data?.error_message);
    if (said.message === "quickcall initiation failed" && !isLate)
      return { code: "originate_failed", outcome: "not_placed" };
    if (said.message === "unspecified_fault") return { code: "no_endpoints", outcome: "not_placed" };
  }
  if (status === 408 || (status >= 500 && status < 600)) return { code: "server_error", outcome: "unknown" };
  if (status < 200 || status > 299 || Object(said) !== said || Array.isArray(said)) {
    return { code: "bad_response", outcome: "unknown" };
  }
  const { data } = said;
  const endpoints = Array.isArray(data?.endpoints) ? data.endpoints : [];
  const callIds = endpoints
    .map((/** @type {any} */ endpoint) => endpoint?.outbound_call_id)
    .filter((/** @type {unknown} */ id) => typeof id === "string" && CALL_ID.test(id));
  const isConfirmed =
    said.status === "success" &&
    data?.application_name === "transfer" &&
    (!blocking || data.application_response === "SUCCESS") &&
    callIds.length > 0;
  return isConfirmed
    ? { state: blocking ? "started" : "accepted", callIds }
    : { code: "unconfirmed", outcome: "unknown" };
}

/**
 * What a handler's answer means. Where nothing can be said before the waiting ends, only that the outcome is unknown.
 * @param {{ status: number, body: Uint8Array | undefined }} answer
 * @returns {Told}
 */
export function ofHandler({ status, body }) {
  if (status >= 300 && status < 400) return { outcome: "unknown" };
  const said = Object(plain(body));
  const isPlaced =
    status >= 200 &&
    status <= 299 &&
    ["started", "accepted"].includes(said.state) &&
    Array.isArray(said.callIds) &&
    said.callIds.length > 0 &&
    said.callIds.every(
      (/** @type {unknown} */ id) => isText(id) && /^[0-9a-f]{36}-quickcall$/.test(String(id)),
    );
  if (isPlaced) return { state: said.state, callIds: said.callIds };
  const refused = refusalOf(body);
  if (refused) return refused;
  if (status >= 400 && status < 500 && status !== 408) {
    return { code: REFUSALS[status] ?? "rejected", outcome: "not_placed" };
  }
  return { outcome: "unknown" };
}

/**
 * The refusal in a handler's own words; nothing where it is in no such words.
 * @param {Uint8Array | undefined} body
 * @returns {Told | undefined}
 */
export function refusalOf(body) {
  const { code, outcome, message } = Object(Object(plain(body)).error);
  const isRefusal = isText(code) && isText(message) && ["not_placed", "unknown"].includes(outcome);
  return isRefusal ? { code, outcome } : undefined;
}

/** @param {unknown} text */
function isText(text) {
  return typeof text === "string" && text !== "" && text.length <= LONGEST_TEXT;
}

/**
 * The token that a server's answer gives, where it gives one.
 * @param {{ status: number, body: Uint8Array | undefined }} answer
 * @returns {string | undefined}
 */
export function ofTokens({ status, body }) {
  const token = Object(plain(body)).auth_token;
  const isToken = typeof token === "string" && /^[!-~]{1,8192}$/.test(token);
  return status >= 200 && status <= 299 && isToken ? token : undefined;
}

/**
 * What the answer to a question about a leg means: the word that is given, or the code of the failure. No failure says that a call was not
 * placed.
 * @param {{ status: number, body: Uint8Array | undefined }} answer
 */
export function ofChannels({ status, body }) {
  // What is no status is a broken connection to some runtimes.
  if (status < 200 || status > 599) return "network";
  if (status === 408 || status >= 500) return "server_error";
  if (status >= 400 && status !== 404) return REFUSALS[status] ?? "rejected";
  // 204 has no body, whatever follows.
  if (status === 204 || (status >= 300 && status < 400)) return "bad_response";
  if (body === undefined) return "network";
  const word = Object(plain(body)).status;
  if (status === 404) return word === "error" ? "gone" : "bad_response";
  return word === "success" ? "active" : "bad_response";
}

const STATES = ["ringing", "answered", "connected", "ended"];

/**
 * The states that a stream tells.
 * @param {Uint8Array} body
 */
export function ofStream(body) {
  /** @type {string[]} */
  const told = [];
  for (const line of new TextDecoder().decode(body).split("\n").slice(0, -1)) {
    if (told.at(-1) === "ended") break;
    const { state } = line.startsWith("data: ") ? Object(plain(Buffer.from(line.slice(6)))) : {};
    if (STATES.indexOf(state) > STATES.indexOf(told.at(-1) ?? "")) told.push(state);
  }
  return told;
}

/**
 * What JavaScript's own reader makes of it.
 * @param {Uint8Array | undefined} body
 * @returns {any}
 */
function plain(body) {
  try {
    return body && body.length <= LARGEST
      ? JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
      : undefined;
  } catch {
    return undefined;
  }
}
