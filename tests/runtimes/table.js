/**
 * The README's table of runtimes, written from what the matrix found last: `node tests/runtimes/table.js`. With `--check` it
 * says whether the README holds it, and writes nothing; the versions may be others then, as machines have other browsers.
 */

import { readFileSync, writeFileSync } from "node:fs";

const README = new URL("../../README.md", import.meta.url);
const START = "<!-- runtimes: written by tests/runtimes/table.js -->\n";
const END = "<!-- end of runtimes -->";

/** @type {{ name: string, version: string, how: string, result: string }[]} */
const rows = ["runtimes", "browsers", "bundlers"].flatMap((file) =>
  JSON.parse(readFileSync(new URL(`../out/${file}.json`, import.meta.url), "utf8")),
);
const failed = rows.filter(({ result }) => result !== "passed");
if (failed.length > 0) throw new Error(`not passed: ${failed.map(({ name }) => name).join("; ")}`);

/** One line for each thing: its versions, and what it was tried as. @type {Map<string, { versions: Set<string>, tried: string[] }>} */
const lines = new Map();
for (const { name, version, how } of rows) {
  const [thing = "", ...kind] = name.split(", ");
  const tried = kind.length > 0 ? `${kind.join(", ")} (${how})` : how;
  const line = lines.get(thing) ?? { versions: new Set(), tried: [] };
  line.versions.add(version);
  line.tried.push(tried);
  lines.set(thing, line);
}
const table = [
  "| where | version | tried as (how the module is had) |",
  "|---|---|---|",
  ...[...lines].map(
    ([thing, { versions, tried }]) => `| ${thing} | ${[...versions].join(", ")} | ${tried.join("; ")} |`,
  ),
  "",
].join("\n");

const readme = readFileSync(README, "utf8");
const start = readme.indexOf(START) + START.length;
const end = readme.indexOf(END);
if (start < START.length || end < start) throw new Error("the README has no place for the table");
/** @param {string} text */
const withoutVersions = (text) => text.replaceAll(/^(\| [^|]+ \|) [\d.]+ \|/gm, "$1 |");
const written = `${readme.slice(0, start)}${table}${readme.slice(end)}`;
if (!process.argv.includes("--check")) {
  writeFileSync(README, written);
} else if (withoutVersions(written) !== withoutVersions(readme)) {
  throw new Error("the README's table is not what the matrix found: run node tests/runtimes/table.js");
}
