/**
 * The package, its module given, with the face of the clients written by hand.
 * @module
 */

import { init, Quickcall } from "quickcall/slim";

/**
 * @param {import("quickcall").Config} config
 * @param {import("quickcall/slim").ModuleSource} module
 */
export async function createClient(config, module) {
  await init(module);
  return new Quickcall(config);
}
