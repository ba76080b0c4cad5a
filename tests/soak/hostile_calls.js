/**
 * What a program gives to a call and never should: a `fetch`, a signal, a key, a token, a configuration. Every call ends, in
 * time, with a `QuickcallError` that says the truth: nothing was placed where nothing was sent, and nobody knows otherwise.
 * Time is not waited for.
 * @module
 */

import assert from "node:assert/strict";
import { mock } from "node:test";
import { Quickcall, QuickcallError } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { watch } from "#quickcall/events";
import { PLACED } from "../js/harness/confirmed.js";
import { freshKey, handlerConfig, ORIGIN } from "../js/harness/handler.js";
import { FETCHES } from "./harness/hostile_fetches.js";
import { hostile } from "./harness/hostile_values.js";
import {
  confirm,
  counted,
  isTrue,
  never,
  number,
  SERVER,
  settled,
  shown,
  TOKEN,
  throws,
} from "./harness/hurried.js";
import { FOLLOWING } from "./hostile_follows.js";

/** @import { Random } from "./harness/random.js" */

const USER = "a".repeat(32);
const HANDLER = "https://edge.example.com/call";
const RING_TIME = 4;
/** Until when each must have ended, in seconds: the ring time and ten more, or ten for a token and for a socket. */
const DEADLINE = {
  call: RING_TIME + 10,
  token: 10,
  handler: 10 + RING_TIME + 10,
};
/** @param {Random} chance */
async function tryFetch(chance) {
  const [name, make] = chance.one(Object.entries(FETCHES));
  const value = hostile(chance);
  const about = () => `a fetch that ${name}: ${shown(value)}`;
  // A value that is a status of a refusal is one.
  if (name === "has a status that is none" && typeof value === "number" && value >= 400 && value < 500)
    return;
  const { sent, fetch } = counted(make(value));
  const blocking = chance.below(2) === 0;
  const call = { user: USER, number: number(), timeout: RING_TIME, blocking };
  const quickcall = new Quickcall({ ...SERVER, fetch });
  const { error } = await settled(() => quickcall.call(call), DEADLINE.call, about);
  isTrue(error, sent.count, about);
  assert.equal(sent.count, 1, about());
  // The same call is free again.
  const other = new Quickcall({ ...SERVER, fetch: confirm });
  const { value: placed } = await settled(() => other.call(call, { again: true }), DEADLINE.call, about);
  assert.equal(placed?.state, blocking ? "started" : "accepted", about());
}

/** @param {Random} chance */
async function trySignal(chance) {
  const reason = hostile(chance);
  const about = () => `a signal that is aborted with ${shown(reason)}`;
  const controller = new AbortController();
  const when = chance.below(3);
  if (when === 0) controller.abort(reason);
  const { sent, fetch } = counted(when === 1 ? never : confirm);
  const quickcall = new Quickcall({ ...SERVER, fetch });
  const call = { user: USER, number: number(), timeout: RING_TIME };
  const calling = () => {
    const promise = quickcall.call(call, { signal: controller.signal });
    if (when === 1) setImmediate(() => controller.abort(reason));
    return promise;
  };
  const { error, value } = await settled(calling, 1, about);
  if (when === 2) return assert.equal(value?.state, "started", about());
  isTrue(error, sent.count, about);
  assert.deepEqual([error.code, sent.count], ["aborted", when], about());
}

/**
 * A signal that can be listened to, and is wrong elsewhere.
 * @param {Random} chance
 */
async function tryHalfASignal(chance) {
  const value = hostile(chance);
  const about = () => `a signal that lets go by ${shown(value)}`;
  const isSilent = chance.below(2) === 0;
  const { sent, fetch } = counted(isSilent ? never : confirm);
  const signal = { aborted: false, addEventListener: () => value };
  const removing = chance.one([{ value }, { value: throws(value) }, { get: throws(value) }]);
  Object.defineProperty(signal, "removeEventListener", removing);
  const call = { user: USER, number: number(), timeout: RING_TIME, blocking: !isSilent };
  const quickcall = new Quickcall({ ...SERVER, fetch });
  const calling = () => quickcall.call(call, { signal: /** @type {any} */ (signal) });
  const { error, value: placed } = await settled(calling, DEADLINE.call, about);
  assert.equal(sent.count, 1, about());
  if (!isSilent) return assert.equal(placed?.state, "started", about());
  isTrue(error, 1, about);
}

/** @param {Random} chance */
async function tryHow(chance) {
  const value = hostile(chance);
  const name = chance.one(["again", "key"]);
  const about = () => `${name}: ${shown(value)}`;
  const isThroughHandler = chance.below(2) === 0;
  const { sent, fetch } = counted(isThroughHandler ? async () => Response.json(PLACED) : confirm);
  const how = isThroughHandler ? { handler: HANDLER, endpoint: "sales" } : { ...SERVER, user: USER };
  const quickcall = new Quickcall({ ...how, fetch, cooldown: 60 });
  const call = { number: `+${number()}`, timeout: RING_TIME };
  const { error, value: placed } = await settled(
    () => quickcall.call(call, /** @type {any} */ ({ [name]: value })),
    DEADLINE.call,
    about,
  );
  if (name === "key" && value !== undefined) {
    const isKey = isThroughHandler && typeof value === "string" && /^[A-Za-z0-9_-]{8,128}$/.test(value);
    if (!isKey) {
      isTrue(error, sent.count, about);
      assert.deepEqual([error.code, sent.count], ["invalid", 0], about());
      return;
    }
  }
  if (name === "again" && value !== undefined && typeof value !== "boolean") {
    isTrue(error, sent.count, about);
    assert.deepEqual([error.code, sent.count], ["invalid", 0], about());
    return;
  }
  assert.deepEqual([placed?.state, sent.count], ["started", 1], about());
  if (name === "key") return;
  // Only `true` repeats a call that has just ended well.
  const again = await settled(
    () => quickcall.call(call, /** @type {any} */ ({ again: value })),
    DEADLINE.call,
    about,
  );
  assert.equal(again.error?.code, value === true ? undefined : "duplicate", about());
}

/** @param {Random} chance */
async function trySignalThatIsNone(chance) {
  const value = hostile(chance);
  const isWhole = chance.below(4) === 0;
  const about = () => `${isWhole ? "how" : "signal"}: ${shown(value)}`;
  const { sent, fetch } = counted(confirm);
  const call = { user: USER, number: number(), timeout: RING_TIME };
  const how = /** @type {any} */ (isWhole ? value : { signal: value });
  const said = await settled(() => new Quickcall({ ...SERVER, fetch }).call(call, how), DEADLINE.call, about);
  if (said.value) return assert.deepEqual([said.value.state, sent.count], ["started", 1], about());
  isTrue(said.error, 0, about);
  assert.equal(sent.count, 0, about());
}

/** Functions for tokens that give none. @type {((value: unknown) => () => any)[]} */
const TOKENS = [
  throws,
  (value) => () => Promise.reject(value),
  (value) => () => (typeof value === "string" ? `${value}\n` : value),
  (value) => async () => (typeof value === "string" ? "" : value),
  () => never,
  // biome-ignore lint/suspicious/noThenProperty: that is the attack.
  (value) => () => ({ then: throws(value) }),
  // biome-ignore lint/suspicious/noThenProperty: that is the attack.
  () => () => ({ then: () => {} }),
];

/** @param {Random} chance */
async function tryToken(chance) {
  const value = hostile(chance);
  const wrong = chance.one(TOKENS)(value);
  const isSecond = chance.below(3) === 0;
  const about = () => `a ${isSecond ? "second " : ""}token: ${wrong}, ${shown(value)}`;
  const authToken = (/** @type {string} */ reason) => (isSecond && reason === "call" ? TOKEN : wrong());
  const { sent, fetch } = counted(async () => new Response("{}", { status: 401 }));
  const call = { user: USER, number: number(), timeout: RING_TIME };
  const { error } = await settled(
    () => new Quickcall({ ...SERVER, authToken, fetch }).call(call),
    DEADLINE.token,
    about,
  );
  isTrue(error, 0, about);
  assert.deepEqual([error.code, sent.count], ["token_failed", isSecond ? 1 : 0], about());
}

/** @param {Random} chance */
async function tryConfig(chance) {
  const value = hostile(chance);
  const keys = [
    ...[
      "baseUrl",
      "accountId",
      "authToken",
      "user",
      "device",
      "options",
      "fetch",
      "cooldown",
      "deadlineMargin",
    ],
    ...["allowTokenInBrowser", "allowBrowserRepeat", "allowInsecure", "handler", "endpoint"],
  ];
  const key = chance.one(keys);
  const about = () => `${key}: ${shown(value)}`;
  const { sent, fetch } = counted(confirm);
  const config = /** @type {any} */ ({ ...SERVER, user: USER, fetch, [key]: value });
  const placing = async () => new Quickcall(config).call({ number: number(), timeout: RING_TIME });
  // A margin may be as long as it likes.
  const seconds = key === "deadlineMargin" ? 10_000 : DEADLINE.call;
  const { error, value: placed } = await settled(placing, seconds, about);
  if (placed) return assert.deepEqual([placed.state, sent.count], ["started", 1], about());
  assert(error instanceof QuickcallError, `${String(error)}: ${about()}`);
  // What was called in place of a fetch may have sent something.
  if (key !== "fetch") isTrue(error, sent.count, about);
}

/** @param {Random} chance */
async function tryHandlersConfig(chance) {
  const value = hostile(chance);
  const keys = [
    ...[
      "baseUrl",
      "accountId",
      "authToken",
      "endpoints",
      "origins",
      "destinations",
      "options",
      "visitorOptions",
    ],
    ...["limits", "guard", "events", "visitor", "verify", "log", "dryRun", "fetch", "deadlineMargin"],
    "allowInsecure",
  ];
  const key = chance.one(keys);
  const about = () => `${key} of a handler: ${shown(value)}`;
  const { sent, fetch } = counted(confirm);
  const right = { ...handlerConfig(SERVER, TOKEN, ORIGIN), fetch, options: { timeout: RING_TIME } };
  const one = { ...right, [key]: value };
  // One that never comes is waited for.
  const whole = typeof value === "object" && value !== null && canHave(value, "then") ? one : value;
  const thrown = throws(chance.one([new RangeError("hostile"), "hostile", null, undefined, 5, Symbol("x")]));
  const config = /** @type {any} */ (
    chance.one([one, one, () => one, async () => one, whole, () => whole, async () => whole, thrown])
  );
  const handler = createHandler(config);
  const asking = () =>
    handler(
      new Request(HANDLER, {
        method: "POST",
        headers: { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() },
        body: JSON.stringify({ endpoint: "sales", number: `+${number()}` }),
      }),
    ).then(async (response) => ({ status: response.status, text: await response.text() }));
  const { error, value: said } = await settled(
    asking,
    key === "deadlineMargin" ? 10_000 : DEADLINE.handler,
    about,
  );
  assert(said, `${String(error)}: ${about()}`);
  const { status, text } = said;
  assert(!text.includes(TOKEN) && !text.includes(SERVER.accountId), about());
  if (status === 200) return assert.equal(sent.count, 1, about());
  const { outcome } = JSON.parse(text).error;
  assert(status >= 400, about());
  if (key !== "fetch") assert.deepEqual([outcome, sent.count], ["not_placed", 0], `${text} ${about()}`);
}

/**
 * @param {object} value
 * @param {string} name
 */
function canHave(value, name) {
  try {
    return name in value;
  } catch {
    return true;
  }
}

/**
 * What a handler is given that never answers: the request is answered all the same.
 */
async function tryWhatNeverAnswers() {
  for (const [name, given, status] of /** @type {[string, object, number][]} */ ([
    ["verify", { verify: never }, 403],
    ["authToken", { authToken: never }, 502],
    ["fetch", { fetch: never }, 504],
    ["log", { log: never }, 200],
  ])) {
    const { sent, fetch } = counted(confirm);
    const handler = createHandler({
      ...handlerConfig(SERVER, TOKEN, ORIGIN),
      ...{ fetch, options: { timeout: RING_TIME }, ...given },
    });
    const body = JSON.stringify({ endpoint: "sales", number: `+${number()}` });
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
    const about = () => `${name} that never answers`;
    const asking = () => handler(new Request(HANDLER, { method: "POST", headers, body }));
    const { value: response } = await settled(asking, DEADLINE.handler, about);
    assert.equal(response?.status, status, about());
    assert.equal(sent.count, status === 200 ? 1 : 0, about());
  }
}

const TRIES = [
  trySignalThatIsNone,
  ...[
    tryFetch,
    tryFetch,
    trySignal,
    tryHalfASignal,
    tryHow,
    tryToken,
    tryConfig,
    tryHandlersConfig,
    tryHandlersConfig,
  ],
  ...FOLLOWING,
];

/**
 * Tries them.
 * @param {Random} chance
 * @param {number} count How many of each.
 * @returns {Promise<number>} How many were tried.
 */
export async function runHostileCalls(chance, count) {
  // The modules are loaded in the time of everybody.
  await watch(/** @type {any} */ ({})).catch(() => {});
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.now() });
  // What measures time measures that of everybody, too.
  const measured = mock.method(performance, "now", () => Date.now());
  const { error, warn, log } = console;
  // A handler whose log is none writes there.
  Object.assign(console, { error() {}, warn() {}, log() {} });
  try {
    await tryWhatNeverAnswers();
    for (let index = 0; index < count; index++) {
      for (const one of TRIES) await one(chance);
    }
  } finally {
    measured.mock.restore();
    mock.timers.reset();
    Object.assign(console, { error, warn, log });
  }
  return count * TRIES.length;
}
