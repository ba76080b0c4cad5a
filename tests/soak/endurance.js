/**
 * Much of everything in one process: memory stays, and no instance, listener, timer or entry is left.
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { getEventListeners, setMaxListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { WebSocket } from "ws";
import { init, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow, watch } from "#quickcall/events";
import { CONFIRMED, PLACED } from "../js/harness/confirmed.js";
import { freshKey, handlerConfig, ORIGIN } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { collect, growth } from "./harness/growth.js";
import { watchTimers } from "./harness/timers.js";
import { runHidden } from "./hidden.js";
import { runStopped } from "./stopped.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-endurance";
const HANDLER = "https://edge.example.com/call";
/** How many calls are under way together. */
const TOGETHER = 200;
/**
 * By how many bytes the memory may grow each time. The shortest text takes 24, a bound function 64, an entry of
 * the memory of calls or of keys over 100, an instance over 700; what is not found by them is noise of the machine. What has a real
 * socket has the runtime's own memory besides.
 */
const ALLOWED = {
  builds: 12,
  instances: 150,
  calls: 40,
  sockets: 400,
  keys: 80,
  watched: 60,
  followed: 6_000,
};

/** The same for the long run, where the noise of what has a real socket is spread over more. */
const ALLOWED_IN_MANY = { sockets: 60, followed: 800 };

const BUSY = { status: "error", message: "quickcall initiation failed", data: {} };
const server = (/** @type {object} */ more) => ({
  baseUrl: "https://k.example.com/v2",
  accountId: ACCOUNT,
  authToken: TOKEN,
  ...more,
});

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
  const quickcall = new Quickcall(server({}));
  return growth(count, ALLOWED.builds, (index) => {
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
async function instances(count) {
  let gone = 0;
  const registry = new FinalizationRegistry(() => {
    gone += 1;
  });
  /** Some live for a while, and go in another order than they came. @type {(Quickcall | undefined)[]} */
  const kept = [];
  const found = await growth(count, ALLOWED.instances, async (index) => {
    const quickcall = new Quickcall(server({ baseUrl: `https://k${index}.example.com/v2` }));
    registry.register(quickcall, undefined);
    assert(quickcall.build(call(index)).url.startsWith(`https://k${index}.`));
    kept[(index * 7919) % 100] = quickcall;
    if (index % 100 === 99) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const one of kept) assert(!one || one.build(call(1)).number === call(1).number);
    }
  });
  kept.length = 0;
  for (let round = 0; round < 20 && gone < found.count; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // The last one may stand in a register of the machine.
  assert(gone >= found.count - 2, `${gone} of ${found.count} instances have gone`);
  return { ...found, gone };
}

/** Of how many calls something is known in this process. */
const known = () => /** @type {any} */ (globalThis)[Symbol.for("quickcall.duplicates")].size;

/**
 * A call of unknown outcome is known for its ring time: that is no leak. So time passes for what counts by it.
 * @template T
 * @param {(pass: (milliseconds: number) => void) => Promise<T>} work
 */
async function whileTimePasses(work) {
  const { now } = performance;
  let later = 0;
  performance.now = () => now.call(performance) + later;
  try {
    return await work((milliseconds) => {
      later += milliseconds;
    });
  } finally {
    performance.now = now;
  }
}

/**
 * Calls that are answered at once, with one signal for all of them: directly, through a handler, with a token function, busy,
 * given up.
 * @param {number} count
 */
async function calls(count) {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const answering = (/** @type {object} */ body, /** @type {number} */ status) => async () =>
    Response.json(body, { status });
  const confirmed = answering(CONFIRMED, 200);
  const ways = [
    { quickcall: new Quickcall(server({ fetch: confirmed })), user: USER },
    { quickcall: new Quickcall(server({ fetch: confirmed, authToken: async () => TOKEN })), user: USER },
    {
      quickcall: new Quickcall(server({ fetch: answering(BUSY, 500) })),
      user: USER,
      code: "originate_failed",
    },
    { quickcall: new Quickcall({ handler: HANDLER, fetch: answering(PLACED, 200) }), endpoint: "sales" },
    { quickcall: new Quickcall(server({ fetch: () => new Promise(() => {}) })), user: USER, code: "aborted" },
  ];
  const one = async (/** @type {number} */ index, /** @type {(milliseconds: number) => void} */ pass) => {
    const { quickcall, code, ...endpoint } = ways[index % ways.length] ?? {};
    // This one is given up by its own signal.
    const own = code === "aborted" ? new AbortController() : undefined;
    const number = `+1415${String(index).padStart(8, "0")}`;
    const placing = quickcall?.call(
      { ...endpoint, number, timeout: 20 },
      { signal: own?.signal ?? signal, again: true },
    );
    if (own) setImmediate(() => own.abort());
    const said = await placing?.then(
      ({ state }) => state,
      (error) => error.code,
    );
    assert.equal(said, code ?? "started");
    if (own) pass(20_000);
    assert(known() <= 1, `${known()} calls are known`);
  };
  const found = await whileTimePasses((pass) => growth(count, ALLOWED.calls, (index) => one(index, pass)));
  assert.equal(getEventListeners(signal, "abort").length, 0, "no listener is left");
  return found;
}

/**
 * A handler with its memory in this process: keys are kept for a day, and go then. A day passes with every so many.
 * @param {number} count
 */
async function keys(count) {
  const { now } = performance;
  let later = 0;
  performance.now = () => now.call(performance) + later;
  try {
    const handler = createHandler({
      ...handlerConfig({ baseUrl: "https://k.example.com/v2" }, TOKEN, ORIGIN),
      limits: { perDestination: "5/hour", perEndpoint: "10000/hour" },
      fetch: async () => Response.json(CONFIRMED),
    });
    return await growth(count, ALLOWED.keys, async (index) => {
      if (index % Math.ceil(count / 48) === 0) later += 25 * 3_600_000;
      const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
      const body = JSON.stringify({ endpoint: "sales", number: `+1415${String(index).padStart(7, "0")}` });
      const { status } = await handler(new Request(HANDLER, { method: "POST", headers, body }));
      assert.equal(status, 200);
    });
  } finally {
    performance.now = now;
  }
}

/**
 * Calls on a real socket, many together, with one signal for all of them.
 * @param {import("../js/harness/simulator.js").Simulator} simulator
 * @param {number} count
 * @param {number} allowed In bytes for each.
 */
async function sockets(simulator, count, allowed) {
  const quickcall = new Quickcall(server({ baseUrl: simulator.baseUrl }));
  const { signal } = new AbortController();
  // Node warns of more than ten, and they are wanted here.
  setMaxListeners(0, signal);
  let placed = 0;
  const together = async (
    /** @type {number} */ round,
    /** @type {(milliseconds: number) => void} */ pass,
  ) => {
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
    pass(20_000);
    // Those that were given up go with the next call; the last of the calls before was given up, too.
    assert(known() <= TOGETHER / 10 + 1, `${known()} calls are known`);
  };
  const found = await whileTimePasses((pass) =>
    growth(Math.ceil(count / TOGETHER), allowed * TOGETHER, (round) => together(round, pass)),
  );
  assert.equal(getEventListeners(signal, "abort").length, 0, "no listener is left");
  return { ...found, count: found.count * TOGETHER, perItem: found.perItem / TOGETHER, placed };
}

/** A websocket whose server says at once what it is asked for. */
class Socket {
  /** @type {Socket | undefined} */
  static last;
  /** @type {Map<string, (event: object) => void>} */
  #listeners = new Map();

  constructor() {
    Socket.last = this;
    setImmediate(() => this.#listeners.get("open")?.({}));
  }

  /**
   * @param {string} name
   * @param {(event: object) => void} listener
   */
  addEventListener(name, listener) {
    this.#listeners.set(name, listener);
  }

  /** @param {object} message */
  say(message) {
    this.#listeners.get("message")?.({ data: JSON.stringify(message) });
  }

  /** @param {string} text */
  send(text) {
    const { action, request_id } = JSON.parse(text);
    if (action === "subscribe")
      setImmediate(() => this.say({ action: "reply", request_id, status: "success" }));
  }

  close() {}
}

/**
 * Calls that are watched to their end, with one signal for all of them. A watched call is looked after once, ten seconds after
 * it was placed, and is kept until then: here that comes sooner.
 * @param {ReturnType<typeof watchTimers>} timers
 * @param {number} count
 */
async function watched(timers, count) {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  let leg = "";
  const fetch = async () => new Response(JSON.stringify(CONFIRMED).replace(/[0-9a-f]{36}-quickcall/, leg));
  const quickcall = new Quickcall(server({ fetch }));
  const url = "wss://kazoo.example.com:5556";
  const watcher = await watch({ ...server({ fetch }), url, WebSocket: Socket });
  timers.hurry(1_000);
  try {
    const found = await growth(count, ALLOWED.watched, async (index) => {
      leg = `${index.toString(16).padStart(36, "0")}-quickcall`;
      const own = leg;
      const { progress } = await watcher.call(quickcall, { user: USER, number: "+14155550100" }, { signal });
      for (const name of ["CREATE", "ANSWER", "BRIDGE", "DESTROY"]) {
        const more = {
          other_leg_call_id: `far-${index}`,
          hangup_cause: "NORMAL_CLEARING",
          duration_seconds: "1",
        };
        const data = { call_id: own, event_name: `CHANNEL_${name}`, ...more };
        Socket.last?.say({ action: "event", name: `CHANNEL_${name}`, data });
      }
      let last;
      for await (const { state } of progress) last = state;
      assert.equal(last, "ended");
      // Once in a while those go that look after the last ones.
      if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 15));
    });
    assert.equal(getEventListeners(signal, "abort").length, 0, "no listener is left");
    return found;
  } finally {
    timers.hurry(1);
    watcher.close();
  }
}

/**
 * Calls that a page follows through a handler.
 * @param {import("../js/harness/simulator.js").Simulator} simulator
 * @param {number} count
 * @param {number} allowed In bytes for each.
 */
async function followed(simulator, count, allowed) {
  const { events } = await simulator.about();
  const handler = createHandler({
    ...handlerConfig(simulator, TOKEN, ORIGIN),
    events: { url: events, WebSocket },
  });
  const fetch = (/** @type {any} */ url, /** @type {any} */ init) =>
    handler(new Request(url, { ...init, headers: { ...init.headers, origin: ORIGIN } }));
  const quickcall = new Quickcall({ handler: HANDLER, fetch });
  return growth(count, allowed, async (index) => {
    const call = { endpoint: "sales", number: `+1415${String(index).padStart(6, "0")}5000` };
    const key = freshKey();
    await quickcall.call(call, { key });
    const states = [];
    for await (const { state } of follow({ handler: HANDLER, call, key, fetch })) states.push(state);
    assert.equal(states.at(-1), "ended", String(states));
    if (index % 50 === 0) await simulator.clear();
  });
}

/** Fails unless every timer of the package goes within `seconds`. @param {ReturnType<typeof watchTimers>} timers @param {number} seconds */
async function allGo(timers, seconds) {
  for (let rest = seconds * 20; rest > 0 && timers.left().length > 0; rest--) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(timers.left(), [], "no timer is left");
}

/**
 * Ends a worker at each step of a call and starts it again, by the test that does so.
 * @returns {Promise<number>} At how many steps.
 */
async function runEvicted() {
  const file = fileURLToPath(new URL("../edge/workerd.test.js", import.meta.url));
  const name = "killed at each step, and started again with its storage";
  const options = ["--test", "--test-reporter=tap", `--test-name-pattern=${name}`, file];
  // The runner of tests tells the tests within it that they are.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, options, { env });
  assert.match(stdout, new RegExp(`^ok \\d+ - ${name}`, "m"));
  const steps = /# steps (\d+)/.exec(stdout)?.[1];
  assert(steps, "the test says at how many steps it was");
  return Number(steps);
}

/**
 * Runs them.
 * @param {{ count: number }} how How many builds; of the others less.
 */
export async function runEndurance({ count }) {
  await init();
  const timers = watchTimers();
  const simulator = await startSimulator({ speed: 1_000, token: TOKEN, rateLimit: false });
  try {
    const inProcess = {
      builds: await builds(count),
      instances: await instances(Math.ceil(count / 10)),
      calls: await calls(Math.ceil(count / 2)),
      keys: await keys(Math.ceil(count / 4)),
      watched: await watched(timers, Math.ceil(count / 3)),
    };
    await allGo(timers, 0.2);
    const allowed = count < 1_000_000 ? ALLOWED : ALLOWED_IN_MANY;
    const onSockets = {
      sockets: await sockets(simulator, Math.ceil(count / 10), allowed.sockets),
      followed: await followed(simulator, Math.ceil(count / 300), allowed.followed),
    };
    const stopped = await runStopped();
    const hidden = await runHidden();
    const evicted = await runEvicted();
    await allGo(timers, 1);
    return { ...inProcess, ...onSockets, stopped, hidden, evicted };
  } finally {
    timers.stop();
    await simulator.stop();
  }
}
