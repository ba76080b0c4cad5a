/**
 * Which call is placed, and how often: what is asked for is what is dialled, and the same call is not dialled twice unasked. What was
 * dialled is counted at the simulator.
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, afterEach, before, beforeEach, describe, it, mock } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { handlerConfig, serve } from "./harness/handler.js";
import { startSimulator } from "./harness/simulator.js";

const TOKEN = "canary-token-duplicates";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const ORIGIN = "https://www.example.com";
const index = fileURLToPath(new URL("../../pkg/dist/index.js", import.meta.url));

/** @type {import("./harness/simulator.js").Simulator} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
let next = 0;

before(async () => {
  simulator = await startSimulator({ speed: 50, token: TOKEN, rateLimit: false });
  handler = await serve(createHandler({ ...handlerConfig(simulator, TOKEN, ORIGIN), limits: {} }));
});
after(async () => {
  handler?.close();
  await simulator?.stop();
});
beforeEach(() => simulator.clear());
afterEach(() => mock.reset());

/** A number that no test called before. @param {string} [scenario] Its last digits. */
const fresh = (scenario = "0100") => `+1415${String(100 + next++)}${scenario}`;

/** What was dialled, in its order. @returns {Promise<string[]>} */
const dialled = async () =>
  (await simulator.calls())
    .filter((/** @type {any} */ { dialled }) => dialled !== null)
    .map((/** @type {any} */ { originate }) => originate.application_data.route);

/** @param {{ authToken?: import("#quickcall").AuthToken }} [more] */
const direct = (more) =>
  new Quickcall({ baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN, ...more });

/** @param {number} cooldown */
const byHandler = (cooldown) =>
  new Quickcall({
    handler: handler.url,
    cooldown,
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, Origin: ORIGIN } }),
  });

/**
 * @param {Promise<unknown>} placed
 * @param {string} code
 * @param {string} outcome
 */
async function fails(placed, code, outcome) {
  const error = await placed.then(
    () => assert.fail("it was placed"),
    (error) => error,
  );
  assert.ok(error instanceof QuickcallError, String(error));
  assert.deepEqual([error.code, error.outcome], [code, outcome]);
  return error;
}

describe("the call that is placed", () => {
  it("is the one that was asked for, whatever becomes of the object", async () => {
    await init();
    const quickcall = direct();
    const asked = fresh();
    const call = { user: USER, number: asked };
    const placed = quickcall.call(call);
    call.number = fresh();
    await placed;
    assert.deepEqual(await dialled(), [asked]);
    const numbers = [fresh(), fresh(), fresh()];
    const all = numbers.map((number) => quickcall.call(Object.assign(call, { number })));
    await Promise.all(all);
    assert.deepEqual((await dialled()).slice(1).sort(), numbers);
  });

  it("is so before the WebAssembly is there, too", async () => {
    const program = `
      import { Quickcall } from ${JSON.stringify(index)};
      const [baseUrl, number, other] = process.argv.slice(1);
      const quickcall = new Quickcall({ baseUrl, accountId: "${ACCOUNT}", authToken: "${TOKEN}" });
      const call = { user: "${USER}", number };
      const placed = quickcall.call(call);
      call.number = other;
      await placed;`;
    const asked = fresh();
    const given = ["--input-type=module", "--eval", program, simulator.baseUrl, asked, fresh()];
    await promisify(execFile)(process.execPath, given);
    assert.deepEqual(await dialled(), [asked]);
  });
});

describe("a call whose outcome is unknown", () => {
  const unknown = async () => {
    const call = { user: USER, number: fresh("0107") };
    await fails(direct().call(call), "network", "unknown");
    return call;
  };

  it("is not forgotten when a repeat was never sent", async () => {
    const call = await unknown();
    const throwing = () => {
      throw new Error("There is none.");
    };
    const repeated = direct({ authToken: throwing }).call(call, { again: true });
    await fails(repeated, "token_failed", "not_placed");
    await fails(direct().call(call), "duplicate", "not_placed");
    assert.equal((await dialled()).length, 1);
    await fails(direct().call(call, { again: true }), "network", "unknown");
    assert.equal((await dialled()).length, 2);
  });

  it("is not forgotten when the clock is set, and not kept for longer", async () => {
    const hour = 3_600_000;
    for (const jump of [hour, -hour]) {
      const call = await unknown();
      const now = Date.now();
      mock.method(Date, "now", () => now + jump);
      const { retryAfter } = await fails(direct().call(call), "duplicate", "not_placed");
      assert.ok(retryAfter !== undefined && retryAfter <= 30, String(retryAfter));
      mock.reset();
    }
  });
});

describe("a key of the caller's own", () => {
  it("asks for the same call at once, and another key does not", async () => {
    const call = { endpoint: "sales", number: fresh() };
    const quickcall = byHandler(60);
    const key = crypto.randomUUID();
    await quickcall.call(call, { key });
    assert.equal((await quickcall.call(call, { key })).state, "started");
    // It may have been sent before, by a page that is gone.
    const { message, retryAfter } = await fails(
      quickcall.call(call, { key: crypto.randomUUID() }),
      "duplicate",
      "unknown",
    );
    assert.match(message, /Where it was not, no call was placed/);
    assert.ok(retryAfter !== undefined && retryAfter <= 60);
    await fails(quickcall.call(call), "duplicate", "not_placed");
    assert.equal((await dialled()).length, 1);
    await quickcall.call(call, { key: crypto.randomUUID(), again: true });
    assert.equal((await dialled()).length, 2);
  });
});

it("a scope that takes nothing more is no hindrance, and the same call is refused all the same", async () => {
  const program = `
    import { init, Quickcall } from ${JSON.stringify(index)};
    await init();
    // Node loads its \`fetch\` when it is used first, and adds to the scope then.
    await fetch("data:,");
    Object.preventExtensions(globalThis);
    const [baseUrl, number] = process.argv.slice(1);
    const quickcall = new Quickcall({ baseUrl, accountId: "${ACCOUNT}", authToken: "${TOKEN}", cooldown: 60 });
    const call = { user: "${USER}", number };
    const { state } = await quickcall.call(call);
    const { code } = await quickcall.call(call).catch((error) => error);
    console.log(state, code);`;
  const given = ["--input-type=module", "--eval", program, simulator.baseUrl, fresh()];
  const { stdout } = await promisify(execFile)(process.execPath, given);
  assert.equal(stdout.trim(), "started duplicate");
  assert.equal((await dialled()).length, 1);
});
