/**
 * Calls at the same time, in a process of their own: `node --expose-gc calls_in_flight.js COUNT`. The server answers when all
 * have been sent. Says time and memory as JSON.
 * @module
 */

import { init, Quickcall } from "#quickcall";
import { CONFIRMED } from "./confirmed.js";
import { CALLS, CONFIG } from "./measured_calls.js";

const count = Number(process.argv[2]);

/** @type {(() => void)[]} */
let held = [];
let next = 0;
/** Answers when it is let. */
const fetch = () =>
  new Promise((resolve) => {
    held.push(() => resolve(new Response(CONFIRMED, { headers: { "content-type": "application/json" } })));
  });

await init();
const quickcall = new Quickcall({ ...CONFIG, fetch: /** @type {typeof globalThis.fetch} */ (fetch) });

/** All that is used when everything was collected that can be: the heap, and buffers with the module's memory. */
async function memory() {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Places the calls. @returns {Promise<{ inFlight: number, took: number }>} */
async function round() {
  const began = performance.now();
  const calls = Array.from({ length: count }, () => {
    next += 1;
    return quickcall.call({ ...CALLS["few options"], number: `+1415${String(next).padStart(7, "0")}` });
  });
  while (held.length < count) await new Promise((resolve) => setImmediate(resolve));
  const sent = performance.now() - began;
  const inFlight = await memory();
  const answered = performance.now();
  for (const reply of held) reply();
  held = [];
  const states = await Promise.all(calls);
  if (states.some(({ state }) => state !== "started")) throw new Error("A call was not placed.");
  return { inFlight, took: sent + performance.now() - answered };
}

// What is loaded and compiled with the first calls is not theirs.
for (let warm = 0; warm < 3; warm++) await round();
const before = await memory();
const { inFlight, took } = await round();
for (let more = 0; more < 3; more++) await round();
const after = await memory();
const perCall = (/** @type {number} */ value) => Number((value / count).toPrecision(3));
console.log(
  JSON.stringify({
    count,
    microseconds: perCall(took * 1_000),
    bytes: perCall(inFlight - before),
    before,
    after,
  }),
);
