/**
 * What hostile visitors send to a handler: bodies that are no JSON, JSON that is no call, keys that are none. A right request
 * among them is dialled once and answered so, a wrong one is refused and not dialled.
 * @module
 */

import assert from "node:assert/strict";
import { createHandler } from "#quickcall/edge";
import { CONFIRMED } from "../js/harness/confirmed.js";
import { freshKey, handlerConfig, ORIGIN } from "../js/harness/handler.js";
import { hostile, nearlyRight } from "./harness/hostile_values.js";

/** @import { Random } from "./harness/random.js" */

const TOKEN = "canary-token-requests";
const URL = "https://edge.example.com/call";
/** What the server answers, and what the handler makes of it. @type {[number, object, number][]} */
const SERVERS = [
  [200, CONFIRMED, 200],
  [404, {}, 502],
  [500, { status: "error", message: "quickcall initiation failed" }, 502],
  [500, {}, 504],
  [200, {}, 504],
];

/**
 * A part of a request: what is right of it, and what is not.
 * @typedef {{ isRight: boolean, value: any }} Part
 */

/** @param {Random} chance @param {unknown[]} right @param {unknown[]} wrong @returns {Part} */
const part = (chance, right, wrong) =>
  chance.below(8) > 0
    ? { isRight: true, value: chance.one(right) }
    : { isRight: false, value: chance.one(wrong) };

/**
 * Whether a body is a right one, judged otherwise than in the package.
 * @param {string} text
 */
function isRightBody(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return false;
  }
  return (
    Buffer.byteLength(text) <= 4_096 &&
    Object(body) === body &&
    Object.keys(body).sort().join() === "endpoint,number" &&
    body.endpoint === "sales" &&
    typeof body.number === "string" &&
    /^\+1415\d{1,11}$/.test(body.number.replaceAll(" ", ""))
  );
}

/**
 * @param {Random} chance
 * @param {string} number
 * @returns {string | Uint8Array<ArrayBuffer>}
 */
function bodyOf(chance, number) {
  const right = JSON.stringify({ endpoint: "sales", number });
  return chance.one([
    () => right,
    () => right,
    () => Uint8Array.from({ length: chance.below(300) }, () => chance.below(256)),
    () => {
      try {
        return JSON.stringify(chance.below(2) ? nearlyRight(chance) : hostile(chance)) ?? "";
      } catch {
        return "{";
      }
    },
    () => {
      const at = chance.below(right.length);
      const put = chance.one(['"', "\\", "{", "\u0001", "e", "9".repeat(400), "", " "]);
      return right.slice(0, at) + put + right.slice(at + 1);
    },
    () => `${right.slice(0, -1)},"${chance.one(["timeout", "numberFilter", "user", "__proto__"])}":5}`,
    () => "[".repeat(4_000),
    () => " ".repeat(5_000),
    () => right + " ".repeat(4_096 - right.length),
    () => right + " ".repeat(4_097 - right.length),
  ])();
}

/**
 * Tries them.
 * @param {Random} chance
 * @param {number} count
 * @returns {Promise<{ requests: number, dials: number }>}
 */
export async function runHostileRequests(chance, count) {
  let dials = 0;
  let server = SERVERS[0];
  const handler = createHandler({
    ...handlerConfig({ baseUrl: "https://kazoo.example.com/v2" }, TOKEN, ORIGIN),
    fetch: async () => {
      dials += 1;
      return new Response(JSON.stringify(server?.[1]), { status: server?.[0] ?? 0 });
    },
  });

  /** @param {Record<string, any>} given */
  const ask = async ({ method, origin, type, key, body }) => {
    const headers = { origin, "content-type": type, "idempotency-key": key };
    const before = dials;
    const response = await handler(new Request(URL, { method, headers, body }));
    const text = await response.text();
    assert(!text.includes(TOKEN) && !text.includes('0123456789abcdef0123456789abcdef"'), text);
    return { status: response.status, text, dialled: dials - before };
  };

  let right = 0;
  for (let index = 0; index < count; index++) {
    // Each has a number of its own: the same one again is refused while it may still ring.
    const number = `+1415${String(index).padStart(7, "0")}`;
    const method = part(chance, ["POST"], ["PUT", "DELETE", "PATCH", "OPTIONS"]);
    const origin = part(
      chance,
      [ORIGIN],
      ["null", "https://evil.example.com", "*", `${ORIGIN}.`, `${ORIGIN}:443`],
    );
    const type = part(
      chance,
      ["application/json", "application/json; charset=x", "Application/JSON"],
      ["text/plain", "a/b", "application/jsonx", "multipart/form-data"],
    );
    const key = part(
      chance,
      [freshKey(), `__proto__${freshKey()}`, freshKey().padEnd(128, "_")],
      ["short", "x".repeat(129), "not a key", "{}", ""],
    );
    const body = bodyOf(chance, number);
    const bytes = Buffer.from(body);
    // A number with a digit less may come twice, so its call must be known to be over.
    server = bytes.toString().includes(number) ? chance.one(SERVERS) : SERVERS[0];
    const given = { method: method.value, origin: origin.value, type: type.value, key: key.value, body };
    const { status, text, dialled } = await ask(given);
    const about = `${JSON.stringify({ ...given, body: String(bytes) })}: ${status} ${text}`;
    const isRight =
      [method, origin, type, key].every(({ isRight }) => isRight) && isRightBody(bytes.toString("utf8"));
    if (method.value === "OPTIONS") {
      assert.equal(status, origin.isRight ? 204 : 403, about);
      assert.equal(dialled, 0, about);
      continue;
    }
    if (!isRight) {
      assert(status >= 400 && status < 500, about);
      assert.equal(JSON.parse(text).error.outcome, "not_placed", about);
      assert.equal(dialled, 0, about);
      continue;
    }
    assert.equal(status, server?.[2], about);
    assert.equal(dialled, 1, about);
    right += 1;
    // Once more with the same key: the same answer, and no dial. With the same key and another body: none.
    const repeated = await ask(given);
    assert.deepEqual([repeated.status, repeated.text, repeated.dialled], [status, text, 0], about);
    const other = await ask({
      ...given,
      body: JSON.stringify({ endpoint: "sales", number: "+14159999999" }),
    });
    assert.deepEqual([other.status, other.dialled], [422, 0], about);
  }
  assert.equal(dials, right);
  assert(right > count / 20, `${right} right requests of ${count}`);
  return { requests: count, dials };
}
