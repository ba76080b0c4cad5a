/**
 * Calls over connections that fail: what was dialled, what was reported, and whether that was true.
 * @module
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { WebSocket } from "ws";
import { Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { watch } from "#quickcall/events";
import { fetchOnce } from "../../pkg/src/fetch_once.js";
import { launch } from "../edge/harness/browsers.js";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startFaultProxy } from "./harness/fault_proxy.js";
import { startPageServer } from "./harness/page_server.js";
import { placeAll } from "./harness/place_all.js";
import { startWorker } from "./harness/workerd.js";
import { judge, mustSay, WRONG, word } from "./verdict.js";

/** @import { Fault, FaultProxy } from "./harness/fault_proxy.js" */
/** @import { Job, Said } from "./harness/place_all.js" */
/** @import { Placed, Verdict } from "./verdict.js" */

const TOKEN = "canary-token-faults-7";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/** Where calls come from that are placed by no page. */
const ORIGIN = "https://www.example.com";
/** How many calls are under way together in one client. */
const TOGETHER = 60;
/** How many proxies stand side by side, because a browser opens only few connections to one. */
const PROXIES = 32;
/** Seconds after which a call must have said something: its deadline, and time for a machine that is busy. */
const SLOWEST = 10;
/** How long a call may take, in seconds: its ring time, and a margin. */
const DEADLINE = 4.5;

/** Where the proxy stands, and how the call is placed. */
const WAYS = /** @type {const} */ ([
  "direct, POST",
  "direct, GET",
  "before the handler",
  "behind the handler",
  // The events come by a connection of their own, which nothing happens to.
  "direct, watched",
]);
/** @typedef {(typeof WAYS)[number]} Way @typedef {(typeof CLIENTS)[number]} Client */

export const CLIENTS = /** @type {const} */ (["Node", "workerd", "Chromium", "Firefox"]);

/** A service watches calls. Pages and workers follow those of a handler. @param {Client} client */
const waysOf = (client) => WAYS.filter((way) => way !== "direct, watched" || client === "Node");

/**
 * The faults that every client meets: each deed at the boundaries of each part.
 * @returns {Fault[]}
 */
function boundaries() {
  /** @type {Fault[]} */
  const all = [];
  for (const deed of /** @type {const} */ (["cut", "reset", "stall", "delay"])) {
    all.push({ side: "connect", part: "all", at: 0, deed });
  }
  for (const side of /** @type {const} */ (["request", "reply"])) {
    all.push({ side, part: "all", at: 0, deed: "repeat" });
    for (const deed of /** @type {const} */ ([
      "cut",
      "reset",
      "stall",
      "delay",
      "truncate",
      "corrupt",
      "lose",
    ])) {
      all.push({ side, part: "all", at: 1, deed });
      for (const part of /** @type {const} */ (["line", "head", "body"])) {
        for (const at of part === "line" ? [0, 0.5, 1] : [0.5, 1]) all.push({ side, part, at, deed });
      }
    }
  }
  return all;
}

/**
 * Faults at other bytes than the boundaries, all over a request and an answer.
 * @param {number} count
 * @returns {Fault[]}
 */
function everywhere(count) {
  const deeds = /** @type {const} */ (["cut", "reset", "truncate", "corrupt", "lose"]);
  return Array.from({ length: count }, (_, index) => ({
    side: index % 2 === 0 ? "request" : "reply",
    part: "all",
    // Prime to every length there is: each byte in its turn.
    at: Math.floor(index / 2 / deeds.length) * 7919,
    deed: deeds[Math.floor(index / 2) % deeds.length] ?? "cut",
  }));
}

/**
 * Faults that only the first request meets: the next one finds out what became of it.
 * @returns {Fault[]}
 */
function onlyOnce() {
  const deeds = ["cut", "reset", "truncate", "delay"];
  return boundaries()
    .filter(({ side, deed }) => side !== "connect" && deeds.includes(deed))
    .map((fault) => ({ ...fault, once: true }));
}

/**
 * The first reply is lost, and the repeat meets a fault of another kind: what is said of it is not said of the first.
 * @returns {Fault[]}
 */
function oneAfterTheOther() {
  const first = /** @type {const} */ ({ side: "reply", part: "line", at: 0, deed: "cut", once: true });
  /** @type {Fault[]} */
  const all = [{ side: "reply", part: "body", at: 0.5, deed: "cut" }];
  for (const deed of /** @type {const} */ (["cut", "truncate", "stall", "corrupt", "lose"])) {
    for (const at of [0.2, 0.5, 0.8]) all.push({ side: "request", part: "body", at, deed });
    if (deed === "corrupt" || deed === "lose") continue;
    // A key that was changed is another call's.
    for (const at of [0, 0.5]) all.push({ side: "request", part: "head", at, deed });
  }
  return all.map((then) => ({ ...first, then }));
}

/** How many numbers were made, without a scenario and with one. */
const made = { plain: 0, scenario: 0 };
/** Every number that was made, and all that it becomes when a digit is lost. @type {Set<string>} */
const taken = new Set();

/**
 * A number that no other call has, nor gets by a fault. All digits that count are even: a bit that is turned over makes no other
 * call's number, and the last four choose no scenario but the one that is asked for. A lost digit makes none, either. It is a number of
 * Germany, where one can be as long: of one of North America ten digits count.
 * @param {string} [scenario]
 * @returns {string}
 */
function freshNumber(scenario) {
  const count = scenario ? made.scenario++ : made.plain++;
  const digits = Array.from(count.toString(5), (digit) => 2 * Number(digit)).join("");
  const number = `4930${digits.padStart(scenario ? 7 : 11, "0")}${scenario ?? ""}`;
  const forms = [number, ...Array.from(number, (_, at) => number.slice(0, at) + number.slice(at + 1))];
  if (forms.some((form) => taken.has(form))) return freshNumber(scenario);
  for (const form of forms) taken.add(form);
  return number;
}

/**
 * Everything that stands between client and phone.
 * @param {import("../js/harness/simulator.js").Simulator} simulator
 * @param {string[]} origins The pages that may ask.
 */
async function startWays(simulator, origins) {
  const config = {
    ...handlerConfig(simulator, TOKEN, ORIGIN),
    destinations: { allow: ["+4930"] },
    origins,
    visitorOptions: ["timeout"],
    options: { timeout: 4 },
    deadlineMargin: 0.5,
  };
  const handler = await serve(createHandler(config));
  const worker = await startWorker({ ...config, log: undefined });
  /** @type {{ close: () => unknown }[]} */
  const started = [handler, worker];
  /** Proxies by where they are and what they do to connections. @type {Map<string, FaultProxy[]>} */
  const proxies = new Map();
  /** @type {Map<FaultProxy, string>} */
  const handlers = new Map();

  const targets = { direct: simulator.origin, handler: handler.url, worker: worker.url };
  /**
   * @param {string} name
   * @param {number} count
   * @param {Fault} [first]
   */
  const startProxies = async (name, count, first) => {
    const target = targets[/** @type {keyof typeof targets} */ (name)];
    const list = [];
    for (let rest = count; rest > 0; rest--) {
      const proxy = await startFaultProxy(target, first);
      started.push(proxy);
      list.push(proxy);
    }
    return list;
  };
  for (const name of Object.keys(targets)) {
    proxies.set(`${name} `, await startProxies(name, PROXIES));
    // What is asked again must find a connection that nobody stalls.
    proxies.set(`${name} once`, await startProxies(name, PROXIES / 4));
    for (const first of boundaries().filter(({ side }) => side === "connect")) {
      proxies.set(`${name} ${first.deed}`, await startProxies(name, 1, first));
    }
  }
  for (const [name, list] of proxies) {
    for (const proxy of name.startsWith("direct") ? list : []) {
      const behind = await serve(createHandler({ ...config, baseUrl: `${proxy.origin}/v2` }));
      started.push(behind);
      handlers.set(proxy, behind.url);
    }
  }

  /**
   * A call with a fault on its way.
   * @param {Way} way
   * @param {Fault} fault
   * @param {Client} client
   * @param {number} index
   */
  function job(way, fault, client, index) {
    const isPage = client === "Chromium" || client === "Firefox";
    const leg = way === "before the handler" ? (client === "workerd" ? "worker" : "handler") : "direct";
    const which = fault.side === "connect" ? fault.deed : fault.once ? "once" : "";
    const list = proxies.get(`${leg} ${which}`) ?? [];
    const proxy = list[index % list.length];
    if (!proxy) throw new Error(`no proxy for ${way}`);
    // One of seven fails by itself: busy, or nobody can be rung.
    const scenario = index % 14 === 3 ? "0101" : index % 14 === 10 ? "0103" : undefined;
    const number = freshNumber(scenario);
    proxy.faults.set(number, fault);
    const call = { number: `+${number}`, timeout: 4 };
    // A blocking call waits its ring time besides.
    // What is asked again gets more time: a machine that is busy sends late.
    const margin = fault.once ? 3.5 : 0.5;
    const common = { deadlineMargin: way === "direct, GET" ? DEADLINE : margin };
    /** @type {Job} */
    let placed;
    if (way === "before the handler" || way === "behind the handler") {
      const { port } = new URL(way === "behind the handler" ? proxy.origin : simulator.origin);
      // Every other one with a Durable Object for its memory, where there is such a thing.
      const memory = client === "workerd" && index % 2 === 1 ? "guarded" : "call";
      const url =
        way === "before the handler"
          ? `${proxy.origin}/${memory}/${port}`
          : client === "workerd"
            ? `${worker.url}${memory}/${port}`
            : handlers.get(proxy);
      placed = { config: { ...common, handler: url }, call: { ...call, endpoint: "sales" } };
      if (!isPage) placed.origin = ORIGIN;
    } else {
      const forPages = { allowTokenInBrowser: true, allowBrowserRepeat: way === "direct, GET" };
      placed = {
        config: {
          ...common,
          baseUrl: `${proxy.origin}/v2`,
          accountId: ACCOUNT,
          authToken: TOKEN,
          ...(isPage ? forPages : {}),
        },
        call: { ...call, user: USER, blocking: way !== "direct, GET" },
      };
    }
    if (fault.deed === "stall" && index % 3 === 0) placed.abortAfter = 2;
    return {
      client,
      isPage,
      way,
      fault,
      number,
      scenario,
      proxy,
      limit: placed.abortAfter ?? (fault.once ? 7.5 : DEADLINE),
      job: placed,
    };
  }

  /** A proxy before the server with no fault. */
  const plain = () => /** @type {FaultProxy} */ (proxies.get("direct ")?.[0]);
  return { job, plain, worker, started };
}

/**
 * The clients, each a function that places many calls together.
 * @param {string} page
 * @param {string} worker
 * @param {{ url: string, baseUrl: string }} watched Where events and channels are.
 * @returns {Record<Client, () => Promise<{ place: (jobs: Job[], way: Way) => Promise<Said[]>, close: () => Promise<void> }>>}
 */
function clients(page, worker, watched) {
  const none = async () => {};
  /** @param {"Chromium" | "Firefox"} name */
  const browser = async (name) => {
    const opened = await launch(name, { protocolTimeout: 120_000 });
    const tab = await opened.newPage();
    await tab.goto(page);
    return {
      place: (/** @type {Job[]} */ jobs) =>
        tab.evaluate(async (given) => {
          const path = "/quickcall/dist/index.js";
          const helper = "/place_all.js";
          const [{ Quickcall }, { placeAll }] = await Promise.all([import(path), import(helper)]);
          return placeAll(Quickcall, given);
        }, jobs),
      close: () => opened.close(),
    };
  };
  const here = (/** @type {Job[]} */ jobs) => placeAll(Quickcall, jobs, fetchOnce);
  const watching = async () => {
    const watcher = await watch({ ...watched, accountId: ACCOUNT, authToken: TOKEN, WebSocket });
    /** @param {Quickcall} quickcall @param {any} call @param {any} how */
    const place = async (quickcall, call, how) => {
      const { result, progress } = await watcher.call(quickcall, call, how);
      await progress.return();
      return result;
    };
    return {
      place: (/** @type {Job[]} */ jobs, /** @type {Way} */ way) =>
        way === "direct, watched" ? placeAll(Quickcall, jobs, fetchOnce, place) : here(jobs),
      close: async () => watcher.close(),
    };
  };
  return {
    Node: watching,
    workerd: async () => ({
      // The handler there is asked from here, the class there asks by itself.
      place: (jobs, way) => (way.startsWith("direct") ? askWorker(worker, jobs) : here(jobs)),
      close: none,
    }),
    Chromium: () => browser("Chromium"),
    Firefox: () => browser("Firefox"),
  };
}

/**
 * @param {string} worker
 * @param {Job[]} jobs
 * @returns {Promise<Said[]>}
 */
async function askWorker(worker, jobs) {
  const response = await fetch(`${worker}place`, { method: "POST", body: JSON.stringify(jobs) });
  return /** @type {any} */ (await response.json());
}

/** What is refused in a page, since its browser may send it again. */
const REPEATABLE = [
  { blocking: false },
  { blocking: false, timeout: 4 },
  { blocking: false, timeout: 600 },
  ...[51, 60, 110, 600].map((timeout) => ({ timeout })),
];

/**
 * Asks a page for what its browser may send twice. It must be refused, and nothing sent.
 * @param {(jobs: Job[], way: Way) => Promise<Said[]>} place
 * @param {FaultProxy} proxy
 * @returns {Promise<number>} How many were refused.
 */
async function refused(place, proxy) {
  const numbers = REPEATABLE.map(() => freshNumber());
  const before = proxy.connections();
  const jobs = REPEATABLE.map((call, index) => ({
    config: {
      baseUrl: `${proxy.origin}/v2`,
      accountId: ACCOUNT,
      authToken: TOKEN,
      allowTokenInBrowser: true,
    },
    call: { ...call, user: USER, number: `+${numbers[index]}` },
  }));
  for (const { code, outcome, issues, fetches } of await place(jobs, "direct, GET")) {
    assert.deepEqual({ code, outcome }, { code: "invalid", outcome: "not_placed" });
    assert(issues?.includes("not_allowed"), String(issues));
    assert.equal(fetches, 0, "what is refused is not sent");
  }
  assert.equal(proxy.connections(), before, "what is refused opens no connection");
  assert(numbers.every((number) => !proxy.seen.has(number)));
  return jobs.length;
}

/** One call of a run. @typedef {ReturnType<Awaited<ReturnType<typeof startWays>>["job"]> & { said: Said }} Tried */

/** One call of a run, judged. @typedef {Placed & { met: boolean, must: string | undefined, verdict: Verdict }} Result */

/**
 * Places calls through all faults.
 * @param {object} how
 * @param {readonly Client[]} [how.which] The clients.
 * @param {number} [how.share] Which part of the boundaries: 1 is all, 0.1 each tenth.
 * @param {number} [how.anywhere] How many calls more for each client and way, at other bytes.
 * @param {(line: string) => void} [how.tell]
 * @returns The figures.
 * @throws When something was sent or dialled twice by this package, said otherwise than it was, not said though it was known, or
 *   not said at all.
 */
export async function runFaults({ which = CLIENTS, share = 1, anywhere = 0, tell = () => {} }) {
  const served = await startPageServer({ speed: 50, token: TOKEN });
  const { simulator } = served;
  await served.put("place_all.js", await readFile(new URL("harness/place_all.js", import.meta.url)));
  const ways = await startWays(simulator, [ORIGIN, simulator.origin]);
  /** @type {Tried[]} */
  const tried = [];
  /** @type {any[]} */
  let received = [];
  let refusedInPages = 0;
  try {
    const { events } = await simulator.about();
    const watched = { url: events, baseUrl: `${simulator.origin}/v2` };
    const all = clients(served.page, ways.worker.url, watched);
    const step = Math.round(1 / share);
    const part = (/** @type {Fault[]} */ faults) => faults.filter((_, index) => index % step === 0);
    for (const name of which) {
      const client = await all[name]();
      try {
        if (name === "Chromium" || name === "Firefox")
          refusedInPages += await refused(client.place, ways.plain());
        await Promise.all(
          waysOf(name).map(async (way) => {
            const once = way === "before the handler" ? part([...onlyOnce(), ...oneAfterTheOther()]) : [];
            const faults = [...part(boundaries()), ...once, ...everywhere(anywhere)];
            const jobs = faults.map((fault, index) => ways.job(way, fault, name, index));
            for (let from = 0; from < jobs.length; from += TOGETHER) {
              const some = jobs.slice(from, from + TOGETHER);
              const said = await client.place(
                some.map(({ job }) => job),
                way,
              );
              some.forEach((job, index) => {
                tried.push({ ...job, said: said[index] ?? NOTHING });
              });
            }
            tell(`${name}, ${way}: ${jobs.length} calls`);
          }),
        );
      } finally {
        await client.close();
      }
    }
    // What was sent before the end may be dialled after it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    received = await simulator.calls();
  } finally {
    for (const one of ways.started) await one.close();
    await served.stop();
  }
  const results = judged(tried, received);
  return { ...summary(results, share === 1 ? LONG_RUN : 0), refusedInPages };
}

/** What is taken for said where nothing was. */
const NOTHING = { code: "hung", outcome: "hung", fetches: 0, began: 0, seconds: 0 };

/** How many calls that met their fault a long run must have. */
const LONG_RUN = 10_000;

/**
 * What became of each call.
 * @param {Tried[]} tried
 * @param {{ dialled: string | null, originate: any }[]} received At the simulator.
 * @returns {Result[]}
 * @throws When something was dialled that nobody asked for.
 */
function judged(tried, received) {
  /** @type {Map<string, { dials: number, isRefused: boolean, legs: string[] }>} */
  const routes = new Map();
  for (const { dialled, originate } of received) {
    const route = originate?.application_data?.route;
    if (route === undefined) continue;
    const known = routes.get(route) ?? { dials: 0, isRefused: false, legs: [] };
    for (const { outbound_call_id: id } of originate.endpoints ?? []) known.legs.push(id);
    if (dialled === null) known.isRefused = true;
    else known.dials += 1;
    routes.set(route, known);
  }
  const results = tried.map((one) => {
    const seen = one.proxy.seen.get(one.number);
    const numbers = [...(seen?.numbers ?? [])];
    const own = numbers.flatMap((number) => {
      const route = routes.get(number);
      routes.delete(number);
      return route ? [route] : [];
    });
    const placed = {
      ...one,
      dials: own.reduce((sum, { dials }) => sum + dials, 0),
      stranger: numbers.some((number) => number !== `+${one.number}`),
      isRefused: own.some(({ isRefused }) => isRefused),
      legs: own.flatMap(({ legs }) => legs),
      exchanges: seen?.exchanges ?? [],
    };
    const met = one.fault.side === "connect" ? one.proxy.connections() > 0 : (seen?.met ?? false);
    return { ...placed, met, must: mustSay(placed), verdict: judge(placed) };
  });
  assert.deepEqual([...routes.keys()], [], "whatever the switch was asked to dial was asked for");
  return results;
}

/**
 * What is shown of a call that is wrong.
 * @param {Result} result
 */
function shown({ client, way, fault, number, dials, exchanges, must, said, verdict }) {
  const told = exchanges.map(({ given, reply }) => [reply?.toString("latin1"), given.toString("latin1")]);
  return { client, way, fault, number, dials, must, said, verdict, told };
}

/**
 * The figures of a run.
 * @param {Result[]} results
 * @param {number} least How many must have met their fault.
 * @throws When something is wrong.
 */
function summary(results, least) {
  const wrong = results.filter(({ verdict }) => WRONG.includes(verdict));
  assert.deepEqual(wrong.slice(0, 5).map(shown), [], `${wrong.length} of ${results.length}`);
  const slowest = Math.max(...results.map(({ said }) => said.seconds));
  assert(slowest < SLOWEST, `${slowest} s`);
  /** @param {(result: Result) => string} name @param {Result[]} some */
  const count = (name, some) => {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const one of some) counts[name(one)] = (counts[name(one)] ?? 0) + 1;
    return counts;
  };
  const sent = results.filter(({ verdict }) => verdict !== "not sent");
  const met = sent.filter(({ met }) => met);
  assert(met.length > 0.97 * results.length, `${results.length - met.length} calls did not meet their fault`);
  assert(met.length >= least, `${met.length} calls met their fault`);
  const late = results.filter(({ verdict }) => verdict === "too late");
  const lateBy = JSON.stringify(count(({ client, way, fault }) => `${client}, ${way}: ${fault.deed}`, late));
  assert(late.length <= 0.02 * results.length, `${late.length} answers came too late: ${lateBy}`);
  const rows = new Set(sent.map(({ client, way }) => `${client}, ${way}`));
  const by = [...rows].map((row) => {
    const some = sent.filter(({ client, way }) => `${client}, ${way}` === row);
    return {
      row,
      calls: some.length,
      dials: count(({ dials }) => String(dials), some),
      said: count(({ said }) => word(said), some),
      definite: some.filter(({ said }) => word(said) !== "unknown").length,
      known: some.filter(({ must }) => must !== undefined && must !== "unknown").length,
      verdicts: count(({ verdict }) => verdict, some),
    };
  });
  const repeated = results.filter(({ verdict }) => verdict === "repeated by the browser");
  const once = sent.filter(({ fault }) => fault.once && !fault.then);
  const both = sent.filter(({ fault }) => fault.then);
  // A page's browser sends again what the handler knows by its key.
  const known = sent.filter(
    ({ isPage, way, exchanges, said }) =>
      isPage && way === "before the handler" && exchanges.length > said.fetches,
  );
  const cutHeads = results.filter(({ verdict }) => verdict === "cut head taken for whole").length;
  return {
    calls: sent.length,
    met: met.length,
    slowest,
    rows: by,
    wrong: Object.fromEntries(
      WRONG.map((verdict) => [verdict, results.filter((one) => one.verdict === verdict).length]),
    ),
    lostOnce: {
      calls: once.length,
      cutHeads,
      asked: once.filter(({ exchanges }) => exchanges.length > 1).length,
      said: count(({ said }) => word(said), once),
      dials: count(({ dials }) => String(dials), once),
    },
    lostAndDamaged: {
      calls: both.length,
      asked: both.filter(({ exchanges }) => exchanges.length > 1).length,
      said: count(({ said }) => word(said), both),
      dials: count(({ dials }) => String(dials), both),
    },
    repeatedBeforeHandler: { calls: known.length, dials: count(({ dials }) => String(dials), known) },
    repeated: count(
      ({ client, way, fault: { side, deed } }) => `${client}, ${way}: ${side} ${deed}`,
      repeated,
    ),
    mostDials: Math.max(...repeated.map(({ dials }) => dials), 0),
  };
}
