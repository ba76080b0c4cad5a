/**
 * Chromium and Firefox, without a window and in new profiles.
 * @module
 */

import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const FLAGS = new URL("../../js/harness/chromium-flags.json", import.meta.url);

/** The browsers that are driven so. */
export const BROWSERS = /** @type {const} */ (["Chromium", "Firefox"]);

/**
 * Starts a browser.
 * @param {(typeof BROWSERS)[number]} name
 * @param {{ args?: string[], extraPrefsFirefox?: Record<string, unknown>, protocolTimeout?: number }} [more] `args` are
 *   Chromium's.
 */
export function launch(name, { args = [], ...more } = {}) {
  if (name === "Firefox") {
    const executablePath = process.env.QUICKCALL_FIREFOX ?? "/usr/bin/firefox-esr";
    return puppeteer.launch({ ...more, browser: "firefox", executablePath });
  }
  // Chromium refuses to start its sandbox as root.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return puppeteer.launch({
    ...more,
    browser: "chrome",
    executablePath: process.env.QUICKCALL_CHROMIUM ?? "/usr/bin/chromium",
    args: [...JSON.parse(readFileSync(FLAGS, "utf8")), ...asRoot, ...args],
  });
}
