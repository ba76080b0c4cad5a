/**
 * Programs that serve.
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { letGo } from "../../js/harness/let_go.js";

/** Milliseconds until a program must listen. */
const START_LIMIT = 60_000;

/**
 * Starts a program that says `listening on URL` or something that `pattern` finds. It ends by `kill()`, and else with this
 * process, which it does not keep: a test that failed before its `kill()` does not wait for it.
 * @param {string} program
 * @param {string[]} given
 * @param {{ cwd?: string, env?: Record<string, string>, pattern?: RegExp }} [options]
 */
export async function startProgram(
  program,
  given,
  { cwd, env = {}, pattern = /listening on (http\S+)/ } = {},
) {
  const child = spawn(program, given, {
    ...(cwd ? { cwd } : {}),
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own, so that what it starts ends with it.
    detached: true,
  });
  let said = "";
  const ended = once(child, "exit");
  // Where it cannot be started, that is told below.
  ended.catch(() => process.off("exit", end));
  process.on("exit", end);
  child.once("exit", () => process.off("exit", end));
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end();
      reject(new Error(`${program} did not listen in time: ${said}`));
    }, START_LIMIT);
    /** @param {Error} error */
    const fail = (error) => {
      clearTimeout(timer);
      reject(error);
    };
    child.once("error", fail);
    child.once("exit", () => fail(new Error(`${program} ended: ${said}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        said += text;
        const found = pattern.exec(said);
        if (found?.[1]) {
          clearTimeout(timer);
          resolve(found[1]);
        }
      });
    }
  });
  letGo(child);
  function end() {
    // A program that could not be started has no id, and its group would be this process's own.
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  return {
    url: url.endsWith("/") ? url : `${url}/`,
    /** What it wrote. */
    output: () => said,
    /** Tells it to end, as a service manager does. */
    async stop() {
      child.ref();
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await ended;
    },
    /** Ends it at once, wherever it is. */
    async kill() {
      child.ref();
      end();
      await ended;
    },
  };
}
