/**
 * Values that nobody should give to a button or to the links of a page. Each call of a button ends with a `QuickcallError`, the
 * page goes on. None has a server to call.
 * @module
 */

import assert from "node:assert/strict";
import { launchChromium } from "../js/harness/browser.js";
import { startPageServer } from "./harness/page_server.js";

/**
 * Tries each value in each property.
 * @returns {Promise<number>} How many were tried.
 */
export async function runHostileButtons() {
  const served = await startPageServer({ speed: 1_000 });
  await served.put(
    "page.html",
    `<!doctype html><title>A page</title><link rel="icon" href="data:,"><p id="root"><a href="tel:+14155550100">Call</a></p>
    <script type="module" src="/quickcall/dist/element.js"></script>`,
  );
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(served.page);
    await page.waitForFunction(() => customElements.get("quickcall-button"));
    // What is tried is in the page: no such value can be sent there.
    const { tried, wrong, links } = await page.evaluate(tryAll);
    assert.deepEqual(wrong, []);
    for (let index = 0; index < links; index++) {
      await page.evaluate((index) => /** @type {any} */ (globalThis).enhance(index), index);
      await page.click("#root a");
      await page.waitForTimeout(20);
    }
    // What a value throws by itself, where a listener or a setter reads it.
    assert.deepEqual(
      errors.filter((error) => !/hostile/.test(error)),
      [],
    );
    return tried + links;
  } finally {
    await browser.close();
    await served.stop();
  }
}

/** Runs in the page. */
async function tryAll() {
  const path = "/quickcall/dist/element.js";
  const { enhanceTelLinks } = await import(String(path));
  const throws = () => {
    throw new RangeError("hostile");
  };
  const cyclic = /** @type {any} */ ({});
  cyclic.number = cyclic;
  const values = [
    ...[
      null,
      undefined,
      true,
      false,
      0,
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2n ** 70n,
      Symbol("s"),
      "",
      "\ud800",
    ],
    ...[
      "x".repeat(70_000),
      "javascript:alert(1)",
      "//",
      "http://[",
      [],
      {},
      () => {},
      throws,
      class {},
      cyclic,
    ],
    ...[async () => {}, new Date(Number.NaN), /x/, document, Promise.resolve(), Object.create(null)],
    new Proxy({}, { get: throws, ownKeys: throws, has: throws, getPrototypeOf: throws }),
    { toString: throws, valueOf: throws, toJSON: throws, [Symbol.toPrimitive]: throws },
    Object.defineProperty({}, "timeout", { get: throws, enumerable: true }),
  ];
  const names = [
    ...[
      "authToken",
      "options",
      "progress",
      "handler",
      "endpoint",
      "number",
      "confirm",
      "cooldown",
      "disabled",
    ],
  ];
  /** @type {string[]} */
  const wrong = [];
  let tried = 0;
  const one = async (
    /** @type {string} */ name,
    /** @type {number} */ index,
    /** @type {unknown} */ value,
  ) => {
    tried += 1;
    const button = /** @type {any} */ (document.createElement("quickcall-button"));
    // It cannot place a call: nothing listens there.
    button.setAttribute("base-url", "http://127.0.0.1:9/v2");
    button.setAttribute("account-id", "0123456789abcdef0123456789abcdef");
    button.setAttribute("user", "a".repeat(32));
    button.setAttribute("number", "+14155550100");
    // A handler that is none is asked until the deadline.
    button.options = { timeout: 4 };
    document.body.append(button);
    try {
      button[name] = value;
    } catch {
      // What a value throws where JavaScript makes a text of it is the page's own.
      button.remove();
      return;
    }
    const late = new Promise((resolve) => setTimeout(resolve, 90_000, "nothing was said"));
    const said = await Promise.race([
      late,
      (async () => button.call())().then(
        () => "placed",
        (
          /** @type {any} */ error, // What a getter of the page's own throws is the page's own.
        ) => (error?.name === "QuickcallError" || error?.message === "hostile" ? "" : `${error}`),
      ),
    ]);
    if (said !== "" && said !== "placed") wrong.push(`${name} ${index}: ${said}`);
    if (said === "placed" && button.state !== "idle") wrong.push(`${name} ${index}: placed`);
    button.remove();
  };
  await Promise.all(names.flatMap((name) => values.map((value, index) => one(name, index, value))));
  /** @type {(() => void) | undefined} */
  let leave;
  /** @type {any[]} */
  const options = values.flatMap((value) => [
    { handler: value, endpoint: "sales" },
    { handler: "/nowhere", endpoint: value },
    { handler: "/nowhere", endpoint: "sales", options: value },
  ]);
  Object.assign(globalThis, {
    /** @param {number} index */
    enhance(index) {
      leave?.();
      leave = enhanceTelLinks(document, options[index]);
    },
  });
  return { tried, wrong, links: options.length };
}
