/**
 * What is loaded at the first sign of a press: the texts, the question before a call, and the notice of a link.
 * @module
 */

/** @typedef {typeof import("./call_words.js")} Talk */

// For their chunks: see HACKING.md.
import "./call_steps.js";
import "./element_class.js";

export { sayState, sayWord } from "./call_texts.js";
export { makeNotice } from "./element_notice.js";
export { askInDialog } from "./element_question.js";
