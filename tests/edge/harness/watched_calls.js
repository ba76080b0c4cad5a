/**
 * Follows calls to their end: `watched_calls.js CONFIG`. Prints what came of each as a line of JSON.
 * @module
 */

import { Quickcall } from "quickcall";
import { watch } from "quickcall/events";

const scope = /** @type {any} */ (globalThis);
const [given] = scope.Deno?.args ?? scope.process.argv.slice(2);
const { url, calls, ws, ...server } = JSON.parse(given);
// Node 20 has none of its own.
const { WebSocket } = ws ? (await import(ws)).default : scope;
/** @type {import("quickcall/events").Watcher | undefined} */
let watcher;
try {
  watcher = await watch({ ...server, url, WebSocket });
  const quickcall = new Quickcall(server);
  for (const call of calls) {
    const { result, progress } = await watcher.call(quickcall, call);
    const states = [];
    for await (const { state } of progress) states.push(state);
    // This asks the server's API, and not the socket.
    console.log(JSON.stringify([result.state, ...states, await watcher.status(result.callIds[0] ?? "")]));
  }
} catch (error) {
  const { code, outcome } = /** @type {any} */ (error);
  console.log(JSON.stringify([code, outcome]));
} finally {
  watcher?.close();
}
