/**
 * The kinds of runs, each with a short form, which every check of the project contains, and a long one.
 * @module
 */

import { runCanaries } from "./canaries.js";
import { runEndurance } from "./endurance.js";
import { runFaults } from "./faults.js";
import { runHostileInput } from "./hostile_input.js";
import { runHostileReplies } from "./hostile_replies.js";
import { runInjection } from "./injection.js";
import { runPatterns } from "./patterns.js";

/** @type {Record<string, { short: () => Promise<object>, long: (tell: (line: string) => void) => Promise<object> }>} */
export const KINDS = {
  faults: {
    short: () => runFaults({ share: 0.2, anywhere: 20 }),
    long: (tell) => runFaults({ share: 1, anywhere: 580, tell }),
  },
  "hostile replies": {
    short: () => runHostileReplies({ count: 250, every: 10 }),
    long: () => runHostileReplies({ count: 20_000, pages: true, seed: 11 }),
  },
  "hostile input": {
    short: () => runHostileInput({ count: 2_000 }),
    long: () => runHostileInput({ count: 300_000, seed: 11 }),
  },
  patterns: {
    short: () => runPatterns({ beside: 2 }),
    long: () => runPatterns({}),
  },
  injection: {
    short: () => runInjection({ count: 500 }),
    long: () => runInjection({ count: 50_000, seed: 11 }),
  },
  canaries: {
    short: () => runCanaries({ releases: ["4.3"] }),
    long: () => runCanaries({}),
  },
  endurance: {
    short: () => runEndurance({ count: 15_000 }),
    long: () => runEndurance({ count: 1_000_000 }),
  },
};
