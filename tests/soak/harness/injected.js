/**
 * What the runs of injection put into fields, and how they look at what arrives.
 * @module
 */

import assert from "node:assert/strict";
import { QuickcallError } from "#quickcall";

/** @import { Quickcall } from "#quickcall" */
/** @import { Arrival, startArrivals } from "./arrivals.js" */
/** @import { Random } from "./random.js" */

/** @typedef {Awaited<ReturnType<typeof startArrivals>>} Server */

export const ACCOUNT = "0123456789abcdef0123456789abcdef";
export const DEVICE = "d".repeat(32);
export const TOKEN = "canary-token-injection";
const PIECES = [
  ...[
    "/",
    "..",
    "../",
    "%2e%2e%2f",
    "%2F",
    "\\",
    "?",
    "#",
    "&",
    "=",
    ";",
    "%",
    "%00",
    "%0d%0a",
    "+",
    " ",
    "@",
    ":",
  ],
  ...[
    "\r\nX-Evil: 1",
    "\n",
    "\0",
    '"',
    "'",
    "`",
    "$(id)",
    "{",
    "}",
    "[",
    "]",
    "^",
    "<",
    ">",
    "|",
    ",",
    "^^",
    "!",
  ],
  ...[
    '","number_filter":"',
    "&timeout=1",
    "verb=delete",
    "sofia/",
    "originate",
    "\u2028",
    "\u202e",
    "é",
    "😀",
  ],
  ...["415", "5550100", "+1", "a", "Sales", "x"],
];
/** A call with every option. */
export const RIGHT = {
  device: DEVICE,
  number: "4155550100",
  autoAnswer: false,
  cidName: "Sales",
  cidNumber: "+14155550199",
  ignoreEarlyMedia: true,
  media: /** @type {const} */ ("bypass"),
  targetCallId: "abc@10.0.0.1",
  timeout: 20,
  customApplicationVars: { page: "a" },
};
/** What is sent to a server. */
const SENT = ["x-auth-token", "content-type", "idempotency-key"];
/** What a fetch adds by itself, each once. */
const ADDED = new Set([
  ...["content-length", "host", "connection", "accept", "accept-language", "sec-fetch-mode"],
  ...["user-agent", "accept-encoding", "cache-control", "pragma"],
]);

/** Some pieces together. @param {Random} chance */
export const pieces = (chance) =>
  Array.from({ length: 1 + chance.below(3) }, () => chance.one(PIECES)).join("");

/**
 * Places a call that no server takes.
 * @param {Quickcall} quickcall
 * @param {any} call
 * @param {Server} server
 * @param {{ key?: string }} [how]
 * @returns {Promise<Arrival | undefined>} What arrived; nothing where it was refused.
 */
export async function tried(quickcall, call, server, how = {}) {
  server.take();
  const error = await quickcall.call(call, { again: true, ...how }).then(
    () => assert.fail("a 404 is no call"),
    (/** @type {any} */ error) => error,
  );
  assert(error instanceof QuickcallError, String(error));
  const arrived = server.take();
  if (error.code === "invalid" || error.code === "token_failed") {
    assert.equal(arrived.length, 0, "what is refused is not sent");
    return undefined;
  }
  assert.equal(error.code, "not_found", JSON.stringify(call));
  assert.equal(arrived.length, 1);
  return arrived[0];
}

/**
 * @param {Arrival} arrived
 * @param {Record<string, string>} expected
 */
export function checkHeaders({ headers }, expected) {
  const names = headers.map(([name]) => name);
  assert.equal(new Set(names).size, names.length, String(names));
  const sent = headers.filter(([name]) => SENT.includes(name));
  assert.deepEqual(Object.fromEntries(sent), expected);
  const isKnown = (/** @type {string} */ name) => SENT.includes(name) || ADDED.has(name);
  for (const name of names) assert(isKnown(name), name);
}

/**
 * A body's value; each name in it stands there once.
 * @param {string} body
 */
export function parsed(body) {
  const value = JSON.parse(body);
  // A name that stood there twice would be once in this.
  assert.equal(JSON.stringify(value), body);
  return value;
}
