/**
 * The simulator, on a port of its own.
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { letGo } from "./let_go.js";

/** Milliseconds until the simulator must listen. Without its binary, cargo builds it first. */
const START_LIMIT = 300_000;
/** Milliseconds until it must have ended. */
const STOP_LIMIT = 60_000;
/** How it says where it listens. */
const LISTENING = /^simulator listening on (http:\/\/\S+)\r?$/m;

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * @typedef {object} Options
 * @property {"4.3" | "5"} [release] Which release of Kazoo it is.
 * @property {number} [speed] Every wait is divided by this.
 * @property {string} [token] The token that it accepts.
 * @property {boolean} [rateLimit] Whether it has the rate bucket; `false` turns it off.
 * @property {number} [tokenTtl] For how many seconds a token lives that was asked for with an API key.
 * @property {string} [www] A folder served at `/`.
 * @property {string} [package] A folder served at `/quickcall/`.
 */

/**
 * Starts a simulator. It ends by `stop()`, and by itself when this process ends, which it does not keep.
 *
 * The program is the one that `QUICKCALL_SIMULATOR` names, else cargo builds and runs it.
 * @param {Options} [options]
 * @returns {Promise<Simulator>} Listening.
 */
export async function startSimulator(options = {}) {
  const binary = process.env.QUICKCALL_SIMULATOR;
  const [program, before] = binary
    ? [binary, []]
    : ["cargo", ["run", "--quiet", "--package", "simulator", "--"]];
  const child = spawn(program, [...before, "--port", "0", "--until-stdin-closes", ...flags(options)], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const origin = await address(child);
    letGo(child);
    return new Simulator(child, origin);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/**
 * @param {Options} options
 * @returns {string[]}
 */
function flags(options) {
  const list = [];
  for (const name of /** @type {const} */ (["release", "speed", "token", "www", "package"])) {
    const value = options[name];
    if (value !== undefined) {
      list.push(`--${name}`, String(value));
    }
  }
  if (options.tokenTtl !== undefined) {
    list.push("--token-ttl", String(options.tokenTtl));
  }
  if (options.rateLimit === false) {
    list.push("--no-rate-limit");
  }
  return list;
}

/**
 * @param {import("node:child_process").ChildProcessByStdio<import("node:stream").Writable, import("node:stream").Readable, null>} child
 * @returns {Promise<string>} Scheme, host and port.
 */
function address(child) {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(
      () => reject(new Error(`the simulator did not listen in time: ${output}`)),
      START_LIMIT,
    );
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the simulator ended (${signal ?? code}) before it listened: ${output}`));
    });
    child.stdout.setEncoding("utf8");
    // Never taken off: a simulator whose output nobody reads would stop at some time.
    child.stdout.on("data", (text) => {
      const found = LISTENING.exec(`${output}${text}`);
      if (found?.[1]) {
        clearTimeout(timer);
        resolve(found[1]);
      } else {
        output += text;
      }
    });
  });
}

/** A running simulator. */
export class Simulator {
  #child;

  /** Scheme, host and port, as `http://127.0.0.1:8000`. */
  origin;

  /** What a client takes for `baseUrl`. */
  baseUrl;

  /**
   * Made by {@link startSimulator}.
   * @param {import("node:child_process").ChildProcess} child
   * @param {string} origin
   */
  constructor(child, origin) {
    this.#child = child;
    this.origin = origin;
    this.baseUrl = `${origin}/v2`;
  }

  /**
   * Its release, account id, token, endpoints and scenarios.
   * @returns {Promise<any>}
   */
  about() {
    return this.#ask("GET", "/_simulator/about");
  }

  /**
   * All that arrived at the route of quickcall since the start or the last `clear()`, the oldest first.
   * @returns {Promise<any[]>}
   */
  calls() {
    return this.#ask("GET", "/_simulator/calls");
  }

  /** Forgets the calls. */
  async clear() {
    await this.#ask("DELETE", "/_simulator/calls");
  }

  /**
   * Says how events are told from now on.
   * @param {{ late?: number, dropped?: string[], repeated?: number, foreign?: boolean, silent?: boolean, refused?: boolean }} telling
   */
  async tellEvents(telling) {
    await this.#ask("PUT", "/_simulator/events", telling);
  }

  /** Ends every socket of events. */
  async closeSockets() {
    await this.#ask("DELETE", "/_simulator/events");
  }

  /** Ends it and waits until it has ended. It fails when the simulator did not end well by itself. */
  async stop() {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT);
      const ended = once(child, "exit");
      child.ref();
      child.stdin?.end();
      await ended;
      clearTimeout(timer);
    }
    if (child.exitCode !== 0) {
      throw new Error(`the simulator ended with ${child.signalCode ?? child.exitCode}`);
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async #ask(method, path, body) {
    const response = await fetch(this.origin + path, {
      method,
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status}`);
    }
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  }
}
