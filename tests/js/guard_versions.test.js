/**
 * A Durable Object that a handler of another version asks: a deployment replaces them one after the other.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { QuickcallGuard } from "#quickcall/edge";
import { freshKey } from "./harness/handler.js";

/** As much of a Durable Object's storage as it needs. @returns {any} */
function storage() {
  const entries = new Map();
  const self = {
    /** @param {string[]} names */
    get: async (names) =>
      new Map(names.filter((name) => entries.has(name)).map((name) => [name, entries.get(name)])),
    /** @param {Record<string, unknown>} given */
    put: async (given) => {
      for (const [name, value] of Object.entries(given)) entries.set(name, value);
    },
    /** @param {string[]} names */
    delete: async (names) => {
      for (const name of names) entries.delete(name);
    },
    /** @param {(transaction: any) => unknown} work */
    transaction: (work) => work(self),
    getAlarm: async () => null,
    setAlarm: async () => {},
  };
  return self;
}

test("an unknown outcome that comes without its time of sending keeps the same call away all the same", async () => {
  const guard = new QuickcallGuard(/** @type {any} */ ({ storage: storage() }));
  /** @param {string} step @param {unknown[]} given */
  const take = async (step, ...given) => {
    const request = new Request("https://guard.invalid/", {
      method: "POST",
      body: JSON.stringify({ step, given }),
    });
    return (await guard.fetch(request)).json();
  };
  const reservation = () => {
    const key = freshKey();
    const names = [`key:${key}`, "flight:a"];
    return JSON.stringify({ key, fingerprint: "f", flight: "a", ringTime: 30_000, limits: [], names });
  };
  const first = reservation();
  const { state, at } = await take("reserve", first);
  assert.equal(state, "reserved");
  await take("settle", first, at, { status: 504, code: "network", outcome: "unknown", body: "{}" });
  const { state: second, refusal } = await take("reserve", reservation());
  assert.deepEqual([second, refusal?.code], ["refused", "duplicate"]);
});
