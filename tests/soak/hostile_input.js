/**
 * Values that nobody should give, in every place where one can be given. What is looked for: an error that is no
 * `QuickcallError`, a trap, a hang, or an instance that does not work afterwards.
 * @module
 */

import assert from "node:assert/strict";
import { callSchema, init, Quickcall, QuickcallError } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { random } from "./harness/random.js";

/** @import { Random } from "./harness/random.js" */

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const CONFIG = { baseUrl: "https://kazoo.example.com:8443/v2", accountId: ACCOUNT, authToken: "a-token" };
const KEYS = [
  ...["device", "user", "endpoint", "number", "blocking", "autoAnswer", "auto_answer", "cidName", "cid-name"],
  ...["cidNumber", "customApplicationVars", "ignoreEarlyMedia", "media", "numberFilter", "number_filter"],
  ...["targetCallId", "timeout", "__proto__", "constructor", "toString", "then", "length", "", "\ud800"],
];
/** How long one value may take, in milliseconds: far more than any takes, far less than a hang. */
const SLOW = 5_000;

const throws = () => {
  throw new RangeError("hostile");
};

/**
 * Values as no program should give them.
 * @param {Random} chance
 * @param {number} depth
 * @returns {unknown}
 */
function hostile(chance, depth = 3) {
  const inner = () => (depth > 0 ? hostile(chance, depth - 1) : 1);
  const text = () =>
    Array.from({ length: chance.below(30) }, () =>
      chance.one([
        ...[
          "+1",
          "415",
          "5",
          "0",
          "(",
          ")",
          " ",
          "-",
          "\ud800",
          "\udc00",
          "\0",
          "\u2028",
          "😀",
          "٤",
          "１",
          "%41",
        ],
        ...[
          "..",
          "/",
          "?",
          "#",
          "&",
          "=",
          "\\",
          '"',
          "'",
          "^",
          "[",
          "]",
          "{",
          "}",
          "*",
          "\r\n",
          ",",
          ";",
          "ext",
        ],
      ]),
    ).join("");
  return chance.one([
    text,
    () => chance.one([null, undefined, true, false, Number.NaN, -0, 1e308, 2 ** 53, 3.5, -1, Infinity, 30]),
    () => chance.one([1n, 2n ** 200n, Symbol("s"), Symbol.iterator, () => {}, class {}, async () => {}]),
    () => chance.one(["true", "false", "", "(.+)", "(\\d+)", "(a+)+$", "[", "(?=x)", "x".repeat(2000)]),
    () =>
      new RegExp(
        chance.one(["(\\d+)", "(a|a)*b", "[^]+", "(?<n>5)", "\\p{L}"]),
        chance.one(["", "g", "u", "i"]),
      ),
    () => [inner(), inner()],
    () => Object.fromEntries(Array.from({ length: chance.below(6) }, () => [chance.one(KEYS), inner()])),
    () => Object.assign(Object.create(null), { [chance.one(KEYS)]: inner() }),
    () => Object.freeze({ [chance.one(KEYS)]: inner() }),
    () => Object.defineProperty({}, chance.one(KEYS), { get: throws, enumerable: true }),
    () => {
      let reads = 0;
      return Object.defineProperty({}, chance.one(KEYS), {
        get: () => (++reads % 2 ? "5" : {}),
        enumerable: true,
      });
    },
    () => {
      const cyclic = /** @type {any} */ ({ a: inner() });
      cyclic.number = cyclic;
      return cyclic;
    },
    () => {
      /** @type {unknown} */
      let deep = 1;
      for (let rest = chance.below(5_000); rest > 0; rest--) deep = rest % 2 ? [deep] : { number: deep };
      return deep;
    },
    () => ({
      toString: chance.one([throws, () => "5", () => ({})]),
      valueOf: throws,
      toJSON: throws,
      [Symbol.toPrimitive]: throws,
    }),
    () => new Proxy({}, { get: throws, ownKeys: throws, getPrototypeOf: throws, has: throws }),
    () => new Proxy([], { get: throws }),
    () => new Proxy({ number: "5" }, { getOwnPropertyDescriptor: throws }),
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    () =>
      chance.one([
        new Date(Number.NaN),
        new Map([[1, 2]]),
        new Uint8Array(9),
        new ArrayBuffer(8),
        new Error("x"),
        Promise.resolve(),
        globalThis,
      ]),
    () => chance.one([Object("5"), Object(5), Object(true), Object(1n), Object("(5+)")]),
    () => ({ length: 2 ** 31, 0: "x" }),
    () => Object.assign([], { length: chance.below(2_000) }),
    () => ({ [Symbol.toStringTag]: "RegExp", source: inner(), flags: inner() }),
    () => Object.defineProperty(/x/, "source", { get: throws }),
    () => "5".repeat(chance.below(70_000)),
  ])();
}

/**
 * A right call with some wrong places.
 * @param {Random} chance
 */
function nearlyRight(chance) {
  const call = /** @type {any} */ ({ device: "d".repeat(32), number: "(415) 555-0100", timeout: 20 });
  for (let rest = 1 + chance.below(3); rest > 0; rest--) {
    Object.defineProperty(call, chance.one(KEYS), {
      value: hostile(chance),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  if (chance.below(4) === 0) {
    call.customApplicationVars = Object.fromEntries([[chance.one(["page", ...KEYS]), hostile(chance)]]);
  }
  return call;
}

const EMPTY = /** @type {any} */ ({});

/**
 * What is done with a value.
 * @type {((value: any, quickcall: Quickcall) => unknown)[]}
 */
const USES = [
  (value, quickcall) => quickcall.validate(value),
  (value, quickcall) => quickcall.build(value),
  (value) => Quickcall.filterNumber(value),
  (value) => Quickcall.filterNumber("(415) 555-0100", value),
  (value) => new Quickcall(value).validate(EMPTY),
  (value) => new Quickcall({ ...CONFIG, baseUrl: value }).validate(EMPTY),
  (value) => new Quickcall({ ...CONFIG, options: value }).validate(EMPTY),
  (value) => new Quickcall(/** @type {any} */ ({ handler: value })).validate(EMPTY),
  (value) => Quickcall.toCurl(value),
  (value) => callSchema["~standard"].validate(value),
  (value) => new Quickcall({ ...CONFIG, ...value }).build({ device: "d".repeat(32), number: "5" }),
];

/**
 * Asks a handler for what hostile visitors send: bodies that are no JSON, JSON that is no call, keys that are none.
 * @param {Random} chance
 * @param {(request: Request) => Promise<Response>} handler
 */
async function ask(chance, handler) {
  const bytes = () => Uint8Array.from({ length: chance.below(300) }, () => chance.below(256));
  const json = () => {
    try {
      return JSON.stringify(chance.below(2) ? nearlyRight(chance) : hostile(chance)) ?? "";
    } catch {
      return "{";
    }
  };
  const right = '{"endpoint":"sales","number":"+14155550100"}';
  const broken = () => {
    const at = chance.below(right.length);
    return (
      right.slice(0, at) +
      chance.one(['"', "\\", "{", "\u0001", "e", "9".repeat(400), ""]) +
      right.slice(at + 1)
    );
  };
  const body = chance.one([bytes, json, broken, () => "[".repeat(4_000), () => " ".repeat(5_000)])();
  const headers = new Headers({
    origin: chance.one(["https://www.example.com", "null", "https://evil.example.com", "*"]),
    "content-type": chance.one(["application/json", "text/plain", "application/json; charset=x", "a/b"]),
    "idempotency-key": chance.one(["a-right-key-1", "short", "x".repeat(129), "__proto__", "not a key"]),
  });
  const method = chance.one(["POST", "POST", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);
  const response = await handler(new Request("https://edge.example.com/call", { method, headers, body }));
  const text = await response.text();
  assert(response.status < 500, `${response.status} for ${body}`);
  if (text !== "") JSON.parse(text);
  assert(!text.includes("a-token") && !text.includes(ACCOUNT), text);
}

/**
 * Tries hostile values.
 * @param {{ count: number, seed?: number }} how
 * @returns {Promise<{ values: number, requests: number, refused: number, slowest: number }>} How many were tried, how many
 *   of them were refused by a `QuickcallError`, and the longest time that one took, in milliseconds.
 */
export async function runHostileInput({ count, seed = 7 }) {
  await init();
  const chance = random(seed);
  const quickcall = new Quickcall(CONFIG);
  const work = () => quickcall.build({ device: "d".repeat(32), number: "(415) 555-0100" }).number;
  let refused = 0;
  let slowest = 0;
  for (let index = 0; index < count; index++) {
    const value = chance.below(2) ? nearlyRight(chance) : hostile(chance);
    const use = chance.one(USES);
    const began = performance.now();
    try {
      use(value, quickcall);
    } catch (error) {
      // What the caller's own getter throws may come out where JavaScript itself spreads or reads; nothing else may.
      const isTheirs = error instanceof RangeError && error.message === "hostile";
      const isOfLanguage =
        error instanceof TypeError && /proxy|toCurl|Cannot convert|is not iterable/i.test(error.message);
      assert(error instanceof QuickcallError || isTheirs || isOfLanguage, `${use}: ${String(error)}`);
      refused += 1;
    }
    slowest = Math.max(slowest, performance.now() - began);
    assert.equal(work(), "4155550100", "the instance works afterwards");
  }
  assert(slowest < SLOW, `one took ${slowest} ms`);

  let dials = 0;
  const handler = createHandler({
    ...CONFIG,
    authToken: "a-token",
    endpoints: { sales: { user: "u".repeat(32) } },
    origins: ["https://www.example.com"],
    destinations: { allow: ["+1415"] },
    log: () => {},
    fetch: async () => {
      dials += 1;
      return new Response("{}", { status: 404 });
    },
  });
  const requests = Math.ceil(count / 4);
  for (let index = 0; index < requests; index++) await ask(chance, handler);
  assert(dials <= requests);
  return { values: count, requests, refused, slowest };
}
