/**
 * Secrets that can be recognised, searched for wherever something can be read: URLs, headers but the one, bodies, logs, the
 * console, errors, results, events, the page, its storage. The token's own header is the only place where one may be.
 * @module
 */

import assert from "node:assert/strict";
import { apiToken, init, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow, watch } from "#quickcall/events";
import { BROWSERS } from "../edge/harness/browsers.js";
import { handlerConfig, ORIGIN, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { inPage } from "./canaries_in_page.js";
import { repeated, repeatedEvents } from "./canaries_repeated.js";
import {
  ACCOUNT,
  assertAllMet,
  heardSocket,
  LIKE_A_CAUSE,
  Search,
  TOKEN,
  USER,
  WRONG,
  WRONG_KEY,
} from "./harness/search.js";

/** @import { Simulator } from "../js/harness/simulator.js" */

/**
 * Takes all that is written to the console meanwhile. Lines of a handler's own log are not shown.
 * @param {Search} search
 * @returns {() => number} Ends it; how many lines of a handler's log there were.
 */
function listenToConsole(search) {
  const { stdout, stderr } = process;
  let lines = 0;
  const writes = [stdout, stderr].map((stream) => {
    const write = stream.write;
    stream.write = /** @type {any} */ (
      (/** @type {any} */ text, /** @type {any[]} */ ...rest) => {
        search.look("the console", String(text));
        if (String(text).startsWith('{"event":')) {
          lines += 1;
          return true;
        }
        return write.call(stream, text, ...rest);
      }
    );
    return () => {
      stream.write = write;
    };
  });
  return () => {
    for (const undo of writes) undo();
    return lines;
  };
}

/**
 * A fetch for what goes to a server: the token's header, and the place of an API key, are the only ones that are not looked at.
 * @param {Search} search
 * @returns {(url: any, init: any) => Promise<Response>}
 */
function heardByServer(search) {
  return (url, init) => {
    const { "X-Auth-Token": _, ...headers } = init.headers;
    const isKey = url.endsWith("/api_auth");
    const { data: { api_key: __, ...data } = {}, ...rest } = isKey ? JSON.parse(init.body) : {};
    search.look("a request to a server", [url, init.method, headers, isKey ? { ...rest, data } : init.body]);
    return fetch(url, init);
  };
}

/**
 * Every scenario of the simulator, through the class and through a handler.
 * @param {Search} search
 * @param {"4.3" | "5"} release
 */
async function scenarios(search, release) {
  const simulator = await startSimulator({ release, speed: 50, token: TOKEN, rateLimit: false });
  const { scenarios, events, apiKey } = await simulator.about();
  const asked = heardByServer(search);
  const Socket = heardSocket(search);
  const { baseUrl } = simulator;
  search.add(apiKey);
  const getToken = apiToken({ baseUrl, apiKey, fetch: asked });
  search.add(await getToken("call"));
  await search.settled(
    "a wrong API key",
    new Quickcall({
      baseUrl,
      accountId: ACCOUNT,
      authToken: apiToken({ baseUrl, apiKey: WRONG_KEY, fetch: asked }),
    }).call({ user: USER, number: `+1415555${release === "5" ? 1202 : 1102}` }),
  );
  const log = (/** @type {object} */ entry) => search.look("the handler's log", JSON.stringify(entry));
  const config = {
    ...handlerConfig(simulator, TOKEN, ORIGIN),
    visitorOptions: ["blocking"],
    options: { timeout: 4 },
    deadlineMargin: 1,
    fetch: asked,
    log,
    events: { url: events, WebSocket: Socket },
  };
  // It logs to the console by itself.
  const { log: _, ...withoutLog } = config;
  const handlers = [
    await serve(createHandler(config)),
    await serve(createHandler({ ...config, authToken: WRONG })),
    await serve(createHandler({ ...withoutLog, authToken: getToken })),
  ];
  const urls = handlers.map(({ url }) => url);
  /** @type {Promise<string>[]} */
  const streams = [];
  /** @type {typeof fetch} */
  const heard = async (url, init) => {
    search.look("a request to a handler", [url, init]);
    const response = await fetch(url, { ...init, headers: { ...init?.headers, Origin: ORIGIN } });
    search.look("a handler's headers", [...response.headers]);
    const copy = response.clone().text();
    // A stream of events is looked at when it has ended.
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) streams.push(copy);
    else search.look("a handler's answer", await copy.catch(String));
    return response;
  };
  try {
    const watching = { url: events, baseUrl, accountId: ACCOUNT, WebSocket: Socket, fetch: asked };
    const watcher = await watch({ ...watching, authToken: TOKEN });
    await search.settled("a watcher with a wrong token", watch({ ...watching, authToken: WRONG }));
    const clients = [TOKEN, WRONG, getToken].map((authToken) => {
      const quickcall = new Quickcall({
        baseUrl,
        accountId: ACCOUNT,
        authToken,
        fetch: asked,
        deadlineMargin: 1,
      });
      search.look("an instance", quickcall);
      search.look("an instance as JSON", JSON.stringify(quickcall));
      return quickcall;
    });
    // Numbers of its own: what is unknown is not called again.
    let next = release === "5" ? 500 : 100;
    const jobs = [];
    for (const { digits } of scenarios) {
      for (const blocking of [true, false]) {
        for (const quickcall of clients) {
          const call = { user: USER, number: `+1415${next++}${digits}`, blocking, timeout: 4 };
          search.look("a request", quickcall.build(call));
          search.look("a curl command", Quickcall.toCurl(quickcall.build(call)));
          jobs.push(search.settled(`a call to ${digits}`, quickcall.call(call)));
        }
        for (const url of urls) {
          const press = { endpoint: "sales", number: `+1415${next++}${digits}`, blocking };
          const quickcall = new Quickcall({ handler: url, fetch: heard });
          jobs.push(search.settled(`a call to ${digits} through a handler`, quickcall.call(press)));
        }
      }
    }
    await Promise.all(jobs);
    const number = `+1415555${release === "5" ? 1200 : 1100}`;
    await watched(search, watcher, /** @type {Quickcall} */ (clients[0]), simulator, number);
    for (const url of [urls[0], urls[2]]) await followed(search, String(url), heard);
    const raw = await Promise.all(streams);
    assert(raw.length > 0 && raw.every((text) => text.includes('"ended"')), "calls were followed");
    for (const text of raw) search.look("a stream of events", text);
    const calls = await simulator.calls();
    assertAllMet(scenarios, calls);
    for (const { method, target, headers, body } of calls) {
      // The simulator keeps of the token's header only whether it was the right one.
      search.look("what arrived", [method, target, headers, body]);
    }
    watcher.close();
  } finally {
    for (const handler of handlers) handler.close();
    await simulator.stop();
  }
}

/**
 * @param {Search} search
 * @param {import("#quickcall/events").Watcher} watcher
 * @param {Quickcall} quickcall
 * @param {Simulator} simulator
 * @param {string} number
 */
async function watched(search, watcher, quickcall, simulator, number) {
  await simulator.tellEvents({ foreign: true, repeated: 2 });
  const { result, progress } = await watcher.call(quickcall, { user: USER, number });
  search.look("a watched call", await result);
  for await (const step of progress) search.look("a step", step);
  await search.settled("no call at all", watcher.status("canary"));
  await search.settled("hanging up", watcher.hangup("0123456789abcdef0123456789abcdef0123-quickcall"));
  await search.settled("a status", watcher.status("0123456789abcdef0123456789abcdef0123-quickcall"));
  search.look("a watcher", watcher);
}

/**
 * @param {Search} search
 * @param {string} handler
 * @param {typeof fetch} heard
 */
async function followed(search, handler, heard) {
  const quickcall = new Quickcall({ handler, fetch: heard });
  // A number of its own: the servers of both releases are called at the same time, and the same call twice is one.
  const place = 100 + (Number(new URL(handler).port) % 900);
  const call = { endpoint: "sales", number: `+1415${place}1101` };
  const key = `canary-follow-key-${handler.replace(/\D/g, "")}`;
  await search.settled("a call that is followed", quickcall.call(call, { key }));
  const steps = [];
  for await (const step of follow({ handler, call, key, fetch: heard })) {
    search.look("a followed step", step);
    steps.push(step.state);
  }
  assert.equal(steps.at(-1), "ended", "a call was followed to its end");
  const other = { handler, call, key: `${key}-nobody`, fetch: heard };
  await search.settled("following no call", follow(other).next());
}

/**
 * Searches.
 * @param {{ releases?: ("4.3" | "5")[], browsers?: (typeof BROWSERS)[number][] }} how One browser where there is one release.
 * @returns {Promise<{ texts: number, characters: number, found: number }>} How much was looked through, and how many
 *   secrets were found.
 * @throws When there is one.
 */
export async function runCanaries({
  releases = ["4.3", "5"],
  browsers = releases.length > 1 ? [...BROWSERS] : ["Chromium"],
}) {
  await init();
  const search = new Search();
  const proof = new Search();
  proof.look("a proof", { deep: { in: [`x${TOKEN}x`] } });
  assert.equal(proof.found.length, 1, "the search finds");
  let lines = 0;
  const end = listenToConsole(search);
  try {
    await Promise.all([
      ...releases.map((release) => scenarios(search, release)),
      ...[TOKEN, LIKE_A_CAUSE].flatMap((token) => [repeated(search, token), repeatedEvents(search, token)]),
      ...browsers.flatMap((name) => releases.map((release) => inPage(search, name, release))),
    ]);
  } finally {
    lines = end();
  }
  assert(lines > 0, "a handler logs to the console");
  const { texts, characters, found } = search;
  assert.deepEqual([...new Set(found)], []);
  return { texts, characters, found: found.length };
}
