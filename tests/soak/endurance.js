/**
 * Much of everything in one instance: memory stays, and no listener, timer or entry is left.
 * @module
 */

import assert from "node:assert/strict";
import { getEventListeners, setMaxListeners } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { init, Quickcall } from "#quickcall";
import { launchChromium } from "../js/harness/browser.js";
import { startSimulator } from "../js/harness/simulator.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-endurance";
/** How much more memory may be in use at the end than after the first tenth, in bytes. */
const GROWTH = 6 * 2 ** 20;
/** How many calls are under way together. */
const TOGETHER = 200;

setFlagsFromString("--expose-gc");
const collect = /** @type {() => void} */ (runInNewContext("gc"));

/** What is in use once all that can go has gone, in bytes. */
async function inUse() {
  for (let round = 0; round < 3; round++) {
    collect();
    // What a finalizer frees goes in its own turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

/**
 * Does something again and again, and looks at the memory after a tenth of it and at the end.
 * @param {number} count
 * @param {(index: number) => unknown} work
 * @returns {Promise<{ count: number, before: number, after: number }>} In bytes.
 */
async function again(count, work) {
  let before = 0;
  for (let index = 0; index < count; index++) {
    if (index === Math.floor(count / 10)) before = await inUse();
    await work(index);
  }
  const after = await inUse();
  assert(after - before < GROWTH, `${before} bytes, then ${after} bytes`);
  return { count, before, after };
}

/** The timers that are set. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

/** @param {number} index */
const call = (index) => ({
  user: USER,
  number: `+1415${String(index).padStart(7, "0")}1`,
  numberFilter: index % 3 === 0 ? "(\\+?\\d+)" : /(\+?\d+)/,
  blocking: index % 2 === 0,
  cidName: `Caller ${index % 100}`,
  customApplicationVars: { page: `p${index % 1000}`, n: index },
});

/**
 * Builds, right and wrong, in one instance.
 * @param {number} count
 */
function builds(count) {
  const quickcall = new Quickcall({
    baseUrl: "https://k.example.com/v2",
    accountId: ACCOUNT,
    authToken: TOKEN,
  });
  return again(count, (index) => {
    if (index % 10 === 9) {
      assert(quickcall.validate(/** @type {any} */ ({ ...call(index), timeout: "x" })).length > 0);
    } else {
      assert.equal(quickcall.build(call(index)).number.length, 13);
    }
  });
}

/**
 * Instances that are made and forgotten: what they hold in the module's memory goes with them, in any order.
 * @param {number} count
 */
function instances(count) {
  /** Some live for a while, and go in another order than they came. @type {Quickcall[]} */
  const kept = [];
  return again(count, async (index) => {
    const quickcall = new Quickcall({
      baseUrl: `https://k${index}.example.com/v2`,
      accountId: ACCOUNT,
      authToken: TOKEN,
    });
    assert(quickcall.build(call(index)).url.startsWith(`https://k${index}.`));
    kept[(index * 7919) % 500] = quickcall;
    if (index % 500 === 499) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const one of kept) assert(!one || one.build(call(1)).number === call(1).number);
    }
  });
}

/**
 * Calls on a real socket, many together, with one signal for all of them.
 * @param {number} count
 */
async function calls(count) {
  const simulator = await startSimulator({ speed: 1_000, token: TOKEN, rateLimit: false });
  try {
    const quickcall = new Quickcall({ baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN });
    const { signal } = new AbortController();
    // Node warns of more than ten, and they are wanted here.
    setMaxListeners(0, signal);
    let placed = 0;
    const found = await again(Math.ceil(count / TOGETHER), async (round) => {
      const some = Array.from({ length: TOGETHER }, async (_, index) => {
        const busy = index % 10 === 3;
        // The last four digits choose what happens.
        const number = `+1415${String(round * TOGETHER + index).padStart(7, "0")}${busy ? "0101" : "5000"}`;
        // Each tenth is busy, each other tenth is given up by its caller.
        const own = index % 10 === 7 ? AbortSignal.timeout(1) : signal;

        const said = await quickcall
          .call({ user: USER, number, timeout: 20 }, { signal: own })
          .catch((/** @type {any} */ error) => error.code);
        if (said.state) placed += 1;
        else assert(["originate_failed", "aborted"].includes(said), String(said));
      });
      await Promise.all(some);
      await simulator.clear();
    });
    assert.equal(getEventListeners(signal, "abort").length, 0, "no listener is left");
    // What a fetch keeps for its connections ends a little later.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert(timers() <= 2, `${timers()} timers are left`);
    return { ...found, count: found.count * TOGETHER, placed };
  } finally {
    await simulator.stop();
  }
}

/**
 * A page that is hidden and frozen while its call is under way, and comes back: the call was placed once, and says so.
 */
async function frozen() {
  const folder = await mkdtemp(join(tmpdir(), "quickcall-frozen-"));
  await writeFile(join(folder, "page.html"), "<!doctype html><title>A page</title>");
  const simulator = await startSimulator({
    speed: 2,
    token: TOKEN,
    rateLimit: false,
    www: folder,
    package: fileURLToPath(new URL("../../pkg", import.meta.url)),
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${simulator.origin}/page.html`);
    const devtools = await page.context().newCDPSession(page);
    const said = page.evaluate(
      async ({ baseUrl, accountId, authToken, user }) => {
        const path = "/quickcall/dist/index.js";
        const { Quickcall } = await import(path);
        const quickcall = new Quickcall({ baseUrl, accountId, authToken, allowTokenInBrowser: true });
        return quickcall.call({ user, number: "+14155551234", timeout: 20 }).then(
          (/** @type {any} */ { state }) => state,
          (/** @type {any} */ { code, outcome }) => `${code} ${outcome}`,
        );
      },
      { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN, user: USER },
    );
    for (let rest = 100; rest > 0 && (await simulator.calls()).length === 0; rest--) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    const outcome = await said;
    const dials = (await simulator.calls()).filter(({ dialled }) => dialled !== null).length;
    assert.equal(dials, 1);
    assert(outcome === "started" || outcome.endsWith(" unknown"), outcome);
    return { dials, outcome };
  } finally {
    await browser.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs them.
 * @param {{ count: number }} how How many builds; a tenth as many calls, a fiftieth as many instances.
 */
export async function runEndurance({ count }) {
  await init();
  return {
    builds: await builds(count),
    instances: await instances(Math.ceil(count / 50)),
    calls: await calls(Math.ceil(count / 10)),
    frozen: await frozen(),
  };
}
