/**
 * What the bytes of an answer say of a call, read without the package: what a client may say that got them, and must.
 * @module
 */

/**
 * * `started`, `accepted`, `not_placed`: it is known.
 * * `unknown`: the answer says nothing of it.
 * @typedef {"started" | "accepted" | "not_placed" | "unknown"} Word
 */

const CALL_ID = /^[0-9a-f]{36}-quickcall$/;

/**
 * An answer of a server of calls, by the rules of its API: what confirms a call, and what says for certain that there is none.
 * @param {Buffer} bytes As far as they came.
 * @param {boolean} blocking
 * @returns {Word}
 */
export function serverSays(bytes, blocking) {
  const { status, json } = readReply(bytes);
  if (status >= 400 && status <= 499 && status !== 408) return "not_placed";
  if (status === 500 && json?.status === "error") {
    const certain = ["quickcall initiation failed", "unspecified_fault"];
    // The switch did not take the command in time: it may take it later.
    const isLate = ["unspecified", "exception", "timeout"].includes(json.data?.error_message);
    return certain.includes(json.message) && !isLate ? "not_placed" : "unknown";
  }
  if (status < 200 || status > 299 || json?.status !== "success") return "unknown";
  const { application_name, application_response, endpoints } = Object(json.data);
  const ids = Array.isArray(endpoints) ? endpoints.filter((one) => CALL_ID.test(one?.outbound_call_id)) : [];
  if (application_name !== "transfer" || ids.length === 0) return "unknown";
  if (!blocking) return "accepted";
  return application_response === "SUCCESS" ? "started" : "unknown";
}

/**
 * An answer of a handler.
 * @param {Buffer} bytes As far as they came.
 * @returns {Word}
 */
export function handlerSays(bytes) {
  const { status, json } = readReply(bytes);
  const { state, callIds, error } = Object(json);
  if (status >= 200 && status <= 299 && Array.isArray(callIds) && callIds.length > 0) {
    if (!callIds.every((id) => CALL_ID.test(id))) return "unknown";
    if (state === "started" || state === "accepted") return state;
  }
  const { code, outcome, message } = Object(error);
  if (code && message && (outcome === "not_placed" || outcome === "unknown")) return outcome;
  return status >= 400 && status <= 499 && status !== 408 ? "not_placed" : "unknown";
}

/**
 * @param {Buffer} bytes
 * @returns {{ status: number, json: any, isWhole: boolean }} `isWhole`: all of it came, by a length of its own. Where it is not, a
 *   JSON text that is whole still says what it says: some browsers do not wait for the last chunk, which has no bytes.
 */
export function readReply(bytes) {
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0);
  if (end < 0) return { status: 0, json: undefined, isWhole: false };
  const head = text.slice(0, end);
  const behind = bytes.subarray(end + 4);
  if (/^transfer-encoding: *chunked/im.test(head)) {
    const { body, isWhole } = unchunked(behind);
    return { status, json: parse(body), isWhole };
  }
  const isEmpty = status === 204 || status === 304;
  const length = isEmpty ? "0" : /^content-length: *(\d+)\r?$/im.exec(head)?.[1];
  const isWhole = length !== undefined && behind.length >= Number(length);
  // Without a length it lasts until its connection ends.
  const body = length === undefined ? behind : behind.subarray(0, Number(length));
  return { status, json: parse(body), isWhole };
}

/**
 * @param {Buffer} bytes
 * @returns {{ body: Buffer, isWhole: boolean }} As much as came.
 */
function unchunked(bytes) {
  const parts = [];
  for (let place = 0; ; ) {
    const text = bytes.subarray(place).toString("latin1");
    const line = /^[0-9a-f]+\r\n/i.exec(text)?.[0];
    if (line === undefined) return { body: Buffer.concat(parts), isWhole: false };
    const size = Number.parseInt(line, 16);
    const end = line.length + size;
    parts.push(bytes.subarray(place + line.length, place + end));
    const isEnded = text.slice(end, end + 2) === "\r\n";
    if (!isEnded || size === 0) return { body: Buffer.concat(parts), isWhole: isEnded };
    place += end + 2;
  }
}

/** @param {Buffer} body */
function parse(body) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
