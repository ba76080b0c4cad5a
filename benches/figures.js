/**
 * The figures of the last run, a file for each kind of measurement.
 * @module
 */

import { availableParallelism, cpus } from "node:os";
import { figuresIn } from "./kept_figures.js";

const figures = figuresIn(new URL("figures/", import.meta.url));

/**
 * Keeps what a run found, and on what machine.
 * @param {string} kind
 * @param {object} found
 */
export function keep(kind, found) {
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model.trim(), node: process.version };
  figures.keep(kind, { machine, ...found });
}

export const { kept } = figures;
