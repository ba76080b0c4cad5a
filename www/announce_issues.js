import { announce } from "./announce.js";

/** For how long nothing must have changed, in milliseconds: nobody wants to hear of every key. */
const PAUSE = 1_000;

/** What was told and is still so. */
let told = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Tells which issues are new, and when none is left, a moment after the last change.
 * @param {string[]} issues All that are shown.
 */
export function announceIssues(issues) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const issue of issues) if (!told.has(issue)) announce(issue);
    if (issues.length === 0 && told.size > 0) announce("Nothing is wrong any more.");
    told = new Set(issues);
  }, PAUSE);
}
