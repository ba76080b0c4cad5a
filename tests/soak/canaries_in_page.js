/**
 * Secrets searched for in a page: its console, requests and events, its storage, and the buttons in it.
 * @module
 */

import assert from "node:assert/strict";
import { createHandler } from "#quickcall/edge";
import { launch } from "../edge/harness/browsers.js";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startPageServer } from "./harness/page_server.js";
import { ACCOUNT, assertAllMet, heardSocket, TOKEN, USER } from "./harness/search.js";

/** @import { BROWSERS } from "../edge/harness/browsers.js" */
/** @import { Search } from "./harness/search.js" */

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
export async function inPage(search, name, release) {
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
    assertAllMet(scenarios, await simulator.calls());
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
