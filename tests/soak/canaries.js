/**
 * Secrets that can be recognised, searched for wherever something can be read: URLs, headers but the one, bodies, logs, the
 * console, errors, results, events, the page, its storage. The token's own header is the only place where one may be.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { WebSocket } from "ws";
import { init, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow, watch } from "#quickcall/events";
import { launchChromium } from "../js/harness/browser.js";
import { handlerConfig, ORIGIN, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";

/** @import { Simulator } from "../js/harness/simulator.js" */

const TOKEN = "canary-token-5f0c9a";
/** Another one, that the server does not know and repeats in its refusal. */
const WRONG = "canary-wrong-71d2e4";
const SIP_PASSWORD = "CANARY-sip-password";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** What is looked through, and what was found. */
class Search {
  texts = 0;
  characters = 0;
  /** @type {string[]} */
  found = [];
  /** The secrets. */
  canaries = [TOKEN, WRONG, SIP_PASSWORD, ...[TOKEN, WRONG, SIP_PASSWORD].map((secret) => btoa(secret))];

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
      if (text.includes(canary) || text.includes(encodeURIComponent(canary)))
        this.found.push(`${canary} in ${where}`);
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
 * A server that repeats everything it is sent, in its body, headers and status text, in each shape of an answer.
 * @param {Search} search
 */
async function startParrot(search) {
  let tokens = 0;
  let shape = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { "x-auth-token": token = "", ...headers } = request.headers;
    if (token === TOKEN) tokens += 1;
    search.look("what was sent", [request.method, request.url, headers, body]);
    const secret = String(token);
    const said = [
      [
        200,
        {
          status: "success",
          auth_token: secret,
          data: { application_response: secret, endpoints: [secret] },
        },
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
      [500, { message: "NO_ANSWER", data: { message: `error ${secret}` } }],
      [503, secret],
      [302, secret],
    ][shape++ % 11];
    response.writeHead(Number(said?.[0]), secret.replace(/[^ -~]/g, ""), {
      "x-request-id": secret,
      "retry-after": secret,
      location: `/elsewhere?token=${secret}`,
    });
    response.end(JSON.stringify(said?.[1]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    baseUrl: `http://127.0.0.1:${port}/v2`,
    tokens: () => tokens,
    shapes: 11,
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
 * Takes all that is written to the console meanwhile.
 * @param {Search} search
 * @returns {() => void} Ends it.
 */
function listenToConsole(search) {
  const { stdout, stderr } = process;
  const writes = [stdout, stderr].map((stream) => {
    const write = stream.write;
    stream.write = /** @type {any} */ (
      (/** @type {any} */ text, /** @type {any[]} */ ...rest) => {
        search.look("the console", String(text));
        return write.call(stream, text, ...rest);
      }
    );
    return () => {
      stream.write = write;
    };
  });
  return () => {
    for (const undo of writes) undo();
  };
}

/**
 * Every scenario of the simulator, through the class and through a handler.
 * @param {Search} search
 * @param {"4.3" | "5"} release
 */
async function scenarios(search, release) {
  const simulator = await startSimulator({ release, speed: 50, token: TOKEN, rateLimit: false });
  const { scenarios, events } = await simulator.about();
  const log = (/** @type {object} */ entry) => search.look("the handler's log", JSON.stringify(entry));
  const config = {
    ...handlerConfig(simulator, TOKEN, ORIGIN),
    visitorOptions: ["blocking"],
    options: { timeout: 4 },
    deadlineMargin: 1,
    log,
    events: { url: events, WebSocket },
  };
  const handler = await serve(createHandler(config));
  const wrong = await serve(createHandler({ ...config, authToken: WRONG }));
  /** @type {typeof fetch} */
  const heard = async (url, init) => {
    search.look("a request to a handler", [url, init]);
    const response = await fetch(url, { ...init, headers: { ...init?.headers, Origin: ORIGIN } });
    const copy = response.clone();
    search.look("a handler's headers", [...copy.headers]);
    if (!copy.headers.get("content-type")?.startsWith("text/event-stream")) {
      search.look("a handler's answer", await copy.text().catch(String));
    }
    return response;
  };
  try {
    const watcher = await watch({
      url: events,
      baseUrl: simulator.baseUrl,
      accountId: ACCOUNT,
      authToken: TOKEN,
      WebSocket,
    });
    await search.settled(
      "a watcher with a wrong token",
      watch({ url: events, baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: WRONG, WebSocket }),
    );
    const { baseUrl } = simulator;
    const clients = [TOKEN, WRONG].map((authToken) => {
      const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken, deadlineMargin: 1 });
      search.look("an instance", quickcall);
      search.look("an instance as JSON", JSON.stringify(quickcall));
      return quickcall;
    });
    let next = 0;
    const jobs = [];
    for (const { number } of scenarios) {
      for (const blocking of [true, false]) {
        for (const quickcall of clients) {
          const call = { user: USER, number: `+1415${100 + next++}${number}`, blocking, timeout: 4 };
          search.look("a request", quickcall.build(call));
          search.look("a curl command", Quickcall.toCurl(quickcall.build(call)));
          jobs.push(search.settled(`a call to ${number}`, quickcall.call(call)));
        }
        for (const url of [handler.url, wrong.url]) {
          const press = { endpoint: "sales", number: `+1415${100 + next++}${number}`, blocking };
          const quickcall = new Quickcall({ handler: url, fetch: heard });
          jobs.push(search.settled(`a call to ${number} through a handler`, quickcall.call(press)));
        }
      }
    }
    await Promise.all(jobs);
    await watched(search, watcher, /** @type {Quickcall} */ (clients[0]), simulator);
    await followed(search, handler.url, heard);
    for (const { method, target, headers, body } of await simulator.calls()) {
      // The simulator keeps of the token's header only whether it was the right one.
      search.look("what arrived", [method, target, headers, body]);
    }
    watcher.close();
  } finally {
    handler.close();
    wrong.close();
    await simulator.stop();
  }
}

/**
 * @param {Search} search
 * @param {import("#quickcall/events").Watcher} watcher
 * @param {Quickcall} quickcall
 * @param {Simulator} simulator
 */
async function watched(search, watcher, quickcall, simulator) {
  await simulator.tellEvents({ foreign: true, repeated: 2 });
  const { result, progress } = await watcher.call(quickcall, { user: USER, number: "+14155551100" });
  search.look("a watched call", await result);
  for await (const step of progress) search.look("a step", step);
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
  const call = { endpoint: "sales", number: "+14155551101" };
  const key = "canary-follow-key";
  await search.settled("a call that is followed", quickcall.call(call, { key }));
  try {
    for await (const step of follow({ handler, call, key, fetch: heard }))
      search.look("a followed step", step);
  } catch (error) {
    search.look("an error of following", error);
  }
}

/**
 * Every scenario by a button and by the class, in a page.
 * @param {Search} search
 */
async function inPage(search) {
  const folder = await mkdtemp(join(tmpdir(), "quickcall-canaries-"));
  const simulator = await startSimulator({
    speed: 50,
    token: TOKEN,
    rateLimit: false,
    www: folder,
    package: fileURLToPath(new URL("../../pkg", import.meta.url)),
  });
  const handler = await serve(
    createHandler({
      ...handlerConfig(simulator, TOKEN, simulator.origin),
      options: { timeout: 4 },
      deadlineMargin: 1,
      events: { url: (await simulator.about()).events, WebSocket },
    }),
  );
  const browser = await launchChromium();
  try {
    const { scenarios } = await simulator.about();
    const numbers = scenarios.map(
      (/** @type {{ number: string }} */ { number }, /** @type {number} */ index) =>
        `+1415${200 + index}${number}`,
    );
    const buttons = numbers.map(
      (/** @type {string} */ number) =>
        `<quickcall-button handler="${handler.url}" endpoint="sales" number="${number}" confirm="never" progress>Call</quickcall-button>`,
    );
    await writeFile(
      join(folder, "page.html"),
      `<!doctype html><title>A page</title>${buttons.join("")}<script type="module" src="/quickcall/dist/element.js"></script>`,
    );
    const page = await browser.newPage();
    page.on("console", (message) => search.look("the page's console", message.text()));
    page.on("pageerror", (error) => search.look("an error in the page", String(error)));
    page.on("request", async (request) => {
      const { "x-auth-token": _, ...headers } = await request.allHeaders();
      search.look("a request of the page", [request.url(), headers, request.postData()]);
    });
    await page.goto(`${simulator.origin}/page.html`);
    await page.waitForFunction(() => customElements.get("quickcall-button"));
    await page.evaluate(() => {
      const scope = /** @type {any} */ (globalThis);
      scope.heard = [];
      for (const name of ["before", "state", "placed", "error", "progress"]) {
        addEventListener(`quickcall-${name}`, (event) => {
          scope.heard.push(JSON.stringify(/** @type {CustomEvent} */ (event).detail));
        });
      }
    });
    for (const button of await page.locator("quickcall-button [part=button]").all()) {
      await button.click({ force: true });
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
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll("quickcall-button")].every(
          (button) => !["calling", "idle"].includes(button.getAttribute("data-state") ?? ""),
        ) || /** @type {any} */ (globalThis).heard.length > 60,
      undefined,
      { timeout: 30_000 },
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
      search.look(`${where} in the browser`, text);
    }
  } finally {
    await browser.close();
    handler.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A server that repeats the token in all it says.
 * @param {Search} search
 */
async function repeated(search) {
  const parrot = await startParrot(search);
  const handler = await serve(
    createHandler({
      ...handlerConfig({ baseUrl: parrot.baseUrl }, TOKEN, ORIGIN),
      log: (entry) => search.look("the handler's log", JSON.stringify(entry)),
    }),
  );
  try {
    const quickcall = new Quickcall({ baseUrl: parrot.baseUrl, accountId: ACCOUNT, authToken: TOKEN });
    for (let index = 0; index < 2 * parrot.shapes; index++) {
      const number = `+1415666${1000 + index}`;
      await search.settled(
        "a server that repeats",
        quickcall.call({ user: USER, number, blocking: index % 3 > 0 }),
      );
      const response = await fetch(handler.url, {
        method: "POST",
        headers: {
          Origin: ORIGIN,
          "Content-Type": "application/json",
          "Idempotency-Key": `canary-key-${index}`,
        },
        body: JSON.stringify({ endpoint: "sales", number: `+1415777${1000 + index}` }),
      });
      search.look("a handler before a server that repeats", [[...response.headers], await response.text()]);
    }
    assert.equal(parrot.tokens(), 4 * parrot.shapes, "the token was sent in its header");
  } finally {
    handler.close();
    parrot.close();
  }
}

/**
 * Searches.
 * @param {{ releases?: ("4.3" | "5")[] }} how
 * @returns {Promise<{ texts: number, characters: number, found: number }>} How much was looked through, and how many
 *   secrets were found.
 * @throws When there is one.
 */
export async function runCanaries({ releases = ["4.3", "5"] }) {
  await init();
  const search = new Search();
  const proof = new Search();
  proof.look("a proof", { deep: { in: [`x${TOKEN}x`] } });
  assert.equal(proof.found.length, 1, "the search finds");
  const end = listenToConsole(search);
  try {
    for (const release of releases) await scenarios(search, release);
    await repeated(search);
    await inPage(search);
  } finally {
    end();
  }
  const { texts, characters, found } = search;
  assert.deepEqual([...new Set(found)], []);
  return { texts, characters, found: found.length };
}
