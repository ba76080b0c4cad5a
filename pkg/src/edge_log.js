/**
 * What a handler logs. It holds no secret.
 * @module
 */

/** @import { Answer } from "./edge_answer.js" */
/** @import { LogEntry } from "./edge_types.js" */
/** @import { Issue } from "./types.js" */
import { TOO_LATE } from "./deadline.js";
import { Failed } from "./edge_patience.js";
import { QuickcallError } from "./errors.js";

/**
 * What went wrong, as far as it is safe to log: an error of somebody else may hold a secret.
 * @param {"configuration" | "handler" | "authToken" | "visitor" | "verify" | "guard" | "events"} where
 * @param {unknown} error
 * @returns {LogEntry}
 */
export function problem(where, error) {
  const thrown = error === TOO_LATE ? "TimeoutError" : typeof error;
  try {
    if (error instanceof Failed) return problem(error.where, error.error);
    const own = error instanceof QuickcallError ? { code: error.code, message: error.message } : {};
    const name = error instanceof Error ? error.name : thrown;
    return { event: "problem", level: "error", where, name, ...own };
  } catch {
    // What somebody else throws may be anything.
    return { event: "problem", level: "error", where, name: thrown };
  }
}

/**
 * What a refusal of the core says is wrong with a request. A name that the handler does not know is the visitor's own text: it may be a
 * number.
 * @param {Answer} refusal
 * @param {Uint8Array} asked What was asked; JSON where an endpoint is unknown.
 * @returns {{ issue?: string }}
 */
export function wrongIn({ code, body }, asked) {
  const wrong = (/** @type {string} */ name, /** @type {string} */ code) => ({
    issue: `${/^[a-z_-]{1,32}$/i.test(name) ? name : "?"} ${code}`,
  });
  if (code === "unknown_endpoint") return wrong(JSON.parse(new TextDecoder().decode(asked)).endpoint, code);
  /** @type {{ error: { issues: Issue[] } }} */
  const { error } = JSON.parse(body);
  const [issue] = error.issues;
  return issue ? wrong(issue.path[0] ?? "", issue.code) : {};
}

/**
 * @param {(entry: LogEntry) => void} log
 * @param {LogEntry} entry
 */
export function report(log, entry) {
  quietly(() => log(entry));
}

/**
 * Does what may fail, at once or later: that is no reason to place no call, or two. In Node a promise that nobody looks after
 * ends the process, and the memory with it.
 * @param {() => unknown} work
 * @returns {Promise<unknown>} Done when it is; never rejects.
 */
export function quietly(work) {
  return new Promise((resolve) => resolve(work())).catch(() => {});
}

/** @param {LogEntry} entry */
export function logToConsole(entry) {
  // JSON leaves what ends a line in a terminal, begins a command, or turns the order of what is shown; and a visitor's name may hold it.
  console.log(JSON.stringify(entry).replace(/[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, "?"));
}
