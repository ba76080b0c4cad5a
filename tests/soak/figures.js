/**
 * The figures of the long runs, a file for each kind.
 * @module
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("figures/", import.meta.url));

/** @param {string} kind */
const path = (kind) => `${folder}${kind.replace(" ", "-")}.json`;

/**
 * Forgets what the last run found: the figures of a run that fails are none.
 * @param {string} kind
 */
export function forget(kind) {
  rmSync(path(kind), { force: true });
}

/**
 * Keeps what a run found, and at which commit.
 * @param {string} kind
 * @param {object} found
 */
export function keep(kind, found) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path(kind),
    `${JSON.stringify({ ...found, commit: process.env.QUICKCALL_COMMIT ?? "unknown" }, undefined, 2)}\n`,
  );
}

/**
 * What the last run found, or nothing.
 * @param {string} kind
 * @returns {any}
 */
export function kept(kind) {
  return existsSync(path(kind)) ? JSON.parse(readFileSync(path(kind), "utf8")) : undefined;
}
