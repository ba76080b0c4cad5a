/**
 * Values that nobody should give.
 * @module
 */

/** @import { Random } from "./random.js" */

const KEYS = [
  ...["device", "user", "endpoint", "number", "blocking", "autoAnswer", "auto_answer", "cidName", "cid-name"],
  ...["cidNumber", "customApplicationVars", "ignoreEarlyMedia", "media", "numberFilter", "number_filter"],
  ...["targetCallId", "timeout", "__proto__", "constructor", "toString", "then", "length", "", "\ud800"],
];

/** What the values throw. */
const throws = () => {
  throw new RangeError("hostile");
};

/**
 * Whether an error is one that a value threw by itself.
 * @param {unknown} error
 */
export const isTheirs = (error) => error instanceof RangeError && error.message === "hostile";

/** How often values were asked that give another text each time. */
export const asked = { count: 0 };

/** A `toString` that gives another text each time, and once none. */
function changing() {
  let times = 0;
  return () => {
    asked.count += 1;
    return ["5", "(415) 555-0100", {}, "0"][times++ % 4];
  };
}

/**
 * Values as no program should give them.
 * @param {Random} chance
 * @param {number} depth
 * @returns {unknown}
 */
export function hostile(chance, depth = 3) {
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
      toString: chance.one([throws, () => "5", () => ({}), changing()]),
      valueOf: throws,
      toJSON: throws,
      [Symbol.toPrimitive]: throws,
    }),
    // Where nothing else is asked first.
    () => ({ toString: changing(), valueOf: throws }),
    () => ({ [Symbol.toPrimitive]: changing() }),
    () => ({
      [Symbol.toStringTag]: "RegExp",
      source: { toString: changing() },
      flags: { toString: changing() },
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
export function nearlyRight(chance) {
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
