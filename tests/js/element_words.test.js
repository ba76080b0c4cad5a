/**
 * What the button says in Chromium, in each language, and what it hears of its call.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import {
  button,
  complaints,
  dialled,
  handler,
  inner,
  open,
  page,
  press,
  pressAgain,
  reached,
  said,
  sayYes,
  simulator,
  told,
} from "./harness/button_page.js";

/**
 * Lets the handler answer with an error of a test.
 * @param {number} status
 * @param {object} error
 */
const refuseWith = (status, error) =>
  page.route(handler.url, (route) =>
    route.fulfill({
      status,
      headers: { "access-control-allow-origin": "*", "access-control-allow-headers": "*" },
      json: { error },
    }),
  );

describe("the page", () => {
  it("hears what becomes of the call, where somebody tells it", async () => {
    await open(button('number="+14155550100" cooldown="0"'));
    await page.evaluate(() => {
      const scope = /** @type {any} */ (globalThis);
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.progress = async function* () {
        for (const step of [{ state: "connected" }, { state: "ended", hangupCause: "NORMAL_CLEARING" }]) {
          yield step;
          await new Promise((resolve) => {
            scope.next = resolve;
          });
        }
      };
    });
    await press();
    await reached("started");
    await page.waitForFunction(() => /** @type {any} */ (globalThis).next);
    assert.equal(await said(), "You are connected.");
    await page.evaluate(() => /** @type {any} */ (globalThis).next());
    await reached("idle");
  });

  it("blames the number only where that is what is wrong", async () => {
    const issue = { code: "changed", path: ["number"], message: "x" };
    for (const [code, severity, state] of [
      ["limited", "error", "failed"],
      ["invalid", "warning", "failed"],
      ["invalid", "error", "invalid"],
    ]) {
      await open(button('number="+14155550100" cooldown="0"'));
      const told = { code, outcome: "not_placed", message: "No.", issues: [{ ...issue, severity }] };
      await refuseWith(400, told);
      await press();
      await reached(state ?? "");
    }
  });

  it("says why a phone was not reached, and that it most likely was not answered", async () => {
    const number = 'number="+14155550100"';
    for (const [status, outcome, more, state, words] of /** @type {const} */ ([
      [502, "not_placed", { hangupCause: "USER_BUSY" }, "failed", "Your phone is busy."],
      [502, "not_placed", { hangupCause: "OTHER" }, "failed", "Your phone could not be reached."],
      [
        504,
        "unknown",
        { unanswered: true },
        "unknown",
        "Your phone was not answered, as it seems. Check it before you try again.",
      ],
    ])) {
      await open(button(number));
      await refuseWith(status, { code: "originate_failed", outcome, message: "No.", ...more });
      await press();
      await reached(state);
      assert.equal(await said(), words);
      await page.context().close();
    }
    await open("");
  });

  it("says a step in English rather than what was before it in the page's words, and nothing twice", async () => {
    await open(button());
    await page.evaluate(() => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.messages = { started: "Es klingelt.", progress: { answered: "Abgehoben." } };
      button.progress = async function* () {
        yield { state: "answered" };
        yield { state: "connected" };
        await new Promise(() => {});
      };
    });
    await press();
    await page.getByText("You are connected.").waitFor();
    const changes = await page.evaluate(async () => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      const message = button.shadowRoot.querySelector("[part=message]");
      const observer = new MutationObserver(() => {});
      observer.observe(message, { childList: true, characterData: true, subtree: true });
      button.messages = { progress: { answered: "Abgenommen." } };
      return observer.takeRecords().length;
    });
    // Screen readers tell what is written again once more.
    assert.equal(changes, 0);
  });

  it("says nothing of its own making, whatever name is told for a cause, a code or a step", async () => {
    await open(button('number="+14155550100" cooldown="0"'));
    const told = { code: "valueOf", outcome: "not_placed", message: "No.", hangupCause: "constructor" };
    await refuseWith(502, told);
    await press();
    await reached("failed");
    assert.equal(await said(), "The call was not placed. Try again later.");
    await page.unroute(handler.url);
    await page.evaluate(() => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.progress = async function* () {
        yield { state: "toString" };
        await new Promise(() => {});
      };
    });
    await pressAgain();
    await reached("started");
    assert.equal(await said(), "You are being connected.");
    assert.deepEqual(
      complaints.filter((text) => !text.includes("502")),
      [],
    );
  });

  it("hears from its handler what becomes of the call", async () => {
    await open(button('number="+14155550100" cooldown="0"'));
    await page.evaluate(async () => {
      const path = "/quickcall/dist/events.js";
      const { follow } = await import(path);
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      const scope = /** @type {any} */ (globalThis);
      scope.words = new Set();
      const message = button.shadowRoot.querySelector("[part=message]");
      new MutationObserver(() => scope.words.add(message.textContent)).observe(message, { childList: true });
      button.progress = (/** @type {any} */ _, /** @type {any} */ asked) => follow(asked);
    });
    await press();
    await reached("started");
    await reached("idle");
    const words = await page.evaluate(() => [.../** @type {any} */ (globalThis).words]);
    assert.deepEqual(words.slice(-4), [
      "You answered. The number is being called.",
      "You are connected.",
      "The call has ended.",
      "",
    ]);
    assert.deepEqual(await dialled(), ["+14155550100"]);
    assert.deepEqual(complaints, []);
  });

  it("says in English what has no words, and what is said changes nothing of the call", async () => {
    const given = {
      lacking: () => ({ call: "Anruf", calling: "Wird angerufen." }),
      throwing: () => ({
        get started() {
          throw new Error("No words.");
        },
      }),
    };
    for (const [name, words] of Object.entries(given)) {
      await simulator.clear();
      await open(button('number="+14155550100" confirm="dialog"'));
      await page.evaluate((words) => {
        const make = /** @type {() => any} */ (new Function(`return (${words})()`));
        /** @type {any} */ (document.querySelector("quickcall-button")).messages = make();
      }, String(words));
      await press();
      assert.match((await page.textContent("dialog")) ?? "", /connected to \+14155550100\.CallCancel$/);
      await sayYes();
      await reached("started");
      if (name === "lacking") assert.equal(await said(), "You are being connected.");
      await page.waitForTimeout(200);
      assert.deepEqual(
        (await told()).filter((/** @type {string[]} */ [name]) => name !== "state"),
        [
          ["before", "+14155550100"],
          ["placed", "started"],
        ],
      );
      assert.deepEqual(await dialled(), ["+14155550100"]);
      await page.context().close();
    }
    await open("");
  });

  it("marks as English what the page has no words for, and nothing else", async () => {
    await open(`${button('number="+14155550100" confirm="dialog"').replace("Call us", "")}`);
    const look = () =>
      page.evaluate(() => {
        document.documentElement.dir = "rtl";
        const root = document.querySelector("quickcall-button")?.shadowRoot;
        const marked = [...(root?.querySelectorAll("[lang]") ?? [])];
        return marked.map((element) => [
          element.getAttribute("part") ?? element.parentElement?.localName,
          element.getAttribute("lang"),
          element.getAttribute("dir"),
        ]);
      });
    await page.evaluate(() => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.messages = { confirm: "نعم؟", no: "لا" };
    });
    await press();
    await page.waitForSelector("dialog[open]");
    assert.deepEqual(await look(), [
      ["slot", "en", "ltr"],
      ["confirm", "en", "ltr"],
    ]);
    await sayYes();
    await reached("started");
    assert.deepEqual(await look(), [
      ["slot", "en", "ltr"],
      ["message", "en", "ltr"],
    ]);
    await page.evaluate(() => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.messages = { started: "…", call: "اتصل" };
    });
    assert.deepEqual(await look(), []);
  });

  it("gives its words to buttons and links as docs/element.md says", async () => {
    const text = readFileSync(new URL("../../docs/element.md", import.meta.url), "utf8");
    const [languages = "", links = ""] = ["## Languages", "## Links of a page"].map(
      (heading) => /```js\n([\s\S]+?)```/.exec(text.slice(text.indexOf(`\n${heading}\n`)))?.[1],
    );
    const [call] = /enhanceTelLinks\(document.*/.exec(links) ?? [];
    const script = `${languages}${call}`
      .replaceAll('"quickcall/element/class"', '"/quickcall/dist/element_class.js"')
      .replaceAll('"quickcall/messages/de"', '"/quickcall/dist/messages_de.js"')
      .replaceAll('"quickcall/element"', '"/quickcall/dist/element.js"')
      .replaceAll("https://edge.example.com/call", handler.url);
    await open("");
    const content = `<quickcall-button></quickcall-button> <a href="tel:+19005550100">Call</a>
      <script type="module">${script}</script>`;
    const url = new URL("/words.html", page.url()).href;
    await page.route(url, (route) =>
      route.fulfill({ contentType: "text/html", body: `<!doctype html><title>A page</title>${content}` }),
    );
    await page.goto(url);
    await page.click(inner);
    await reached("failed");
    assert.equal(await page.textContent(inner), "Anrufen");
    assert.match((await said()) ?? "", /^Von hier aus kann zurzeit nicht angerufen werden\./);
    await page.click("a");
    await page.waitForSelector("[data-quickcall-notice] .said");
    assert.equal(await page.textContent("[data-quickcall-notice] [part=close]"), "Schließen");
    assert.deepEqual(
      complaints.filter((text) => /Error/.test(text)),
      [],
    );
  });

  it("says it in another language, for all buttons or for one", async () => {
    await open(button("") + button(""));
    await page.evaluate(async () => {
      const path = "/quickcall/dist/";
      const [{ de }, { ar }, { QuickcallButton }] = await Promise.all([
        import(`${path}messages_de.js`),
        import(`${path}messages_ar.js`),
        import(`${path}element_class.js`),
      ]);
      QuickcallButton.messages = de;
      /** @type {any} */ (document.querySelectorAll("quickcall-button")[1]).messages = ar;
    });
    for (const [place, words] of [
      [0, "Diese Nummer kann nicht angerufen werden. Prüfen Sie sie und versuchen Sie es noch einmal."],
      [1, "لا يمكن الاتصال بهذا الرقم. تحقّق منه ثم حاول مرة أخرى."],
    ]) {
      await page.locator(inner).nth(Number(place)).click();
      await page.locator('quickcall-button[data-state="invalid"]').nth(Number(place)).waitFor();
      assert.equal(
        await page.locator("quickcall-button [part=message]").nth(Number(place)).textContent(),
        words,
      );
    }
  });
});

it("every language has a text for every state and code", async () => {
  const { en, ...others } = Object.assign(
    {},
    ...(await Promise.all(
      ["en", "de", "fr", "es", "ar"].map((language) => import(`../../pkg/src/messages_${language}.js`)),
    )),
  );
  /** @param {any} words @returns {any} */
  const shape = (words) =>
    typeof words === "string"
      ? words.includes("{number}")
      : Object.fromEntries(Object.entries(words).map(([key, value]) => [key, shape(value)]));
  for (const [language, words] of Object.entries(others)) assert.deepEqual(shape(words), shape(en), language);
  // The button is there: what could not be told is which call was meant.
  for (const { errors } of [en, ...Object.values(others)])
    assert.notEqual(errors.key_mismatch, errors.load_failed);
  const codes = ["error", "refusal"].flatMap((file) => {
    const text = readFileSync(new URL(`../../src/${file}.rs`, import.meta.url), "utf8");
    return [...text.matchAll(/^ {4}[A-Z]\w+ = "([a-z_]+)",/gm)].map(([, code = ""]) => code);
  });
  assert.ok(codes.length > 25, codes.join());
  for (const code of codes) assert.ok(code in en.errors, code);
});
