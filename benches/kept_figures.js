/**
 * Figures of runs, kept in the repository as JSON, a file for each kind.
 * @module
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** @param {URL} folder */
export function figuresIn(folder) {
  const path = (/** @type {string} */ kind) => new URL(`${kind.replaceAll(" ", "-")}.json`, folder);
  return {
    /**
     * Forgets what the last run found: the figures of a run that fails are none.
     * @param {string} kind
     */
    forget(kind) {
      rmSync(path(kind), { force: true });
    },
    /**
     * Keeps what a run found.
     * @param {string} kind
     * @param {object} found
     */
    keep(kind, found) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path(kind), `${JSON.stringify(found, undefined, 2)}\n`);
    },
    /**
     * What the last run found, or nothing.
     * @param {string} kind
     * @returns {any}
     */
    kept(kind) {
      return existsSync(path(kind)) ? JSON.parse(readFileSync(path(kind), "utf8")) : undefined;
    },
  };
}
