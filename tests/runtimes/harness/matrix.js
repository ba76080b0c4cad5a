/**
 * A table of consumers: each places the same calls, and what was dialled is counted at the simulator.
 * @module
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startSimulator } from "../../js/harness/simulator.js";
import { makeProject } from "./project.js";
import { keepResults } from "./results.js";

const TOKEN = "canary-token-c0de";

/** What every consumer is to report. */
const PLACED = {
  states: ["started", "accepted"],
  callIds: 1,
  failed: [true, "originate_failed", "not_placed", "USER_BUSY"],
};

/** What is reported of a call that is followed to its end, and what arrives. */
export const FOLLOWED = {
  report: {
    states: ["ringing", "answered", "connected", "ended"],
    hangupCause: "NORMAL_CLEARING",
    isSame: true,
  },
  arrived: [["GET", "+14157770100"]],
};

/** What arrives of that: method, and what was dialled. */
const ARRIVED = [
  ["POST", "4155550100"],
  ["GET", "+14157770100"],
  ["POST", null],
];

/**
 * What a consumer is given.
 * @typedef {{ folder: string, config: { baseUrl: string, accountId: string, authToken: string, device: string, events: string } }} Given
 */

/**
 * One consumer: its name, its version as it says it, how the module is loaded there, what runs it and gives its report; and
 * what it is to report and what is to arrive, where that is something else than usual.
 * @typedef {object} Row
 * @property {string} name
 * @property {() => string | Promise<string>} version
 * @property {string} how
 * @property {(given: Given) => Promise<unknown>} run
 * @property {unknown} [report]
 * @property {unknown[]} [arrived]
 */

/**
 * Makes a test of each row.
 * @param {string} file Where the results are kept, in `tests/out`.
 * @param {Row[]} rows
 * @param {string} [above] The folder that the project is made in, where its tools are found from there.
 */
export function matrix(file, rows, above) {
  /** @type {Awaited<ReturnType<typeof startSimulator>>} */
  let simulator;
  /** @type {Awaited<ReturnType<typeof makeProject>>} */
  let project;
  /** @type {{ name: string, version: string, how: string, result: string }[]} */
  const results = [];

  before(async () => {
    simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
    project = await makeProject(above);
  });
  after(async () => {
    await keepResults(file, results);
    await project?.remove();
    await simulator?.stop();
  });

  for (const { name, version, how, run, report = PLACED, arrived = ARRIVED } of rows) {
    test(name, { timeout: 180_000 }, async () => {
      const kept = { name, version: "", how, result: "failed" };
      results.push(kept);
      await simulator.clear();
      const { accountId, events } = await simulator.about();
      const config = {
        baseUrl: simulator.baseUrl,
        accountId,
        authToken: TOKEN,
        device: "dddddddddddddddddddddddddddddddd",
        events,
      };
      assert.deepEqual(await run({ folder: project.folder, config }), report);
      const calls = await simulator.calls();
      assert.deepEqual(
        calls.map(({ method, dialled }) => [method, dialled]),
        arrived,
      );
      kept.version = await version();
      kept.result = "passed";
    });
  }
}
