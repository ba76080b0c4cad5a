/**
 * `build()` and `validate()` in a process that has done it often, beside the clients written by hand.
 * @module
 */

import { inFolder } from "./bundle.js";
import { loadClients } from "./clients.js";
import { CALLS, WRONG } from "./measured_calls.js";
import { spread } from "./spread.js";
import { timeTurnAbout } from "./turn_about.js";

const CLIENTS = /** @type {const} */ (["quickcall", "ajv", "zod", "valibot"]);

/** @typedef {{ work: string, times: Record<string, import("./spread.js").Spread>, ofZod: import("./spread.js").Spread }} Row */

/**
 * @param {{ rounds: number, only?: RegExp }} how
 * @returns {Promise<{ rows: Row[], rounds: number }>} Microseconds, and the package's time in that of the zod client in the
 *   same round.
 */
export function measureWarm({ rounds, only = /./ }) {
  return inFolder(async (folder) => {
    const clients = await loadClients(CLIENTS, folder);
    /** @type {Record<string, (client: import("./clients.js").Client) => unknown>} */
    const works = {};
    for (const [name, call] of Object.entries(CALLS))
      works[`build(), ${name}`] = (client) => client.build(call);
    for (const name of ["few options", "all options", "few options, a pattern", "all options, a pattern"]) {
      works[`validate(), ${name}`] = (client) => client.validate(CALLS[name]);
    }
    works["validate(), wrong in four places"] = (client) => client.validate(WRONG);
    const rows = Object.entries(works)
      .filter(([work]) => only.test(work))
      .map(([work, run]) => {
        const times = timeTurnAbout(
          Object.fromEntries(CLIENTS.map((name) => [name, () => run(clients[name])])),
          rounds,
        );
        const ratios = (times.quickcall ?? []).map((time, round) => time / (times.zod?.[round] ?? 0));
        return {
          work,
          times: Object.fromEntries(CLIENTS.map((name) => [name, spread(times[name] ?? [])])),
          ofZod: spread(ratios),
        };
      });
    return { rounds, rows };
  });
}
