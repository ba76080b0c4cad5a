/**
 * The button as an element of a page in Chromium: where its number comes from, what it loads, and where it may stand.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import {
  ACCOUNT,
  button,
  complaints,
  dialled,
  handler,
  inner,
  keepBack,
  open,
  openDirect,
  page,
  press,
  reached,
  said,
  simulator,
  TOKEN,
  USER,
  urls,
} from "./harness/button_page.js";

describe("where the number comes from", () => {
  it("a field of the page", async () => {
    await open(`<label>Number <input id="number" value="(415) 555-0100"></label>${button('for="number"')}`);
    await page.fill("#number", "+1 415 555 0199");
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550199"]);
  });

  it("a tel: link, without what follows the number", async () => {
    const link = '<a href="tel:+1-415-555-0100;ext=12">Call our office</a>';
    await open(`<quickcall-button handler="${handler.url}" endpoint="sales">${link}</quickcall-button>`);
    assert.ok(await page.getByRole("button", { name: "Call our office" }).isVisible());
    await page.getByRole("button", { name: "Call our office" }).click();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });
});

it("the text of a link keeps its order and its language in a page that runs from right to left", async () => {
  for (const [text, direction] of /** @type {[string, string][]} */ ([
    ["+1 415 555 0106", "ltr"],
    ["اتصل بنا", "rtl"],
  ])) {
    const written = Array.from(text, (character) => `&#${character.codePointAt(0)};`).join("");
    const link = `<a lang="fr" href="tel:+14155550106">${written}</a>`;
    await open(
      `<div dir="rtl"><quickcall-button handler="${handler.url}" endpoint="sales">${link}</quickcall-button></div>`,
    );
    const shown = await page.locator("[part=label] > *").evaluate((element) => {
      const { direction } = getComputedStyle(element);
      return [element.textContent, direction, /** @type {HTMLElement} */ (element).lang];
    });
    assert.deepEqual(shown, [text, direction, "fr"]);
    await page.context().close();
  }
  await open("");
});

it("a cool-down that is none is the usual one", async () => {
  await open(button('number="+14155550100"'));
  const found = await page.locator("quickcall-button").evaluate((button) =>
    ["", "-1", "Infinity", "soon", "0"].map((given) => {
      button.setAttribute("cooldown", given);
      return /** @type {any} */ (button).cooldown;
    }),
  );
  assert.deepEqual(found, [5, 5, 5, 5, 0]);
});

it("a button that is reset is as before: for its form, for styles and for assistive technology", async () => {
  await open(`<form>${button('name="call" number="+14155550100"')}</form>`);
  const look = () =>
    page.evaluate(() => {
      const own = /** @type {any} */ (document.querySelector("quickcall-button"));
      const value = new FormData(/** @type {HTMLFormElement} */ (document.querySelector("form"))).get("call");
      const isQuiet = own.shadowRoot.querySelector("button").getAttribute("aria-disabled");
      return [own.matches(":state(idle)"), own.matches(":state(started)"), isQuiet, value !== null];
    });
  assert.deepEqual(await look(), [true, false, "false", false]);
  await press();
  await reached("started");
  assert.deepEqual(await look(), [false, true, "true", true]);
  await page.evaluate(() => /** @type {any} */ (document.querySelector("quickcall-button")).reset());
  assert.deepEqual(await look(), [true, false, "false", false]);
});

describe("a tel: link without text", () => {
  const DRAWING = '<svg width="24" height="24"><rect width="24" height="24"/></svg>';
  const named = {
    "an image":
      '<a href="tel:+14155550100"><img width="40" height="40" alt="Call our office" src="data:,"></a>',
    "an aria-label": `<a href="tel:+14155550100" aria-label="Call our office">${DRAWING}</a>`,
    "a title": `<a href="tel:+14155550100" title=" Call our office ">${DRAWING}</a>`,
    "a drawing's title": `<a href="tel:+14155550100">${DRAWING.replace("<rect", "<title>Call our office</title><rect")}</a>`,
  };
  /** @param {string} link */
  const around = (link) =>
    `<quickcall-button handler="${handler.url}" endpoint="sales">${link}</quickcall-button>`;
  const isShown = () => page.isVisible("quickcall-button a");

  for (const [name, link] of Object.entries(named)) {
    it(`gives its name, and is not in the button: ${name}`, async () => {
      await open(around(link));
      assert.equal(await isShown(), false);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement?.localName), "body", "one tab stop");
      await page.getByRole("button", { name: "Call our office", exact: true }).click();
      await reached("started");
      assert.deepEqual(await dialled(), ["+14155550100"]);
    });
  }

  it("without any name is not shown, nor without a number", async () => {
    await open(around(`<a href="tel:+1-415-555-0100;ext=9">${DRAWING}</a>`));
    assert.equal(await isShown(), false);
    assert.ok(await page.getByRole("button", { name: "Call", exact: true }).isVisible());
    await open(around(`<a href="tel:">${DRAWING}</a>`));
    assert.equal(await isShown(), false);
    assert.ok(await page.getByRole("button", { name: "Call", exact: true }).isVisible());
  });

  it("may become one, and be named, later", async () => {
    await open(around(`<a>${DRAWING}</a>`));
    await page.evaluate(() => document.querySelector("a")?.setAttribute("href", "tel:+14155550100"));
    await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    assert.equal(await isShown(), false);
    await page.evaluate(() => document.querySelector("a")?.setAttribute("aria-label", "Call our office"));
    await page.getByRole("button", { name: "Call our office" }).waitFor();
  });
});

it("a property without a value is no attribute", async () => {
  await open(button('number="+14155550100" confirm="press" cooldown="1" disabled'));
  const left = await page.evaluate(() => {
    const button = /** @type {any} */ (document.querySelector("quickcall-button"));
    const names = ["handler", "endpoint", "number", "confirm", "cooldown", "disabled"];
    return [undefined, null].map((nothing) => {
      for (const name of names) button[name] = "1";
      for (const name of names) button[name] = nothing;
      return [button.number, ...names.filter((name) => button.hasAttribute(name))];
    });
  });
  assert.deepEqual(left, [[""], [""]]);
});

describe("the page", () => {
  it("loads nothing but the element before the first intent", async () => {
    await open(button());
    const loaded = () => urls.filter((url) => url.includes("/quickcall/"));
    const bytes = loaded().map((url) =>
      gzipSync(readFileSync(new URL(`../../pkg${new URL(url).pathname.slice(10)}`, import.meta.url))),
    );
    const sum = bytes.reduce((sum, { length }) => sum + length, 0);
    assert.ok(sum <= 6_000, `${sum} bytes: ${loaded().join()}`);
    await Promise.all([page.waitForResponse(/call_by_handler\.js$/), page.hover(inner)]);
    assert.ok(!loaded().some((url) => /index|wasm/.test(url)), "a handler needs no WebAssembly in the page");
  });

  it("loads the WebAssembly at the first intent where the button calls directly", async () => {
    await open(`<quickcall-button base-url="${simulator.baseUrl}" number="1"></quickcall-button>`);
    assert.ok(!urls.some((url) => /call_directly/.test(url)));
    await Promise.all([page.waitForResponse(/call_directly\.js$/), page.focus(inner)]);
  });

  it("calls directly where the owner gives a token as a property", async () => {
    await openDirect('number="4155550100"');
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["4155550100"]);
    assert.equal((await page.content()).includes(TOKEN), false);
  });

  it("may move, clone and remove it, and define it twice", async () => {
    await open(`${button()}<div id="other"></div>`);
    await page.evaluate(async () => {
      const path = "/quickcall/dist/element.js?again";
      await import(path);
      const first = /** @type {Element} */ (document.querySelector("quickcall-button"));
      const other = /** @type {Element} */ (document.querySelector("#other"));
      other.append(first);
      other.append(first.cloneNode(true));
      first.remove();
    });
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
    assert.deepEqual(complaints, []);
  });

  it("has a message that is read as a whole in a page that breaks no lines", async () => {
    await open(`<p style="white-space: nowrap; width: 200px">${button('number="+19005550100"')}</p>`);
    await press();
    await reached("failed");
    const message = page.locator("quickcall-button [part=message]");
    assert.notEqual(await said(), "");
    const { width = 999, height = 0 } = (await message.boundingBox()) ?? {};
    const font = await message.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    assert.ok(width <= 200 && height > 2 * font, `${width} x ${height}`);
  });

  for (const [align, items] of [
    ["center", "center"],
    ["end", "flex-end"],
  ]) {
    it(`keeps it under the pointer when the message comes, at the ${align} of a line as docs/element.md has it`, async () => {
      await open(`<style>quickcall-button { align-items: ${items}; }</style>
        <p style="text-align: ${align}">${button('number="+14155550100" confirm="press"')}</p>`);
      const box = () => page.locator(inner).boundingBox();
      const before = await box();
      assert.ok(before);
      const middle = /** @type {const} */ ([before.x + before.width / 2, before.y + before.height / 2]);
      await page.mouse.click(...middle);
      await reached("confirming");
      assert.equal(await said(), "Press again to call +14155550100.");
      assert.deepEqual(await box(), before);
      await page.waitForTimeout(450);
      await page.mouse.click(...middle);
      await reached("started");
      assert.deepEqual(await dialled(), ["+14155550100"]);
    });
  }

  it("fits a window of 320 px, is large enough to hit, and respects what people set", async () => {
    const long =
      "A label that is much longer than a window of 320 pixels can hold in one single line of text";
    await open(
      `<quickcall-button handler="${handler.url}" number="+14155550106" endpoint="sales">${long}</quickcall-button>`,
    );
    await page.setViewportSize({ width: 320, height: 640 });
    const animations = () =>
      page.evaluate(() => document.querySelector("quickcall-button")?.shadowRoot?.getAnimations().length);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await keepBack();
    await press();
    await reached("calling");
    assert.equal(await animations(), 0);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    assert.equal(await animations(), 1);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
    const box = await page.locator(inner).boundingBox();
    assert.ok(box && box.width >= 44 && box.height >= 44);
    await page.emulateMedia({ forcedColors: "active" });
    const border = await page.locator(inner).evaluate((button) => getComputedStyle(button).borderTopStyle);
    assert.equal(border, "solid");
    await page.screenshot({ path: new URL("../out/button-forced-colors-320.png", import.meta.url).pathname });
  });

  for (const [name, isDirect] of /** @type {const} */ ([
    ["a handler", false],
    ["the server itself", true],
  ])) {
    it(`lets the request leave soon after the press: ${name}`, async (context) => {
      const direct = `<quickcall-button base-url="${simulator.baseUrl}" account-id="${ACCOUNT}" user="${USER}" number="4155550100"></quickcall-button>`;
      for (const warm of [false, true]) {
        await open(isDirect ? direct : button());
        await page.evaluate(
          (token) => {
            const scope = /** @type {any} */ (globalThis);
            if (token) /** @type {any} */ (document.querySelector("quickcall-button")).authToken = token;
            addEventListener("click", (event) => {
              scope.pressed ??= event.timeStamp;
            });
            /** When the WebAssembly was made. @type {number[]} */
            scope.made = [];
            for (const name of /** @type {const} */ (["compile", "instantiate"])) {
              /** @type {any} */
              const make = WebAssembly[name];
              /** @type {any} */ (WebAssembly)[name] = async (/** @type {any} */ ...given) => {
                const made = await make(...given);
                scope.made.push(performance.now());
                return made;
              };
            }
          },
          isDirect ? TOKEN : "",
        );
        const loaded = isDirect ? /call_directly\.js$/ : /call_by_handler\.js$/;
        if (warm) {
          await Promise.all([
            page.waitForResponse(loaded),
            page.waitForResponse(/call_words\.js$/),
            page.hover(inner),
          ]);
          const isMade = () => /** @type {any} */ (globalThis).made.length > 0;
          if (isDirect) await page.waitForFunction(isMade);
          await page.waitForTimeout(300);
        }
        await press();
        await reached("started");
        const { took, between } = await page.evaluate(() => {
          const { pressed, made } = /** @type {any} */ (globalThis);
          const entries = performance.getEntriesByType("resource");
          const asked = entries.find(({ name }) => /\/(call|quickcall\/[^/.]+)$/.test(name))?.startTime ?? 0;
          const isBetween = (/** @type {number} */ time) => time >= pressed && time < asked;
          return {
            took: asked - pressed,
            between: [
              ...entries.filter(({ startTime }) => isBetween(startTime)).map(({ name }) => name),
              ...made.filter(isBetween).map(() => "WebAssembly"),
            ],
          };
        });
        context.diagnostic(
          `press to request, ${name}, ${warm ? "all loaded" : "nothing loaded"}: ${took.toFixed(1)} ms`,
        );
        assert.ok(took > 0 && took < 20_000, `${took}`);
        // How long that takes depends on the machine, what it waits for does not.
        if (warm) assert.deepEqual(between, [], "the request waits for nothing");
        await page.context().close();
      }
      await open("");
    });
  }

  it("upgrades a button whose properties were set before the class was there", async () => {
    await open("");
    await page.evaluate((url) => {
      const late = document.createElement("template");
      late.innerHTML = "<quickcall-button></quickcall-button>";
      const button = /** @type {any} */ (late.content.firstElementChild);
      Object.assign(button, { handler: url, endpoint: "sales", number: "+14155550100" });
      // A name that can only be read must not keep the button from coming.
      Object.assign(button, { options: {}, authToken: "t", progress: async function* () {}, state: "mine" });
      document.querySelector("main")?.append(button);
    }, handler.url);
    const found = await page.$eval("quickcall-button", (button) => {
      const { authToken, options, progress, state } = /** @type {any} */ (button);
      return [Object.keys(button), options, authToken, typeof progress, state];
    });
    assert.deepEqual(found, [[], {}, "t", "function", "idle"]);
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("ends the waiting for a button that is removed, and not the call", async () => {
    // No answer comes.
    await open(button('number="+14155560109"'));
    await press();
    while ((await dialled()).length === 0) await page.waitForTimeout(20);
    const removed = await page.$("quickcall-button");
    const outcome = await page.evaluate(
      (button) =>
        new Promise((resolve) => {
          button?.addEventListener("quickcall-error", ({ detail }) => resolve([detail.code, detail.outcome]));
          button?.remove();
        }),
      removed,
    );
    assert.deepEqual(outcome, ["aborted", "unknown"]);
    assert.deepEqual(await dialled(), ["+14155560109"]);
    // Put back, it does not say that the person did what the page has done.
    const said = await page.evaluate((button) => {
      document.body.append(/** @type {Element} */ (button));
      return button?.shadowRoot?.querySelector("[part=message]")?.textContent;
    }, removed);
    assert.match(String(said), /^The waiting was ended\. Your phone may ring all the same/);
  });

  it("has it in a form: disabled with its fieldset, its value the call's id, until the form is reset", async () => {
    await open(`<form><fieldset disabled>${button('name="call" number="+14155550100"')}</fieldset></form>`);
    assert.equal(await page.isDisabled(inner), true);
    await page.evaluate(() => document.querySelector("fieldset")?.removeAttribute("disabled"));
    await press();
    await reached("started");
    const value = () =>
      page.evaluate(() => {
        const form = document.querySelector("form");
        return form && new FormData(form).get("call");
      });
    assert.match(String(await value()), /^[0-9a-f]{36}-quickcall$/);
    await page.evaluate(() => document.querySelector("form")?.reset());
    assert.equal(await value(), null);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "started");
  });

  it("may reset its form while a call is under way, and when nobody knows what became of one", async () => {
    const reset = () => page.evaluate(() => document.querySelector("form")?.reset());
    await open(`<form>${button('name="call" number="+14155570109"')}</form>`);
    await press();
    while ((await dialled()).length === 0) await page.waitForTimeout(20);
    await reset();
    await page.waitForTimeout(200);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "calling");
    await page.context().close();
    await open(`<form>${button('name="call" number="+14155550107"')}</form>`);
    await press();
    await reached("unknown");
    await reset();
    await press();
    await reached("confirming");
  });

  it("is disabled by its attribute and by a fieldset, however it came there", async () => {
    await open(`<fieldset>${button("disabled")}</fieldset>`);
    const step = (/** @type {string} */ what) =>
      page.evaluate((what) => {
        const [fieldset, first] = ["fieldset", "quickcall-button"].map((name) =>
          document.querySelector(name),
        );
        const copy = /** @type {Element} */ (first?.cloneNode(true));
        Function("fieldset", "first", "copy", what)(fieldset, first, copy);
        const button = document.querySelector("quickcall-button")?.shadowRoot?.querySelector("button");
        return button?.disabled;
      }, what);
    for (const [what, isDisabled] of /** @type {[string, boolean][]} */ ([
      ["", true],
      ["fieldset.disabled = true", true],
      ["first.disabled = false", true],
      ["fieldset.disabled = false", false],
      ["first.disabled = true", true],
      ["first.replaceWith(copy)", true],
      ["copy.disabled = false; first.replaceWith(copy)", false],
      ["copy.disabled = true; first.replaceWith(copy)", true],
      ["fieldset.disabled = true; first.disabled = false; fieldset.after(first)", false],
      ["fieldset.append(first)", true],
      ["fieldset.innerHTML = '<quickcall-button></quickcall-button>'", true],
      ["fieldset.disabled = false", false],
      ["fieldset.innerHTML = '<quickcall-button disabled></quickcall-button>'", true],
    ])) {
      assert.equal(await step(what), isDisabled, what || "as it came with the page");
    }
  });

  it("rests for a cool-down that is longer than a timer runs", async () => {
    await open(button('number="+14155550100" cooldown="3000000"'));
    await press();
    await reached("started");
    await page.waitForTimeout(300);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "started");
  });
});

it("custom-elements.json tells what there is", async () => {
  const { modules } = JSON.parse(
    readFileSync(new URL("../../pkg/custom-elements.json", import.meta.url), "utf8"),
  );
  const element = modules[1].declarations[0];
  const names = (/** @type {{ name: string }[]} */ list) => list.map(({ name }) => name);
  await open(button('number="+14155550100" confirm="dialog"'));
  await press();
  await page.waitForSelector("quickcall-button dialog[open]");
  const found = await page.evaluate(async () => {
    const button = /** @type {any} */ (document.querySelector("quickcall-button"));
    const { QuickcallButton } = await import(String("/quickcall/dist/element_class.js"));
    const sheets = [...button.shadowRoot.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const text = sheets.map((/** @type {CSSRule} */ rule) => rule.cssText).join(" ");
    return {
      parts: [...button.shadowRoot.querySelectorAll("[part]")].map((part) => part.getAttribute("part")),
      slots: [...button.shadowRoot.querySelectorAll("slot")].map((slot) => slot.name),
      properties: [...new Set(text.match(/--quickcall-[a-z]+/g))],
      members: [
        ...Object.getOwnPropertyNames(QuickcallButton.prototype).filter(
          (name) => !/Callback$|^constructor$/.test(name),
        ),
        ...Object.getOwnPropertyNames(button),
        "messages",
      ],
    };
  });
  assert.deepEqual(found.parts.sort(), names(element.cssParts).sort());
  assert.deepEqual(found.slots.sort(), names(element.slots).sort());
  assert.deepEqual(found.properties.sort(), names(element.cssProperties).sort());
  assert.deepEqual(found.members.sort(), names(element.members).sort());
  await page.keyboard.press("Escape");
});

it("can be imported where no button can be made, and defines none: on a server, in what plays a browser in tests", () => {
  const element = new URL("../../pkg/dist/element.js", import.meta.url).href;
  const elements = "customElements = { get() {}, define: () => console.log('defined') };";
  for (const globals of [
    "",
    // As happy-dom has them, as jsdom has, and as a browser has.
    `HTMLElement = class {}; ${elements}`,
    `HTMLElement = class {}; ${elements} ElementInternals = class {};`,
    `HTMLElement = class {}; ${elements} ElementInternals = class { setFormValue() {} };`,
  ]) {
    const code = `${globals} import("${element}").then(({ QuickcallButton }) => console.log(typeof QuickcallButton));`;
    const told = execFileSync(process.execPath, ["--eval", code], { encoding: "utf8" });
    assert.equal(told, globals.includes("setFormValue") ? "defined\nfunction\n" : "function\n");
  }
});
