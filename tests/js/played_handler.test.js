/**
 * The answers of a handler by which docs/element.md plays one in a page's own tests.
 * @module
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { init, Quickcall } from "#quickcall";

const document = readFileSync(new URL("../../docs/element.md", import.meta.url), "utf8");

/** @param {string} name @param {RegExp} found */
const written = (name, found) => {
  const code = found.exec(document)?.[1] ?? assert.fail(`docs/element.md has no answer: ${name}`);
  return new Function(`return ${code};`)();
};

test("the answers that docs/element.md plays mean what it says", async () => {
  await init();
  const placed = written("placed", /const placed = (\{.+\});/);
  const { status, json } = written("busy", /route\.fulfill\((\{ status.+\})\)`/);
  const call = { endpoint: "sales", number: "+14155550100" };
  const answered = (/** @type {Response} */ response) =>
    new Quickcall({ handler: "https://edge.example.com/call", fetch: async () => response }).call(call);
  const { state, callIds } = await answered(Response.json(placed));
  assert.deepEqual({ state, callIds }, placed);
  await assert.rejects(answered(Response.json(json, { status })), {
    code: "originate_failed",
    outcome: "not_placed",
    hangupCause: "USER_BUSY",
  });
});
