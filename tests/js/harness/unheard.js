/**
 * A server of events that tells nothing by itself, and watchers of it whose token the API refuses, where nothing else is said: for times of
 * hours that are not waited for. Each file that takes from here has all of it for itself.
 * @module
 */

import { afterEach, beforeEach } from "node:test";
import { startEventServer, watchEvents } from "./event_server.js";

export const A = `${"a".repeat(36)}-quickcall`;
/** The clock stands still meanwhile: one that is set must change nothing. @type {NonNullable<Parameters<typeof import("./soon.js").hurry>[3]>} */
export const TIME = { apis: ["setTimeout", "setInterval"], measured: true };
export const GONE = '{"status":"error","error":"404","message":"bad identifier"}';

/** @type {Awaited<ReturnType<typeof startEventServer>>} */
export let events;

beforeEach(async () => {
  events = await startEventServer();
});
afterEach(() => events?.stop());

/** @param {Partial<Parameters<typeof import("#quickcall/events").watch>[0]>} [more] */
export const open = (more) =>
  watchEvents(events, { fetch: async () => new Response("{}", { status: 401 }), ...more });

/** @param {number} seconds */
export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** @param {AsyncIterable<import("#quickcall/events").ProgressStep>} progress */
export async function states(progress) {
  const states = [];
  for await (const { state } of progress) states.push(state);
  return states;
}
