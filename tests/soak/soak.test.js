/**
 * The short form of the long runs, but of endurance.
 * @module
 */

import { test } from "node:test";
import { KINDS } from "./kinds.js";

for (const [kind, { short }] of Object.entries(KINDS)) {
  if (kind === "endurance") continue;
  test(`${kind}, in short`, { timeout: 240_000 }, async (context) => {
    context.diagnostic(JSON.stringify(await short()));
  });
}
