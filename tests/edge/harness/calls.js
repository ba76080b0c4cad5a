/**
 * Places calls through nothing but the class: `calls.js CONFIG`. Prints what came of each as a line of JSON.
 * @module
 */

import { Quickcall } from "quickcall";

const scope = /** @type {any} */ (globalThis);
const [given] = scope.Deno?.args ?? scope.process.argv.slice(2);
const { calls, ...config } = JSON.parse(given);
const quickcall = new Quickcall(config);
for (const call of calls) {
  const { state, code } = await quickcall.call(call).catch((/** @type {any} */ error) => error);
  console.log(JSON.stringify(state ?? code));
}
