/**
 * The button in every state, in Chromium and Firefox, light and dark, left to right and right to left: axe finds nothing, the
 * keyboard alone is enough, and what a screen reader is told is what docs/element.md says. Screenshots go to tests/out.
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

/**
 * One button for each state that a press leads to. A number whose call ended unknown is not called again for a while, so each
 * page has numbers of its own.
 * @param {number} page
 */
const buttons = (page) => {
  const number = (/** @type {string} */ scenario) => `number="+1415${200 + page}${scenario}"`;
  return {
    press: `${number("0100")} confirm="press"`,
    dialog: `${number("0100")} confirm="dialog"`,
    calling: number("0106"),
    started: number("0100"),
    failed: number("0101"),
    invalid: 'number="users"',
    unknown: number("0110"),
    disabled: `${number("0100")} disabled`,
  };
};
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
  const script =
    language === "ar"
      ? 'import { QuickcallButton } from "/quickcall/dist/element.js"; import { ar } from "/quickcall/dist/messages_ar.js"; QuickcallButton.messages = ar;'
      : 'import "/quickcall/dist/element.js";';
  writeFileSync(
    join(folder, "page.html"),
    `<!doctype html><html lang="${language}" dir="${direction}"><meta charset="utf-8"><title>A page</title>
    <meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><style>html { font: 16px sans-serif; color: CanvasText; background: Canvas }</style>
    <main><h1>A page</h1>${content.join("")}</main><script type="module">${script}</script>`,
  );
  const page = await browser.newPage();
  await page.setViewport({ width: 640, height: 900 });
  await page.goto(`${simulator.origin}/page.html`);
  await page.waitForFunction(() => customElements.get("quickcall-button"));
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
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run();
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html}`);
  });
  assert.deepEqual(found, [], when);
}

/** @param {Page} page @param {string} id */
const said = (page, id) =>
  page.evaluate((id) => {
    const message = document.getElementById(id)?.shadowRoot?.querySelector("[part=message]");
    return [message?.getAttribute("role"), message?.getAttribute("aria-live"), message?.textContent];
  }, id);

/**
 * What the browser tells of a button.
 * @param {Page} page
 * @param {string} id
 */
async function told(page, id) {
  const snapshot = await page.accessibility.snapshot({ interestingOnly: true });
  /** @param {any} node @returns {any[]} */
  const all = (node) => [node, ...(node.children ?? []).flatMap(all)];
  const node = all(snapshot).find(({ role, name }) => role === "button" && name.includes(`(${id})`));
  const { role, name, busy, disabled, focused } = node;
  return [
    role,
    `“${name.replace(` (${id})`, "")}”`,
    busy && "busy",
    disabled && "disabled",
    focused && "focused",
  ]
    .filter(Boolean)
    .join(", ");
}

/** @type {string[]} */
const table = [];

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
            const [role, live, words] = await said(page, id);
            assert.deepEqual([role, live], ["status", "polite"]);
            assert.equal(words === "", state === "idle");
            if (!isTold) return;
            table.push(`| ${state} | ${await told(page, id)} | ${words || "(nothing)"} |`);
          };
          const focused = () => page.evaluate(() => document.activeElement?.id);

          await page.keyboard.press("Tab");
          assert.equal(await focused(), "press");
          await look("idle", "press");
          await page.keyboard.press(" ");
          await reached(page, "press", "confirming");
          await look("confirming", "press");
          await page.keyboard.press("Escape");
          await reached(page, "press", "idle");

          await page.keyboard.press("Tab");
          assert.equal(await focused(), "dialog");
          await page.keyboard.press("Enter");
          await page.waitForFunction(() =>
            document.getElementById("dialog")?.shadowRoot?.querySelector("dialog[open]"),
          );
          await axe(page, `${direction}, dialog`);
          await page.screenshot({
            path: join(out, `button-${name}-${dark ? "dark" : "light"}-${direction}-dialog.png`),
          });
          await page.keyboard.press("Escape");
          await reached(page, "dialog", "idle");
          assert.equal(await focused(), "dialog", "the focus comes back");

          await page.keyboard.press("Tab");
          assert.equal(await focused(), "calling");
          await page.keyboard.press("Enter");
          await reached(page, "calling", "calling");
          assert.equal(await focused(), "calling", "who waits keeps the place");
          await look("calling", "calling");
          for (let rest = 100; rest > 0 && (await simulator.calls()).length === 0; rest--) {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          await page.keyboard.press("Escape");
          await reached(page, "calling", "unknown");
          await look("unknown (stopped)", "calling");

          for (const id of ["started", "failed", "invalid", "unknown"]) {
            await page.keyboard.press("Tab");
            assert.equal(await focused(), id);
            await page.keyboard.press("Enter");
            await reached(page, id, id);
            await look(id, id);
          }
          await page.screenshot({
            path: join(out, `button-${name}-${dark ? "dark" : "light"}-${direction}.png`),
          });
          await page.keyboard.press("Enter");
          await reached(page, "unknown", "confirming");
          await look("confirming, after unknown", "unknown");
          await page.keyboard.press("Tab");
          assert.notEqual(await focused(), "disabled");
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
  const written = ["| state | the button | the live region |", "|---|---|---|", ...table].join("\n");
  writeFileSync(join(out, "screen-reader.md"), `${written}\n`);
  assert.ok(readFileSync(join(root, "docs/element.md"), "utf8").includes(written), written);
});
