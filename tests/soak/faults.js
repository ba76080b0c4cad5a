/**
 * Calls over connections that fail: what was dialled, what was reported, and whether that was true.
 * @module
 */

import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { launch } from "../edge/harness/browsers.js";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { startFaultProxy } from "./harness/fault_proxy.js";
import { placeAll } from "./harness/place_all.js";
import { startWorker } from "./harness/workerd.js";

/** @import { Fault, FaultProxy } from "./harness/fault_proxy.js" */
/** @import { Job, Said } from "./harness/place_all.js" */

const TOKEN = "canary-token-faults-7";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/** Where calls come from that are placed by no page. */
const ORIGIN = "https://www.example.com";
/** How many calls are under way together in one client. */
const TOGETHER = 60;
/** How many proxies stand side by side, because a browser opens only few connections to one. */
const PROXIES = 32;

/** Where the proxy stands, and how the call is placed. */
const WAYS = /** @type {const} */ ([
  "direct, POST",
  "direct, GET",
  "before the handler",
  "behind the handler",
]);
/** @typedef {(typeof WAYS)[number]} Way */

export const CLIENTS = /** @type {const} */ (["Node", "workerd", "Chromium", "Firefox"]);

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

/** How many numbers were made, without a scenario and with one. */
const made = { plain: 0, scenario: 0 };

/**
 * A number that no other call has. All digits that count are even: a bit that is turned over makes no other call's number, and
 * the last four choose no scenario but the one that is asked for.
 * @param {string} [scenario]
 */
function freshNumber(scenario) {
  const count = scenario ? made.scenario++ : made.plain++;
  const digits = Array.from(count.toString(5), (digit) => 2 * Number(digit)).join("");
  return scenario ? `1415${digits.padStart(5, "0")}${scenario}` : `1415${digits.padStart(9, "0")}`;
}

/**
 * Everything that stands between client and phone.
 * @param {import("../js/harness/simulator.js").Simulator} simulator
 * @param {string[]} origins The pages that may ask.
 */
async function startWays(simulator, origins) {
  const config = {
    ...handlerConfig(simulator, TOKEN, ORIGIN),
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
  for (const [name, target] of Object.entries(targets)) {
    for (const first of [undefined, ...boundaries().filter(({ side }) => side === "connect")]) {
      const list = [];
      for (let rest = first ? 1 : PROXIES; rest > 0; rest--) {
        const proxy = await startFaultProxy(target, first);
        started.push(proxy);
        list.push(proxy);
        if (name === "direct") {
          const behind = await serve(createHandler({ ...config, baseUrl: `${proxy.origin}/v2` }));
          started.push(behind);
          handlers.set(proxy, behind.url);
        }
      }
      proxies.set(`${name} ${first?.deed ?? ""}`, list);
    }
  }

  /**
   * A call with a fault on its way.
   * @param {Way} way
   * @param {Fault} fault
   * @param {string} client
   * @param {number} index
   */
  function job(way, fault, client, index) {
    const isPage = client === "Chromium" || client === "Firefox";
    const leg = way === "before the handler" ? (client === "workerd" ? "worker" : "handler") : "direct";
    const list = proxies.get(`${leg} ${fault.side === "connect" ? fault.deed : ""}`) ?? [];
    const proxy = list[index % list.length];
    if (!proxy) throw new Error(`no proxy for ${way}`);
    // One of seven fails by itself: busy, or nobody can be rung.
    const number = freshNumber(index % 14 === 3 ? "0101" : index % 14 === 10 ? "0103" : undefined);
    proxy.faults.set(number, fault);
    const call = { number: `+${number}`, timeout: 4 };
    // A blocking call waits its ring time besides.
    const common = { deadlineMargin: way === "direct, GET" ? 4.5 : 0.5 };
    /** @type {Job} */
    let placed;
    if (way === "before the handler" || way === "behind the handler") {
      const { port } = new URL(way === "behind the handler" ? proxy.origin : simulator.origin);
      const url =
        way === "before the handler"
          ? `${proxy.origin}/call/${port}`
          : client === "workerd"
            ? `${worker.url}call/${port}`
            : handlers.get(proxy);
      placed = { config: { ...common, handler: url }, call: { ...call, endpoint: "sales" } };
      if (!isPage) placed.origin = ORIGIN;
    } else {
      const forPages = { allowTokenInBrowser: true, allowBrowserRepeat: way === "direct, GET" };
      placed = {
        config: {
          ...common,
          baseUrl: `${proxy.origin}/v2`,
          accountId: "0123456789abcdef0123456789abcdef",
          authToken: TOKEN,
          ...(isPage ? forPages : {}),
        },
        call: { ...call, user: USER, blocking: way === "direct, POST" },
      };
    }
    if (fault.deed === "stall" && index % 3 === 0) placed.abortAfter = 1;
    return { way, fault, number, proxy, job: placed };
  }
  return { job, worker, started };
}

/**
 * The clients, each a function that places many calls together.
 * @param {string} page
 * @param {string} worker
 * @returns {Record<string, () => Promise<{ place: (jobs: Job[], way: Way) => Promise<Said[]>, close: () => Promise<void> }>>}
 */
function clients(page, worker) {
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
  const here = (/** @type {Job[]} */ jobs) => placeAll(Quickcall, jobs);
  return {
    Node: async () => ({ place: here, close: none }),
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

/**
 * One call of a run: what was dialled and what was said.
 * @typedef {{ client: string, way: Way, fault: Fault, dials: number, requests: number, said: Said, verdict: Verdict }} Result
 *
 * * `true`: what was said is so.
 * * `repeated by the browser`, `repeated by the proxy`: dialled more than once, since somebody else sent it again.
 * * `changed on the way`: the answer was not the server's any more. Only TLS shows that.
 * * `not sent`: its time ended before it left; the fault was not met.
 * * `not tried`: it was refused before anything was sent, so that the fault was not met.
 * * `false`: said otherwise than it was. `twice`: dialled more than once. `hung`: nothing was said.
 * @typedef {"true" | "repeated by the browser" | "repeated by the proxy" | "changed on the way" | "not sent" | "not tried" | "false" | "twice" | "hung"} Verdict
 */

/** What is said of a call that is wrong by itself. */
const UNTRIED = new Set([
  "invalid",
  "not_ready",
  "load_failed",
  "token_in_browser",
  "token_failed",
  "duplicate",
]);

/**
 * @param {Omit<Result, "verdict">} result
 * @returns {Verdict}
 */
function judge({ client, way, fault, dials, requests, said }) {
  if (said.code === "hung") return "hung";
  if (UNTRIED.has(String(said.code))) return "not tried";
  if (requests === 0 && fault.side !== "connect")
    return said.outcome === "unknown" ? "not sent" : "not tried";
  const isPage = client === "Chromium" || client === "Firefox";
  if (dials > 1) {
    if (fault.side === "request" && fault.deed === "repeat" && way !== "before the handler") {
      return "repeated by the proxy";
    }
    return isPage && way.startsWith("direct") && requests > 1 ? "repeated by the browser" : "twice";
  }
  const placed = said.state === "started" ? dials === 1 : said.state === "accepted";
  const isTrue =
    said.state !== undefined
      ? placed
      : said.outcome === "unknown" || (said.outcome === "not_placed" && dials === 0);
  if (isTrue) return "true";
  const changed = fault.side === "reply" && (fault.deed === "corrupt" || fault.deed === "lose");
  return changed ? "changed on the way" : "false";
}

/**
 * Places calls through all faults.
 * @param {object} how
 * @param {readonly (typeof CLIENTS)[number][]} [how.which] The clients.
 * @param {number} [how.share] Which part of the boundaries: 1 is all, 0.1 each tenth.
 * @param {number} [how.anywhere] How many calls more for each client and way, at other bytes.
 * @param {(line: string) => void} [how.tell]
 * @returns The figures.
 * @throws When something was dialled twice by this package, said otherwise than it was, or not said at all.
 */
export async function runFaults({ which = CLIENTS, share = 1, anywhere = 0, tell = () => {} }) {
  const folder = await mkdtemp(join(tmpdir(), "quickcall-faults-"));
  await writeFile(join(folder, "page.html"), "<!doctype html><title>A page</title>");
  await copyFile(new URL("harness/place_all.js", import.meta.url), join(folder, "place_all.js"));
  const simulator = await startSimulator({
    speed: 50,
    token: TOKEN,
    rateLimit: false,
    www: folder,
    package: fileURLToPath(new URL("../../pkg", import.meta.url)),
  });
  const ways = await startWays(simulator, [ORIGIN, simulator.origin]);
  /** @type {(Pick<Result, "client" | "way" | "fault" | "said"> & { number: string, proxy: FaultProxy })[]} */
  const placed = [];
  /** @type {Result[]} */
  let results = [];
  try {
    const all = clients(`${simulator.origin}/page.html`, ways.worker.url);
    for (const name of which) {
      const client = await all[name]?.();
      if (!client) throw new Error(`no client ${name}`);
      try {
        const step = Math.round(1 / share);
        const faults = [...boundaries().filter((_, index) => index % step === 0), ...everywhere(anywhere)];
        await Promise.all(
          WAYS.map(async (way) => {
            const jobs = faults.map((fault, index) => ways.job(way, fault, name, index));
            for (let from = 0; from < jobs.length; from += TOGETHER) {
              const some = jobs.slice(from, from + TOGETHER);
              const said = await client.place(
                some.map(({ job }) => job),
                way,
              );
              some.forEach((job, index) => {
                const { fault, number, proxy } = job;
                placed.push({ client: name, way, fault, number, proxy, said: said[index] ?? NOTHING });
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
    const dialled = dials(await simulator.calls());
    // Two calls that each lost a digit on the way can have become one number.
    /** @type {Map<string, number>} */
    const owners = new Map();
    for (const { number, proxy } of placed) {
      for (const each of proxy.seen.get(number)?.numbers ?? []) owners.set(each, (owners.get(each) ?? 0) + 1);
    }
    results = placed.map(({ number, proxy, ...rest }) => {
      const seen = proxy.seen.get(number);
      const numbers = [...(seen?.numbers ?? [`+${number}`])];
      const dialsOf = (/** @type {string} */ each) => (dialled.get(each) ?? 0) / (owners.get(each) ?? 1);
      const one = {
        ...rest,
        dials: numbers.reduce((sum, each) => sum + dialsOf(each), 0),
        requests: seen?.requests ?? 0,
      };
      return { ...one, verdict: judge(one) };
    });
  } finally {
    for (const one of ways.started) await one.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return summary(results);
}

/** What is taken for said where nothing was. */
const NOTHING = { code: "hung", outcome: "hung", seconds: 0 };

/** What must not be. */
const WRONG = ["false", "twice", "hung", "not tried"];

/**
 * The figures of a run.
 * @param {Result[]} results
 * @throws When something was dialled twice by this package, said otherwise than it was, or not said at all.
 */
function summary(results) {
  const wrong = results.filter(({ verdict }) => WRONG.includes(verdict));
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${results.length}`);
  /** @param {(result: Result) => string} name @param {Result[]} some */
  const count = (name, some) => {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const one of some) counts[name(one)] = (counts[name(one)] ?? 0) + 1;
    return counts;
  };
  const sent = results.filter(({ verdict }) => verdict !== "not sent");
  assert(sent.length > 0.97 * results.length, `${results.length - sent.length} calls were never sent`);
  const rows = new Set(sent.map(({ client, way }) => `${client}, ${way}`));
  const by = [...rows].map((row) => {
    const some = sent.filter(({ client, way }) => `${client}, ${way}` === row);
    return {
      row,
      calls: some.length,
      dials: count(({ dials }) => String(dials), some),
      said: count(({ said }) => said.state ?? `${said.outcome}`, some),
      verdicts: count(({ verdict }) => verdict, some),
    };
  });
  const repeated = results.filter(({ verdict }) => verdict === "repeated by the browser");
  return {
    calls: sent.length,
    slowest: Math.max(...results.map(({ said }) => said.seconds)),
    rows: by,
    repeated: count(
      ({ client, way, fault: { side, deed } }) => `${client}, ${way}: ${side} ${deed}`,
      repeated,
    ),
    mostDials: Math.max(...repeated.map(({ dials }) => dials), 0),
  };
}

/**
 * How often each number was dialled.
 * @param {{ dialled: string | null }[]} calls
 */
function dials(calls) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { dialled } of calls) {
    if (dialled !== null) counts.set(dialled, (counts.get(dialled) ?? 0) + 1);
  }
  return counts;
}
