/**
 * From the import of a client to its first built request, where everything is new each time.
 * @module
 */

import { inFolder } from "./bundle.js";
import { BY_HAND } from "./clients.js";
import { coldInChromium } from "./cold_start/chromium.js";
import { coldInNode } from "./cold_start/node.js";
import { coldInWorkerd } from "./cold_start/workerd.js";

const EVERYWHERE = /** @type {const} */ (["quickcall", "quickcall/slim", ...BY_HAND]);
/** In workerd the module always comes compiled with the import. */
const IN_WORKERD = /** @type {const} */ (["quickcall", ...BY_HAND]);

/** @param {{ runs: number }} how How often each is started, in each place. */
export function measureColdStart({ runs }) {
  return inFolder(async (folder) => ({
    runs,
    node: { version: process.version, clients: await coldInNode(EVERYWHERE, folder, runs) },
    workerd: await coldInWorkerd(IN_WORKERD, folder, runs),
    chromium: await coldInChromium(EVERYWHERE, folder, runs),
  }));
}
