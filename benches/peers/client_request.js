/**
 * What all hand-written clients share: the number's filter, the request, and placing it. Each adds the check of the call by
 * its own library.
 * @module
 */

/**
 * @typedef {{ baseUrl: string, accountId: string, authToken?: string }} Config
 * @typedef {Record<string, any>} Call
 * @typedef {{ method: string, url: string, headers: Record<string, string>, body: string | null, number: string }} Request
 * @typedef {ReturnType<ReturnType<typeof clientWith>>} Client
 */

/** The longest URL of a GET, in bytes, and the longest number that a pattern is searched in. */
const MAX_URL = 8_000;
const MAX_PATTERN_INPUT = 256;

/** Options with their documented names, in documented order. The vars of a query come behind all of them. */
const OPTIONS = /** @type {const} */ ([
  ["autoAnswer", "auto_answer"],
  ["cidName", "cid-name"],
  ["cidNumber", "cid-number"],
  ["customApplicationVars", "custom_application_vars"],
  ["ignoreEarlyMedia", "ignore-early-media"],
  ["media", "media"],
  ["targetCallId", "target_call_id"],
  ["timeout", "timeout"],
]);

const OTHER_DIGITS = /[\uFF10-\uFF19\u0660-\u0669\u06F0-\u06F9\uFF0B]/g;
const SEPARATORS =
  /[\s\x85.\-()\u2010-\u2015\u2212\uFF0D\uFF0E\uFF08\uFF09\xAD\u200B-\u200F\u202A-\u202E\u2060-\u2069]/g;
const TRUNK_ZERO = /[0-9].*[(\uFF08]\s*0\s*[)\uFF09]/s;
const EXTENSION = /(?<![A-Za-z])(?:x|ext|extn|extension)(?![A-Za-z]|[\s.-]+[A-Za-z])/i;

/** @param {string} text */
function withAsciiDigits(text) {
  return text.replace(OTHER_DIGITS, (character) =>
    character === "\uFF0B"
      ? "+"
      : String(
          (character.charCodeAt(0) & 0xff00) === 0xff00
            ? character.charCodeAt(0) - 0xff10
            : character.charCodeAt(0) & 0xf,
        ),
  );
}

/**
 * The number that is dialled, or nothing where it would dial somebody else.
 * @param {unknown} number
 * @param {unknown} filter
 */
function filtered(number, filter) {
  if (typeof number !== "string" || filter === false || filter === "false") return number;
  const text = withAsciiDigits(number);
  if (filter === true || filter === "true") return text.replace(/[^\p{L}\p{N}]/gu, "");
  if (typeof filter === "string") {
    if (number.length > MAX_PATTERN_INPUT) return undefined;
    try {
      return new RegExp(filter).exec(text)?.[1];
    } catch {
      return undefined;
    }
  }
  if (TRUNK_ZERO.test(text)) return undefined;
  const kept = text.replace(SEPARATORS, "");
  return EXTENSION.test(kept) || EXTENSION.test(text) ? undefined : kept;
}

/**
 * An option as it is sent: the server decodes a caller id once more.
 * @param {string} name
 * @param {any} value
 */
function sent(name, value) {
  return name.startsWith("cid") ? value.replaceAll("%", "%25") : value;
}

/**
 * @param {Config} config
 * @param {Call} call A call that was checked, its number filtered.
 * @returns {Request}
 */
function requestFor({ baseUrl, accountId }, call) {
  const { device, user, number, blocking = true, autoAnswer, customApplicationVars: vars = {} } = call;
  const endpoint = device === undefined ? `users/${user}` : `devices/${device}`;
  const url = `${baseUrl}/accounts/${accountId}/${endpoint}/quickcall/${encodeURIComponent(number)}`;
  if (!blocking) {
    let query = "";
    const add = (/** @type {string} */ key, /** @type {unknown} */ value) => {
      query += `${query ? "&" : "?"}${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`;
    };
    for (const [name, documented] of OPTIONS) {
      if (name !== "customApplicationVars" && call[name] !== undefined)
        add(documented, sent(name, call[name]));
    }
    for (const key of Object.keys(vars)) add(key, vars[key]);
    const whole = url + query;
    if (whole.length > MAX_URL) throw new TypeError("The URL is too long.");
    return { method: "GET", url: whole, headers: {}, body: null, number };
  }
  /** @type {Record<string, unknown>} */
  const data = {};
  for (const [name, documented] of OPTIONS) {
    if (name === "customApplicationVars") {
      const keys = Object.keys(vars);
      if (keys.length > 0) data[documented] = Object.fromEntries(keys.map((key) => [key, String(vars[key])]));
    } else if (call[name] !== undefined) {
      data[documented] = sent(name, call[name]);
    }
  }
  return {
    method: "POST",
    // The server reads this one from the query only.
    url: autoAnswer === false ? `${url}?auto_answer=false` : url,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ data }),
    number,
  };
}

/**
 * Makes clients of a check.
 * @param {(call: Call) => unknown[]} issuesOf Every issue of a call whose number was filtered; none when all is well.
 */
export function clientWith(issuesOf) {
  return (/** @type {Config} */ config) => {
    const prepare = (/** @type {Call} */ call) => ({
      ...call,
      number: filtered(call.number, call.numberFilter),
    });
    const client = {
      /** @param {Call} call */
      validate: (call) => issuesOf(prepare(call)),
      /** @param {Call} call */
      build(call) {
        const prepared = prepare(call);
        const issues = issuesOf(prepared);
        if (issues.length > 0) throw Object.assign(new TypeError("The call is invalid."), { issues });
        return requestFor(config, prepared);
      },
      /** @param {Call} call */
      async call(call) {
        const { method, url, headers, body } = client.build(call);
        const response = await fetch(url, {
          method,
          headers: { ...headers, "X-Auth-Token": config.authToken ?? "" },
          body,
        });
        const answer = await response.json();
        if (!response.ok || answer.status !== "success")
          throw new Error(`The call failed: ${response.status}.`);
        return answer.data;
      },
    };
    return client;
  };
}
