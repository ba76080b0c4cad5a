/**
 * Chromium for tests.
 * @module
 */

import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

/**
 * Starts Chromium without a window, in a new and empty profile that is removed at the end. Close it with `close()`.
 *
 * The program is the one that `QUICKCALL_CHROMIUM` names, else the one that Debian installs.
 * @returns {Promise<import("playwright-core").Browser>} The browser. Pages come from its `newPage()`.
 */
export async function launchChromium() {
  const flags = await readFile(new URL("chromium-flags.json", import.meta.url), "utf8");
  return chromium.launch({
    executablePath: process.env.QUICKCALL_CHROMIUM ?? "/usr/bin/chromium",
    args: JSON.parse(flags),
    // Chromium refuses to start its sandbox as root.
    chromiumSandbox: process.getuid?.() !== 0,
  });
}
