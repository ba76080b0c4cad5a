/**
 * The short form of endurance, in a process of its own: it collects garbage whenever it wants, and the `fetch` of Node 20 throws where a
 * connection that another run left behind is collected before its timer.
 * @module
 */

import { test } from "node:test";
import { KINDS } from "./kinds.js";

test("endurance, in short", { timeout: 240_000 }, async (context) => {
  context.diagnostic(JSON.stringify(await KINDS.endurance?.short()));
});
