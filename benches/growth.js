/**
 * Time against the size of what is given, and time and memory against the number of calls in flight.
 * @module
 */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { init, Quickcall } from "#quickcall";
import { CALLS, CONFIG, varsOf } from "./measured_calls.js";
import { spread } from "./spread.js";
import { timeTurnAbout } from "./turn_about.js";

const MOST_VARS = 64;
const IN_FLIGHT = [1, 10, 100, 1_000, 10_000];
const few = CALLS["few options"];
const inProcess = fileURLToPath(new URL("calls_in_flight.js", import.meta.url));

/** What grows: the sizes, and a call of each. @type {Record<string, { sizes: number[], call: (size: number) => any }>} */
const GROWING = {
  vars: {
    sizes: [1, 2, 4, 8, 16, 32, MOST_VARS],
    call: (count) => ({ ...few, customApplicationVars: varsOf(count) }),
  },
  "characters of a var": {
    sizes: [10, 100, 1_000, 10_000],
    call: (length) => ({ ...few, customApplicationVars: { text: "x".repeat(length) } }),
  },
  "characters of the number, most of them separators": {
    sizes: [16, 64, 256, 1_024, 4_096],
    call: (length) => ({ ...few, number: `4155550100${" ".repeat(length - 10)}` }),
  },
  "characters of the number before a pattern": {
    sizes: [16, 32, 64, 128, 256],
    call: (length) => ({ ...few, number: "1".repeat(length), numberFilter: "([0-9]{1,15})$" }),
  },
  "characters of the pattern": {
    sizes: [20, 50, 100, 200, 500, 1_000],
    call: (length) => ({
      ...few,
      number: "4155550100",
      numberFilter: `(?:${"a".repeat(length - 11)}|)(4.*)`,
    }),
  },
  "vars, over the limit: refused": {
    sizes: [65, 100, 250, 500, 1_000],
    call: (count) => ({ ...few, customApplicationVars: varsOf(count) }),
  },
};

/** @param {{ rounds: number, inFlight?: number[] }} how */
export async function measureGrowth({ rounds, inFlight = IN_FLIGHT }) {
  await init();
  const quickcall = new Quickcall(CONFIG);
  const sizes = Object.entries(GROWING).map(([what, { sizes, call }]) => {
    const refused = what.endsWith("refused");
    const works = sizes.map((size) => {
      const given = call(size);
      if (quickcall.validate(given).some(({ severity }) => severity === "error") !== refused) {
        throw new Error(`${what}: ${size} is not judged as thought.`);
      }
      return /** @type {const} */ ([
        String(size),
        () => (refused ? quickcall.validate(given) : quickcall.build(given)),
      ]);
    });
    const times = timeTurnAbout(Object.fromEntries(works), rounds);
    return {
      what,
      rows: sizes.map((size) => {
        const took = spread(times[size] ?? []);
        return { size, ...took, perItem: Number((took.median / size).toPrecision(3)) };
      }),
    };
  });
  const calls = [];
  for (const count of inFlight) {
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", inProcess, String(count)]);
    calls.push(JSON.parse(stdout));
  }
  return { rounds, sizes, calls };
}
