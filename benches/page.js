/**
 * A page of documentation that is written from figures.
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const number = new Intl.NumberFormat("en");

/** @param {number} count */
export const n = (count) => number.format(count);

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(" | ")} |`;

/** @param {string[]} head @param {string[][]} rows */
export const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

/**
 * Writes parts of a page: each, or that its run is missing.
 * @param {(kind: string) => any} kept
 * @param {string} command What runs a kind.
 */
export function partsFrom(kept, command) {
  return (/** @type {string} */ kind, /** @type {(found: any) => string} */ write) => {
    const found = kept(kind);
    return found === undefined ? `Not run yet: \`${command} ${kind.replaceAll(" ", "-")}\`.` : write(found);
  };
}

/**
 * Writes a page, or with `--check` only says whether it is what the figures give.
 * @param {string} name Its path in `docs`.
 * @param {string} content
 * @param {string} remedy What writes it.
 */
export function writePage(name, content, remedy) {
  const path = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  if (!process.argv.includes("--check")) {
    writeFileSync(path, content);
  } else if (readFileSync(path, "utf8") !== content) {
    throw new Error(`docs/${name} is not what the figures give: run \`${remedy}\`.`);
  }
}
