/**
 * What the arguments of commands are once a shell has read them.
 * @module
 */

import { spawnSync } from "node:child_process";

/**
 * Reads `curl` commands by `sh`, which runs something that writes its arguments instead.
 * @param {string[]} commands
 * @param {string} token The shell's variable `AUTH_TOKEN`.
 * @returns {string[][]} The arguments of each.
 */
export function argumentsOf(commands, token) {
  const script = ["curl() { printf '%s\\0' \"$@\"; printf '\\001\\0'; }", ...commands].join("\n");
  const { status, stdout, stderr } = spawnSync("sh", ["-s"], {
    input: script,
    env: { AUTH_TOKEN: token, PATH: process.env.PATH },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0 || stderr !== "") throw new Error(`sh ended with ${status}: ${stderr}`);
  return stdout
    .split("\u0001\0")
    .slice(0, -1)
    .map((list) => list.split("\0").slice(0, -1));
}
