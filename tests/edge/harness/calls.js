/**
 * Places calls through nothing but the class: `calls.js CONFIG`. Prints what came of each as a line of JSON. A call that has `givenUp`
 * is given up after so many milliseconds.
 * @module
 */

import { Quickcall } from "quickcall";

const scope = /** @type {any} */ (globalThis);
const [given] = scope.Deno?.args ?? scope.process.argv.slice(2);
const { calls, ...config } = JSON.parse(given);
const quickcall = new Quickcall(config);
for (const { givenUp, ...call } of calls) {
  const asked = givenUp === undefined ? {} : { signal: AbortSignal.timeout(givenUp) };
  const { state, code } = await quickcall.call(call, asked).catch((/** @type {any} */ error) => error);
  console.log(JSON.stringify(state ?? code));
}
