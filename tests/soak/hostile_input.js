/**
 * Values that nobody should give, in every place where one can be given. What is looked for: an error that is no
 * `QuickcallError`, a trap, a hang, a dial that was not asked for, or an instance that does not work afterwards.
 * @module
 */

import assert from "node:assert/strict";
import { callSchema, init, Quickcall, QuickcallError } from "#quickcall";
import { asked, hostile, isTheirs, nearlyRight } from "./harness/hostile_values.js";
import { random } from "./harness/random.js";
import { runHostileButtons } from "./hostile_buttons.js";
import { runHostileCalls } from "./hostile_calls.js";
import { runHostileRequests } from "./hostile_requests.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const CONFIG = { baseUrl: "https://kazoo.example.com:8443/v2", accountId: ACCOUNT, authToken: "a-token" };
/** How long one value may take, in milliseconds: far more than any takes, far less than a hang. */
const SLOW = 5_000;

const EMPTY = /** @type {any} */ ({});

/**
 * What is done with a value. `allows`: errors that are none of the package's, because JavaScript itself reads the value where
 * a program gives it: a getter that throws, and a proxy that is no more.
 * @type {{ use: (value: any, quickcall: Quickcall) => unknown, allows?: (error: unknown) => boolean }[]}
 */
const USES = [
  { use: (value, quickcall) => quickcall.validate(value) },
  { use: (value, quickcall) => quickcall.build(value) },
  { use: (value) => Quickcall.filterNumber(value) },
  { use: (value) => Quickcall.filterNumber("(415) 555-0100", value) },
  { use: (value) => new Quickcall(value).validate(EMPTY), allows: isOfConfig },
  { use: (value) => new Quickcall({ ...CONFIG, baseUrl: value }).validate(EMPTY) },
  { use: (value) => new Quickcall({ ...CONFIG, accountId: value }).validate(EMPTY) },
  { use: (value) => new Quickcall({ ...CONFIG, options: value }).validate(EMPTY) },
  { use: (value) => new Quickcall(/** @type {any} */ ({ handler: value })).validate(EMPTY) },
  {
    use: (value) => Quickcall.toCurl(value),
    allows: (error) => error instanceof TypeError && error.message === "toCurl() takes what build() returns.",
  },
  { use: (value) => callSchema["~standard"].validate(value) },
];

/**
 * Whether an error is one of reading a configuration.
 * @param {unknown} error
 */
function isOfConfig(error) {
  const isRevoked = error instanceof TypeError && /^Cannot perform '\w+' on a proxy/.test(error.message);
  return isTheirs(error) || isRevoked;
}

/**
 * Tries hostile values.
 * @param {{ count: number, seed?: number }} how How many.
 * @returns {Promise<{ values: number, calls: number, requests: number, dials: number, properties: number, refused: number, slowest: number }>} How
 *   many values, calls, requests to a handler and properties in a page were tried; how many right requests were dialled; how
 *   many values were refused by a `QuickcallError`, and the longest time that one took, in milliseconds.
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
    const { use, allows } = chance.one(USES);
    const began = performance.now();
    try {
      use(value, quickcall);
    } catch (error) {
      assert(error instanceof QuickcallError || allows?.(error), `${use}: ${String(error)}`);
      if (error instanceof QuickcallError) refused += 1;
    }
    slowest = Math.max(slowest, performance.now() - began);
    assert.equal(work(), "4155550100", "the instance works afterwards");
  }
  assert(asked.count > 0, "no text was asked for that changes");
  assert(slowest < SLOW, `one took ${slowest} ms`);
  const calls = await runHostileCalls(chance, Math.ceil(count / 10));
  const { requests, dials } = await runHostileRequests(chance, Math.ceil(count / 4));
  assert.equal(work(), "4155550100", "the instance works afterwards");
  const properties = await runHostileButtons();
  return { values: count, calls, requests, dials, properties, refused, slowest };
}
