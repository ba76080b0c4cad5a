/**
 * The figures of the long runs, a file for each kind.
 * @module
 */

import { figuresIn } from "../../benches/kept_figures.js";

const figures = figuresIn(new URL("figures/", import.meta.url));
export const { forget, kept } = figures;

/**
 * Keeps what a run found, and at which commit.
 * @param {string} kind
 * @param {object} found
 */
export function keep(kind, found) {
  figures.keep(kind, { ...found, commit: process.env.QUICKCALL_COMMIT ?? "unknown" });
}
