/**
 * The short form of every long run.
 * @module
 */

import { test } from "node:test";
import { KINDS } from "./kinds.js";

for (const [kind, { short }] of Object.entries(KINDS)) {
  test(`${kind}, in short`, { timeout: 240_000 }, async (context) => {
    context.diagnostic(JSON.stringify(await short()));
  });
}
