/**
 * The figures of the long runs, a file for each kind.
 * @module
 */

import { figuresIn } from "../../benches/kept_figures.js";

export const { keep, kept } = figuresIn(new URL("figures/", import.meta.url));
