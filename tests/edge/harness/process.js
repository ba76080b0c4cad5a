/**
 * Programs that serve.
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";

/** Milliseconds until a program must listen. */
const START_LIMIT = 60_000;

/**
 * Starts a program that says `listening on URL` or something that `pattern` finds.
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
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end();
      reject(new Error(`${program} did not listen in time: ${said}`));
    }, START_LIMIT);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${program} ended: ${said}`)));
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
  function end() {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  return {
    url: url.endsWith("/") ? url : `${url}/`,
    /** What it wrote. */
    output: () => said,
    /** Ends it at once, wherever it is. */
    async kill() {
      end();
      await ended;
    },
  };
}
