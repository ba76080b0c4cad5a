/**
 * Secrets that can be recognised, searched for wherever something can be read: URLs, headers but the one, bodies, logs, the
 * console, errors, results, events, the page, its storage. The token's own header is the only place where one may be.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { inspect } from "node:util";
import { WebSocket } from "ws";
import { apiToken, init, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow, watch } from "#quickcall/events";
import { BROWSERS, launch } from "../edge/harness/browsers.js";
import { startEngine, workerFolder } from "../edge/harness/engine.js";
import { startEventServer } from "../js/harness/event_server.js";
import { handlerConfig, ORIGIN, press, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { startPageServer } from "./harness/page_server.js";

/** @import { Simulator } from "../js/harness/simulator.js" */

const TOKEN = "canary-token-5f0c9a";
/** Another one, that the server does not know and repeats in its refusal. */
const WRONG = "canary-wrong-71d2e4";
/** One that looks like a hang-up cause. */
const LIKE_A_CAUSE = "CANARY_TOKEN_9B2C";
/** A key that no server gives a token for. */
const WRONG_KEY = `canary-key-${"4e".repeat(26)}`;
const SIP_PASSWORD = "CANARY-sip-password";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** What is looked through, and what was found. */
class Search {
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
 * Every shape of an answer, with a secret wherever a text can be.
 * @param {string} secret
 * @returns {[number, unknown][]}
 */
const shapes = (secret) => [
  [
    200,
    { status: "success", auth_token: secret, data: { application_response: secret, endpoints: [secret] } },
  ],
  [200, { status: "success", request_id: secret, data: confirmed(secret) }],
  [
    400,
    {
      status: "error",
      message: secret,
      data: { message: secret, [secret]: { required: { message: secret } } },
    },
  ],
  [401, { status: "error", message: `invalid ${secret}`, auth_token: secret }],
  [403, { error: secret, message: secret }],
  [404, { data: { message: "not found", cause: secret } }],
  [429, { message: secret }],
  [500, { data: { error_message: secret, message: secret }, message: secret }],
  [500, refusal("quickcall initiation failed", secret)],
  [500, refusal("unspecified_fault", secret)],
  [500, { message: "NO_ANSWER", data: { message: `error ${secret}` } }],
  [503, secret],
  [302, secret],
];

/**
 * A refusal in the server's own words, with a secret for its reason.
 * @param {string} message
 * @param {string} secret
 */
const refusal = (message, secret) => ({
  status: "error",
  error: "500",
  message,
  request_id: secret,
  auth_token: secret,
  data: { error_message: secret, message: secret, request: confirmed(secret) },
});

/**
 * A server that repeats everything it is sent, in its body, headers and status text, in each shape of an answer.
 * @param {Search} search
 */
async function startParrot(search) {
  /** How often each token was in its header. @type {Map<string, number>} */
  const tokens = new Map();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { "x-auth-token": token, ...headers } = request.headers;
    const key = request.url?.endsWith("/api_auth") ? JSON.parse(body).data?.api_key : undefined;
    if (key === undefined) search.look("what was sent", [request.method, request.url, headers, body]);
    const secret = String(token ?? key);
    tokens.set(secret, (tokens.get(secret) ?? 0) + 1);
    const all = shapes(secret);
    // The number says which shape, so that everybody gets each.
    const shape = all[Number(/(\d{4})(?:\?|$)/.exec(request.url ?? "")?.[1] ?? 0) % all.length];
    const [status, said] = key === undefined ? (shape ?? []) : [401, refusal("invalid", secret)];
    response.writeHead(Number(status), secret.replace(/[^ -~]/g, ""), {
      "x-request-id": secret,
      "retry-after": secret,
      location: `/elsewhere?token=${secret}`,
    });
    response.end(JSON.stringify(said));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    baseUrl: `http://127.0.0.1:${port}/v2`,
    tokens,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param {string} secret */
const confirmed = (secret) => ({
  application_name: "transfer",
  application_response: "SUCCESS",
  application_data: { route: secret },
  media: secret,
  outbound_caller_id_name: secret,
  custom_application_vars: { a: secret, [secret]: "b" },
  endpoints: [{ outbound_call_id: "0123456789abcdef0123456789abcdef0123-quickcall", [secret]: secret }],
});

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
 * A websocket whose URL and messages are looked at, but for the place of the token.
 * @param {Search} search
 */
function heardSocket(search) {
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
    assertAll(scenarios, calls);
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
 * @param {{ digits: string }[]} scenarios
 * @param {{ scenario: string | null }[]} calls
 * @throws Where a scenario was not met.
 */
function assertAll(scenarios, calls) {
  const met = new Set(calls.map(({ scenario }) => scenario));
  const missing = scenarios.filter(({ digits }) => !met.has(digits));
  assert.deepEqual(missing, [], "every scenario was met");
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

/** No button moves another one away from the pointer. */
const STILL = "<style>quickcall-button { display: block; height: 4em; overflow: hidden; }</style>";

/** How many buttons ask for a second press, and how long a person takes for it, in milliseconds. */
const ASKING = 3;
const SECOND_PRESS = 500;

/**
 * Every scenario by a button and by the class, in a page.
 * @param {Search} search
 * @param {(typeof BROWSERS)[number]} name
 * @param {"4.3" | "5"} release
 */
async function inPage(search, name, release) {
  const served = await startPageServer({ release, speed: 50, token: TOKEN });
  const { simulator } = served;
  const handler = await serve(
    createHandler({
      ...handlerConfig(simulator, TOKEN, simulator.origin),
      options: { timeout: 4 },
      deadlineMargin: 1,
      events: { url: (await simulator.about()).events, WebSocket: heardSocket(search) },
    }),
  );
  const browser = await launch(name);
  try {
    const { scenarios } = await simulator.about();
    const numbers = scenarios.map(
      (/** @type {{ digits: string }} */ { digits }, /** @type {number} */ index) =>
        `+1415${200 + index}${digits}`,
    );
    const buttons = numbers.map(
      (/** @type {string} */ number, /** @type {number} */ index) =>
        `<quickcall-button handler="${handler.url}" endpoint="sales" number="${number}" confirm="${index < ASKING ? "press" : "none"}">Call</quickcall-button>`,
    );
    // Those that hold the token are without a handler, each with a number of its own.
    const holders = scenarios.map(
      (/** @type {{ digits: string }} */ { digits }, /** @type {number} */ index) =>
        `<quickcall-button base-url="${simulator.baseUrl}" account-id="${ACCOUNT}" user="${USER}" number="+1415${400 + index}${digits}" confirm="none">Call</quickcall-button>`,
    );
    await served.put(
      "page.html",
      `<!doctype html><title>A page</title>${STILL}${buttons.join("")}${holders.join("")}<script type="module" src="/quickcall/dist/element.js"></script>`,
    );
    const page = await browser.newPage();
    page.on("console", (message) => search.look("the page's console", message.text()));
    page.on("pageerror", (error) => search.look("an error in the page", String(error)));
    /** Looked at when all is over: a browser tells some headers late. @type {any[]} */
    const requests = [];
    page.on("request", (request) => requests.push(request));
    await page.goto(served.page);
    await page.waitForFunction(() => customElements.get("quickcall-button"));
    await page.evaluate(async (token) => {
      const scope = /** @type {any} */ (globalThis);
      scope.heard = [];
      /** @param {string} _ @param {any} value With what JSON leaves out of an error. */
      const whole = (_, value) =>
        value instanceof Error
          ? { ...value, text: String(value), stack: value.stack, cause: String(value.cause) }
          : value;
      for (const name of ["before", "state", "placed", "error"]) {
        addEventListener(`quickcall-${name}`, (event) => {
          const way = /** @type {Element} */ (event.target).hasAttribute("handler") ? "" : " by a holder";
          scope.heard.push([
            `${name}${way}`,
            JSON.stringify(/** @type {CustomEvent} */ (event).detail, whole),
          ]);
        });
      }
      for (const button of document.querySelectorAll("quickcall-button:not([handler])")) {
        Object.assign(button, { authToken: token, options: { timeout: 4 } });
      }
      const path = "/quickcall/dist/events.js";
      const { follow } = await import(path);
      for (const button of document.querySelectorAll("quickcall-button[handler]")) {
        Object.assign(button, {
          progress: async function* (/** @type {any} */ _, /** @type {any} */ asked) {
            for await (const step of follow(asked)) {
              scope.heard.push(["step", JSON.stringify(step)]);
              yield step;
            }
          },
        });
      }
    }, TOKEN);
    for (const [index, element] of (await page.$$("quickcall-button")).entries()) {
      const button = await element.evaluateHandle((one) => one.shadowRoot?.querySelector("[part=button]"));
      const press = () => /** @type {any} */ (button).click();
      await press();
      if (index >= ASKING) continue;
      await new Promise((resolve) => setTimeout(resolve, SECOND_PRESS));
      await press();
    }
    const direct = await page.evaluate(
      async ({ baseUrl, accountId, authToken, user, numbers }) => {
        const path = "/quickcall/dist/index.js";
        const { Quickcall } = await import(path);
        const quickcall = new Quickcall({
          baseUrl,
          accountId,
          authToken,
          allowTokenInBrowser: true,
          deadlineMargin: 1,
        });
        return Promise.all(
          numbers.map((/** @type {string} */ number) =>
            quickcall.call({ user, number, timeout: 4 }).then(
              (/** @type {unknown} */ result) => JSON.stringify(result),
              (/** @type {any} */ error) => `${error} ${error.stack} ${error.cause} ${JSON.stringify(error)}`,
            ),
          ),
        );
      },
      { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN, user: USER, numbers },
    );
    for (const said of direct) search.look("what the class said in the page", said);
    // Each button was told what became of its call, and each call that was placed was followed to its end.
    await page.waitForFunction(
      (count) => {
        const heard = /** @type {[string, string][]} */ (/** @type {any} */ (globalThis).heard);
        const of = (/** @type {string} */ name) => heard.filter(([one]) => one === name);
        const ended = of("step").filter(([, step]) => step.includes('"ended"'));
        const placed = of("placed").length;
        const byHolders = of("placed by a holder").length;
        const failed = of("error by a holder").length;
        return (
          byHolders > 0 &&
          byHolders + failed === count &&
          placed > 0 &&
          placed + of("error").length === count &&
          ended.length === placed
        );
      },
      { timeout: 30_000 },
      numbers.length,
    );
    for (const [where, text] of await page.evaluate(async () => {
      const shadows = [...document.querySelectorAll("quickcall-button")].map(
        (button) => button.shadowRoot?.innerHTML ?? "",
      );
      return [
        ["the page", document.documentElement.outerHTML],
        ["the buttons", shadows.join("\n")],
        ["storage", JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])],
        ["databases", JSON.stringify([await indexedDB.databases(), await caches.keys()])],
        ["history", JSON.stringify([history.state, location.href, window.name])],
        [
          "loaded resources",
          performance
            .getEntries()
            .map(({ name }) => name)
            .join("\n"),
        ],
        ["events", /** @type {any} */ (globalThis).heard.join("\n")],
      ];
    })) {
      search.look(`${where} in ${name}`, text);
    }
    assertAll(scenarios, await simulator.calls());
    assert(requests.length > numbers.length);
    for (const request of requests) {
      const { "x-auth-token": _, "X-Auth-Token": __, ...headers } = request.headers();
      search.look(`a request of ${name}`, [
        request.url(),
        headers,
        name === "Chromium" && request.postData(),
      ]);
    }
  } finally {
    await browser.close();
    handler.close();
    await served.stop();
  }
}

/**
 * A server that repeats the token in all it says.
 * @param {Search} search
 * @param {string} token
 */
async function repeated(search, token) {
  // Each token has numbers of its own: what is unknown is not called again.
  const numbers = token === TOKEN ? "+141566" : "+141567";
  const parrot = await startParrot(search);
  const { baseUrl } = parrot;
  const handler = await serve(
    createHandler({
      ...handlerConfig({ baseUrl }, token, ORIGIN),
      log: (entry) => search.look("the handler's log", JSON.stringify(entry)),
    }),
  );
  const folder = await workerFolder();
  const config = handlerConfig({ baseUrl }, "", ORIGIN);
  const CONFIG = { ...config, authToken: undefined, log: undefined };
  const engine = await startEngine(folder.folder, {
    given: { CONFIG, TOKEN: token },
    asking: { CONFIG, API_KEY: WRONG_KEY },
  });
  const count = 2 * shapes("").length;
  try {
    const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: token });
    for (let index = 0; index < count; index++) {
      const number = `${numbers}6${1000 + index}`;
      await search.settled(
        "a server that repeats",
        quickcall.call({ user: USER, number, blocking: index % 3 > 0 }),
      );
      for (const url of [handler.url, String(engine.direct.given)]) {
        const { headers, text } = await press(url, {
          body: { endpoint: "sales", number: `${numbers}7${1000 + index}` },
        });
        search.look("a handler before a server that repeats", [headers, text]);
      }
    }
    // Who has a function for a token asks once more after a 401.
    assert((parrot.tokens.get(token) ?? 0) >= 3 * count, "the token was sent in its header");
    const authToken = apiToken({ baseUrl, apiKey: WRONG_KEY });
    await search.settled(
      "an API key that is repeated",
      new Quickcall({ baseUrl, accountId: ACCOUNT, authToken }).call({
        user: USER,
        number: `${numbers}69999`,
      }),
    );
    const { headers, text } = await press(String(engine.direct.asking), {
      body: { endpoint: "sales", number: `${numbers}79999` },
    });
    search.look("a handler whose key is repeated", [headers, text]);
    assert.equal(parrot.tokens.get(WRONG_KEY), 2, "the key was sent in its place");
    const lines = () => engine.output().match(/"event":"call"/g)?.length ?? 0;
    // What it writes comes later than its answers.
    for (let rest = 50; rest > 0 && lines() < count + 1; rest--) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(lines(), count + 1, "workerd logs each call");
    search.look("the console of workerd", engine.output());
  } finally {
    handler.close();
    await engine.stop();
    await folder.remove();
    parrot.close();
  }
}

/**
 * A websocket that repeats the token in all it tells.
 * @param {Search} search
 * @param {string} token
 */
async function repeatedEvents(search, token) {
  const events = await startEventServer();
  const leg = `${"e".repeat(36)}-quickcall`;
  try {
    const watching = { baseUrl: "http://127.0.0.1:9/v2", accountId: ACCOUNT, WebSocket };
    const watcher = await watch({ ...watching, url: events.url, authToken: token });
    const followed = watcher.follow([leg]);
    const vars = { custom_application_vars: { quickcall_id: token, more: token } };
    for (const [name, state] of [
      ["CHANNEL_CREATE", "ringing"],
      ["CHANNEL_ANSWER", "answered"],
      ["CHANNEL_BRIDGE", "connected"],
      ["CHANNEL_DESTROY", "ended"],
    ]) {
      events.tell(String(name), { call_id: leg, other_leg_call_id: token, hangup_cause: token, ...vars });
      const { value } = await followed.next();
      assert.equal(value?.state, state, "the events are told");
      search.look("a step of a websocket that repeats", JSON.stringify(value));
    }
    watcher.close();
  } finally {
    events.stop();
  }
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
