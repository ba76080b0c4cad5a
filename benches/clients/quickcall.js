/**
 * The package, its module inlined, with the face of the clients written by hand.
 * @module
 */

import { init, Quickcall } from "quickcall";

/** @param {import("quickcall").Config} config */
export async function createClient(config) {
  await init();
  return new Quickcall(config);
}
