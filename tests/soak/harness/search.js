/**
 * Secrets that can be recognised, and the search for them in whatever can be read.
 * @module
 */

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { WebSocket } from "ws";

export const TOKEN = "canary-token-5f0c9a";
/** Another one, that the server does not know and repeats in its refusal. */
export const WRONG = "canary-wrong-71d2e4";
/** One that looks like a hang-up cause. */
export const LIKE_A_CAUSE = "CANARY_TOKEN_9B2C";
/** A key that no server gives a token for. */
export const WRONG_KEY = `canary-key-${"4e".repeat(26)}`;
const SIP_PASSWORD = "CANARY-sip-password";
export const ACCOUNT = "0123456789abcdef0123456789abcdef";
export const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** What is looked through, and what was found. */
export class Search {
  texts = 0;
  characters = 0;
  /** @type {string[]} */
  found = [];
  /** The secrets, in every form in which they are looked for. @type {Set<string>} */
  canaries = new Set();

  constructor() {
    for (const secret of [TOKEN, WRONG, LIKE_A_CAUSE, WRONG_KEY, SIP_PASSWORD]) this.add(secret);
  }

  /** @param {string} secret */
  add(secret) {
    for (const form of [secret, encodeURIComponent(secret), btoa(secret)]) this.canaries.add(form);
  }

  /**
   * Looks through a value, and through all that hangs on it.
   * @param {string} where
   * @param {unknown} what
   */
  look(where, what) {
    const text =
      typeof what === "string" ? what : inspect(what, { depth: 12, showHidden: true, maxStringLength: null });
    this.texts += 1;
    this.characters += text.length;
    for (const canary of this.canaries) {
      if (text.includes(canary)) this.found.push(`${canary} in ${where}`);
    }
  }

  /**
   * Waits, and looks through what comes of it.
   * @template T
   * @param {string} where
   * @param {Promise<T>} promise
   * @returns {Promise<T | undefined>}
   */
  async settled(where, promise) {
    try {
      const result = await promise;
      this.look(`${where}: result`, result);
      this.look(`${where}: result as JSON`, JSON.stringify(result));
      return result;
    } catch (error) {
      const { stack, message } = /** @type {Error} */ (error);
      this.look(`${where}: error`, error);
      this.look(`${where}: error as JSON`, JSON.stringify(error));
      this.look(`${where}: error's texts`, `${String(error)} ${stack} ${message}`);
      return undefined;
    }
  }
}

/**
 * A websocket whose URL and messages are looked at, but for the place of the token.
 * @param {Search} search
 */
export function heardSocket(search) {
  return class extends WebSocket {
    /** @param {string} url @param {any[]} more */
    constructor(url, ...more) {
      super(url, ...more);
      search.look("a websocket's URL", [url, ...more]);
    }

    /** @override @param {any} text @param {any[]} more */
    send(text, ...more) {
      const { auth_token: _, ...rest } = JSON.parse(String(text));
      search.look("a message on a websocket", rest);
      super.send(text, .../** @type {[]} */ (more));
    }
  };
}

/**
 * Makes sure that nothing was left out of a search.
 * @param {{ digits: string }[]} scenarios
 * @param {{ scenario: string | null }[]} calls
 * @throws Where a scenario was not met.
 */
export function assertAllMet(scenarios, calls) {
  const met = new Set(calls.map(({ scenario }) => scenario));
  const missing = scenarios.filter(({ digits }) => !met.has(digits));
  assert.deepEqual(missing, [], "every scenario was met");
}
