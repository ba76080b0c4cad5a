/**
 * Which attributes the button has, wherever that is told.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("has the same attributes in its document, for editors and for JSX", () => {
  const read = (/** @type {string} */ path) =>
    readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const element = JSON.parse(read("pkg/custom-elements.json")).modules[1].declarations[0];
  const known = element.attributes.map((/** @type {{ name: string }} */ { name }) => name).sort();
  const [, table = ""] = /## Attributes and properties\n([\s\S]+?)\n\n/.exec(read("docs/element.md")) ?? [];
  const [, jsx = ""] =
    /interface QuickcallButtonAttributes \{([\s\S]+?)authToken/.exec(read("pkg/src/element_globals.d.ts")) ??
    [];
  const documented = [...table.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = ""]) =>
    cell.match(/[\w-]+(?=`)/g),
  );
  assert.deepEqual(documented.sort(), known);
  // `aria-label` is one of every element.
  const typed = [...jsx.matchAll(/^ {2}"?([\w-]+)"?\?:/gm)].map(([, name]) => name);
  assert.deepEqual([...typed, "aria-label"].sort(), known);
});
