/**
 * The button in every state, its dialogs and a link's notice, in Chromium and Firefox, light and dark, left to right and right to
 * left: axe finds nothing, the keyboard alone is enough, and what a screen reader is told is what docs/element.md says. Screenshots
 * go to tests/out: one of all states side by side, and one of each dialog and of the notice.
 */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../edge/harness/browsers.js";
import { handlerConfig, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";

/** @import { Browser, Page } from "puppeteer-core" */

const root = fileURLToPath(new URL("../..", import.meta.url));
/** @type {typeof import("#quickcall/edge")} */
const { createHandler } = await import(new URL("../../pkg/dist/edge.js", import.meta.url).href);

const AXE = readFileSync(createRequire(join(root, "package.json")).resolve("axe-core"), "utf8");
const TOKEN = "canary-token-e1e3";
const out = join(root, "tests/out");

/** @param {number} page @param {string} scenario */
const numberOf = (page, scenario) => `+1415${200 + page}${scenario}`;
/**
 * One button for each state that a press leads to, in the order of the Tab key. A number whose call ended unknown is not called
 * again for a while, so each page has numbers of its own. No state ends before its picture is taken.
 * @param {number} page
 */
const buttons = (page) => {
  const number = (/** @type {string} */ scenario) => `number="${numberOf(page, scenario)}" cooldown="100"`;
  return {
    dialog: `${number("0100")} confirm="dialog"`,
    asked: `${number("0107")} confirm="dialog"`,
    stopped: number("0106"),
    started: number("0100"),
    accepted: number("0198"),
    failed: number("0101"),
    invalid: 'number="users"',
    unknown: number("0110"),
    calling: number("0109"),
    press: `${number("0100")} confirm="press"`,
    disabled: `${number("0100")} disabled`,
  };
};
/** All states that docs/element.md names, in its order. */
const STATES = ["idle", "confirming", "calling", "started", "accepted", "failed", "invalid", "unknown"];
/** The rows of its table of what a screen reader is told. */
const ROWS = [...STATES, "unknown (stopped)", "confirming, after unknown"];
let pages = 0;

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
const folder = mkdtempSync(join(tmpdir(), "quickcall-button-"));

before(async () => {
  mkdirSync(out, { recursive: true });
  simulator = await startSimulator({
    speed: 5,
    token: TOKEN,
    rateLimit: false,
    www: folder,
    package: join(root, "pkg"),
  });
  handler = await serve(
    createHandler({
      ...handlerConfig(simulator, TOKEN, simulator.origin),
      options: { timeout: 20 },
      visitorOptions: ["blocking"],
    }),
  );
});
after(async () => {
  handler?.close();
  rmSync(folder, { recursive: true, force: true });
  await simulator?.stop();
});

/**
 * @param {"Chromium" | "Firefox"} name
 * @param {boolean} dark
 * @returns {Promise<Browser>}
 */
function start(name, dark) {
  return launch(name, {
    args: dark ? ["--force-dark-mode"] : [],
    extraPrefsFirefox: {
      "ui.systemUsesDarkTheme": dark ? 1 : 0,
      "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
      // Else Tab skips what is no field, as on a Mac.
      "accessibility.tabfocus": 7,
    },
  });
}

/**
 * @param {Browser} browser
 * @param {string} direction
 * @param {boolean} dark
 */
async function open(browser, direction, dark) {
  const language = direction === "rtl" ? "ar" : "en";
  const words = language === "ar" ? "اتصل بنا" : "Call us";
  pages += 1;
  const content = Object.entries(buttons(pages)).map(
    ([id, attributes]) =>
      `<p><quickcall-button id="${id}" handler="${handler.url}" endpoint="sales" ${attributes}>${words} (${id})</quickcall-button></p>`,
  );
  const link = `<p><a id="link" href="tel:${numberOf(pages, "0199")}">${words} (link)</a></p>`;
  const script = `
    import { enhanceTelLinks, QuickcallButton } from "/quickcall/dist/element.js";
    import { ar } from "/quickcall/dist/messages_ar.js";
    if (document.documentElement.lang === "ar") QuickcallButton.messages = ar;
    document.getElementById("accepted").options = { blocking: false };
    enhanceTelLinks(document, { handler: "${handler.url}", endpoint: "sales" });
    globalThis.isReady = true;`;
  writeFileSync(
    join(folder, "page.html"),
    `<!doctype html><html lang="${language}" dir="${direction}"><meta charset="utf-8"><title>A page</title>
    <meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><style>html { font: 16px sans-serif; color: CanvasText; background: Canvas }</style>
    <main><h1>A page</h1>${content.join("")}${link}</main><script type="module">${script}</script>`,
  );
  const page = await browser.newPage();
  await page.setViewport({ width: 640, height: 1100 });
  await page.goto(`${simulator.origin}/page.html`);
  await page.waitForFunction(() => /** @type {any} */ (globalThis).isReady);
  await page.evaluate(AXE);
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  assert.equal(isDark, dark);
  return page;
}

/** @param {Page} page @param {string} id @param {string} state */
const reached = (page, id, state) =>
  page.waitForFunction(
    (id, state) => document.getElementById(id)?.getAttribute("data-state") === state,
    { timeout: 15_000 },
    id,
    state,
  );

/** @param {Page} page @param {string} when */
async function axe(page, when) {
  const found = await page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run();
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html}`);
  });
  assert.deepEqual(found, [], when);
}

/** @param {Page} page @param {string} id */
const said = (page, id) =>
  page.evaluate((id) => {
    const root = document.getElementById(id)?.shadowRoot;
    const message = root?.querySelector("[part=message]");
    return {
      role: message?.getAttribute("role"),
      live: message?.getAttribute("aria-live"),
      words: message?.textContent,
      busy: root?.querySelector("[part=button]")?.getAttribute("aria-busy"),
    };
  }, id);

/**
 * What the browser tells of the first element with this role and name.
 * @param {Page} page
 * @param {string} role
 * @param {string} name A part of it is enough.
 */
async function told(page, role, name) {
  // Asked without the help of `page.accessibility`, which leaves out that a button is busy.
  const session = await page.createCDPSession();
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const node = nodes.find((node) => node.role?.value === role && node.name?.value.includes(name));
  const properties = new Map(node?.properties?.map(({ name, value }) => [String(name), value.value]));
  const marks = ["busy", "disabled", "focused"].filter((name) => properties.get(name));
  return [node?.role?.value, `“${node?.name?.value.replace(/ \(\w+\)$/, "")}”`, ...marks].join(", ");
}

/** @type {Map<string, string>} */
const table = new Map();

for (const name of /** @type {const} */ (["Chromium", "Firefox"])) {
  for (const dark of [false, true]) {
    test(`${name}, ${dark ? "dark" : "light"}: every state, by the keyboard alone`, {
      timeout: 120_000,
    }, async () => {
      const browser = await start(name, dark);
      try {
        for (const direction of ["ltr", "rtl"]) {
          const page = await open(browser, direction, dark);
          const isTold = name === "Chromium" && !dark && direction === "ltr";
          /** @param {string} state @param {string} id */
          const look = async (state, id) => {
            await axe(page, `${direction}, ${state}`);
            const { role, live, words, busy } = await said(page, id);
            assert.deepEqual([role, live], ["status", "polite"]);
            assert.equal(words === "", state === "idle");
            assert.equal(busy, String(state === "calling"), `${state}: aria-busy`);
            if (!isTold) return;
            table.set(
              state,
              `| ${state} | ${await told(page, "button", `(${id})`)} | ${words || "(nothing)"} |`,
            );
          };
          /** @param {string} what */
          const picture = (what) =>
            page.screenshot({
              path: join(out, `button-${name}-${dark ? "dark" : "light"}-${direction}-${what}.png`),
            });
          const focused = () => page.evaluate(() => document.activeElement?.id);
          /** @param {string} id */
          const tabTo = async (id) => {
            await page.keyboard.press("Tab");
            assert.equal(await focused(), id);
          };
          /** @param {string} id */
          const isAsked = (id) =>
            page.waitForFunction(
              (id) => document.getElementById(id)?.shadowRoot?.querySelector("dialog[open]"),
              {},
              id,
            );
          /** @param {string} id @param {string} what */
          const lookAtDialog = async (id, what) => {
            await isAsked(id);
            await axe(page, `${direction}, ${what}`);
            await picture(what);
            if (!isTold) return;
            const question = await page.evaluate(
              (id) => document.getElementById(id)?.shadowRoot?.querySelector("dialog p")?.textContent,
              id,
            );
            assert.equal(await told(page, "dialog", ""), `dialog, “${question}”`);
          };

          await tabTo("dialog");
          await page.keyboard.press("Enter");
          await lookAtDialog("dialog", "dialog");
          await page.keyboard.press("Escape");
          await reached(page, "dialog", "idle");
          assert.equal(await focused(), "dialog", "the focus comes back");

          await tabTo("asked");
          await page.keyboard.press("Enter");
          await isAsked("asked");
          // Later than the second press of a double one.
          await new Promise((resolve) => setTimeout(resolve, 450));
          await page.keyboard.press("Enter");
          await reached(page, "asked", "unknown");
          await page.keyboard.press("Enter");
          await lookAtDialog("asked", "dialog-after-unknown");
          await page.keyboard.press("Escape");
          await reached(page, "asked", "unknown");
          assert.equal(await focused(), "asked", "the focus comes back");

          const before = (await simulator.calls()).length;
          await tabTo("stopped");
          await page.keyboard.press("Enter");
          await reached(page, "stopped", "calling");
          assert.equal(await focused(), "stopped", "who waits keeps the place");
          for (let rest = 100; rest > 0 && (await simulator.calls()).length === before; rest--) {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          await page.keyboard.press("Escape");
          await reached(page, "stopped", "unknown");
          await look("unknown (stopped)", "stopped");

          for (const id of ["started", "accepted", "failed", "invalid", "unknown"]) {
            await tabTo(id);
            await page.keyboard.press("Enter");
            await reached(page, id, id);
            await look(id, id);
          }
          await page.keyboard.press("Enter");
          await reached(page, "unknown", "confirming");
          await look("confirming, after unknown", "unknown");

          await tabTo("calling");
          await page.keyboard.press("Enter");
          await reached(page, "calling", "calling");
          await look("calling", "calling");

          await tabTo("press");
          await look("idle", "press");
          await page.keyboard.press(" ");
          await reached(page, "press", "confirming");
          await look("confirming", "press");
          const shown = await page.evaluate(() =>
            [...document.querySelectorAll("[data-state]")].map((button) => button.getAttribute("data-state")),
          );
          assert.deepEqual(
            STATES.filter((state) => !shown.includes(state)),
            [],
            "on the picture is every state",
          );
          await picture("states");
          await page.keyboard.press("Escape");
          await reached(page, "press", "idle");

          // The one that is disabled is passed over.
          await tabTo("link");
          await page.keyboard.press("Enter");
          await reached(page, "link", "started");
          await page.waitForFunction(() =>
            document.querySelector("[data-quickcall-notice]")?.shadowRoot?.querySelector(".said"),
          );
          await axe(page, `${direction}, the notice of a link`);
          await page.keyboard.press("Tab");
          await picture("notice");
          await page.keyboard.press("Enter");
          await reached(page, "link", "idle");
          assert.equal(await focused(), "link", "the focus comes back");
          await page.close();
          await simulator.clear();
        }
      } finally {
        await browser.close();
      }
    });
  }
}

test("docs/element.md says what a screen reader is told", () => {
  const written = [
    "| state | the button | the live region |",
    "|---|---|---|",
    ...ROWS.map((row) => table.get(row)),
  ].join("\n");
  writeFileSync(join(out, "screen-reader.md"), `${written}\n`);
  assert.ok(readFileSync(join(root, "docs/element.md"), "utf8").includes(written), written);
});
