/**
 * The button in Chromium: through a handler on a real socket, and directly; what was dialled is counted at the simulator.
 */

import assert from "node:assert/strict";
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
  open,
  openDirect,
  page,
  press,
  pressAgain,
  reached,
  said,
  simulator,
  TOKEN,
  told,
  USER,
  urls,
} from "./harness/button_page.js";

describe("a press", () => {
  it("places one call through the handler, and tells every step", async () => {
    await open(button());
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
    assert.deepEqual(await told(), [
      ["before", "+14155550100"],
      ["state", "calling"],
      ["state", "started"],
      ["placed", "started"],
    ]);
    assert.equal(await said(), "You are being connected.");
    assert.deepEqual(complaints, []);
    assert.ok(
      await page.evaluate(() => document.querySelector("quickcall-button")?.matches(":state(started)")),
    );
  });

  it("twice is one call, and the button is quiet for its cool-down", async () => {
    await open(button('number="+14155550106" cooldown="1"'));
    await page.dblclick(inner);
    await reached("started");
    await press();
    assert.deepEqual(await dialled(), ["+14155550106"]);
    await reached("idle");
    await press();
    await reached("started");
    assert.equal((await dialled()).length, 2);
  });

  it("with Enter and pointer together, and a key that is held, is one call", async () => {
    await open(button('number="+14155550106"'));
    await page.focus(inner);
    await page.keyboard.down("Enter");
    for (let repeats = 5; repeats > 0; repeats--) await page.keyboard.down("Enter");
    await press();
    await page.keyboard.up("Enter");
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550106"]);
  });

  it("on two buttons for one number is one call", async () => {
    await open(button('number="+14155550106"') + button('number="+14155550106"'));
    await page.locator(inner).nth(0).click();
    await page.locator(inner).nth(1).click();
    await page.waitForSelector('quickcall-button[data-state="failed"]');
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550106"]);
    // Which of both was first is not for the page to say.
    await page.waitForFunction(() =>
      [...document.querySelectorAll("quickcall-button")].some(
        ({ shadowRoot }) =>
          shadowRoot?.querySelector("[part=message]")?.textContent ===
          "This call is on its way already. Check your phone.",
      ),
    );
  });

  it("in two tabs is one call", async () => {
    await open(button('number="+14155550106"'));
    const other = await page.context().newPage();
    await other.goto(page.url());
    await Promise.all([press(), other.click(inner)]);
    const states = async () => [
      await page.getAttribute("quickcall-button", "data-state"),
      await other.getAttribute("quickcall-button", "data-state"),
    ];
    for (let rest = 100; rest > 0 && (await states()).includes("calling"); rest--)
      await page.waitForTimeout(50);
    assert.deepEqual((await states()).sort(), ["failed", "started"]);
    assert.deepEqual(await dialled(), ["+14155550106"]);
  });

  it("waits a minute for the script that calls, and no phone rings then", async () => {
    const script = "**/call_by_handler.js";
    await open(button());
    await page.route(script, () => {});
    try {
      await page.evaluate(() => {
        const inTime = window.setTimeout;
        /** @type {any} */ (window).setTimeout = (
          /** @type {() => void} */ work,
          /** @type {number} */ wait,
        ) => inTime(work, wait / 200);
      });
      await press();
      await reached("failed");
      assert.equal(
        await said(),
        "The button could not be loaded. No phone rings. Reload the page and try again.",
      );
      assert.deepEqual(await dialled(), []);
    } finally {
      await page.unroute(script);
    }
  });

  it("that is ended at once places nothing, by abort() as by reset()", async () => {
    for (const how of ["abort", "reset"]) {
      await open(button());
      const code = await page.evaluate(async (how) => {
        const button = /** @type {any} */ (document.querySelector("quickcall-button"));
        const called = button.call();
        button[how]();
        return called.catch((/** @type {any} */ { code, outcome }) => [code, outcome]);
      }, how);
      assert.deepEqual(code, ["aborted", "not_placed"]);
      await reached("failed");
      assert.deepEqual(
        (await told()).filter((/** @type {string[]} */ [name]) => name === "before"),
        [],
      );
      assert.deepEqual(await dialled(), []);
      await page.context().close();
    }
    await open("");
  });

  it("calls with the options of when it was asked for", async () => {
    /** @type {(string | null)[]} */
    const bodies = [];
    await open(button());
    page.on("request", (request) => request.method() === "POST" && bodies.push(request.postData()));
    await page.evaluate(async () => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.options = { verification: "first" };
      const called = button.call();
      button.options.verification = "second";
      await called;
    });
    assert.match(bodies.join(), /"first"/);
  });

  it("waits a minute for the WebAssembly, and Escape ends that", async () => {
    await openDirect('number="4155550100"');
    await page.evaluate(() => {
      const scope = /** @type {any} */ (globalThis);
      scope.WebAssembly.compile = () => new Promise(() => {});
      const inTime = window.setTimeout;
      scope.setTimeout = (/** @type {() => void} */ work, /** @type {number} */ wait) =>
        inTime(work, wait / 40);
    });
    await press();
    await reached("calling");
    await page.waitForTimeout(300);
    await page.keyboard.press("Escape");
    await reached("failed");
    assert.deepEqual((await told()).at(-1), ["error", "aborted"]);
    await press();
    await reached("calling");
    await reached("failed");
    assert.deepEqual((await told()).at(-1), ["error", "load_failed"]);
    assert.deepEqual(await dialled(), []);
  });

  it("of a script is none", async () => {
    await open(button());
    await page.evaluate(() => {
      const inside = document.querySelector("quickcall-button")?.shadowRoot?.querySelector("button");
      inside?.click();
      inside?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
    await page.waitForTimeout(300);
    assert.deepEqual(await told(), []);
    assert.deepEqual(await dialled(), []);
  });

  it("calls the number that stood there when it began", async () => {
    await open(button());
    const box = await page.locator("quickcall-button").boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 20, box.y + 20);
    await page.mouse.down();
    await page.evaluate(() =>
      document.querySelector("quickcall-button")?.setAttribute("number", "+14155559999"),
    );
    await page.mouse.up();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("is one call for a listener that calls again", async () => {
    await open(button());
    await page.evaluate(() =>
      addEventListener("quickcall-before", () => {
        /** @type {any} */ (document.querySelector("quickcall-button")).call();
      }),
    );
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("with options that cannot be sent places nothing, and the next one calls", async () => {
    await open(button());
    await page.evaluate(() => {
      /** @type {Record<string, unknown>} */
      const options = {};
      options.self = options;
      /** @type {any} */ (document.querySelector("quickcall-button")).options = options;
    });
    await press();
    await reached("invalid");
    await page.evaluate(() => {
      /** @type {any} */ (document.querySelector("quickcall-button")).options = undefined;
    });
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("is stopped by a listener", async () => {
    await open(button());
    await page.evaluate(() => addEventListener("quickcall-before", (event) => event.preventDefault()));
    await press();
    await page.waitForTimeout(200);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "idle");
    assert.deepEqual(await dialled(), []);
  });

  it("by the keyboard: Enter calls, the focus stays, Escape ends the waiting", async () => {
    await open(button('number="+14155550109"'));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await reached("calling");
    while ((await dialled()).length === 0) await page.waitForTimeout(20);
    assert.ok(await page.evaluate(() => document.activeElement?.localName === "quickcall-button"));
    await page.keyboard.press("Escape");
    await reached("unknown");
    assert.deepEqual((await told()).at(-1), ["error", "aborted"]);
  });

  it("that is refused says so", async () => {
    await open(button('number="+19005550100"'));
    await press();
    await reached("failed");
    assert.equal(await said(), "This number cannot be called from here.");
    await open(button('number="users"'));
    await press();
    await reached("invalid");
    assert.deepEqual(await dialled(), []);
  });

  it("after an unknown outcome asks first, and asks with the old key what became of the call", async () => {
    /** @type {(string | undefined)[]} */
    const keys = [];
    await open(button('number="+14155550107"'));
    page.on("request", (request) => {
      if (request.method() === "POST") keys.push(request.headers()["idempotency-key"]);
    });
    await press();
    await reached("unknown");
    assert.equal(
      await said(),
      "We could not confirm that your phone is ringing. Check it before you try again.",
    );
    await press();
    await reached("confirming");
    assert.match((await said()) ?? "", /may be ringing already/);
    assert.equal(keys.length, 1);
    await pressAgain();
    while (keys.length < 2) await page.waitForTimeout(20);
    await reached("unknown");
    assert.equal(keys[1], keys[0]);
    assert.deepEqual(await dialled(), ["+14155550107"]);
    // The handler does not know either: what is asked for next is a call of its own, and refused while the first may ring.
    await press();
    await pressAgain();
    await reached("failed");
    assert.equal(keys.length, 3);
    assert.notEqual(keys[2], keys[0]);
    assert.deepEqual(await dialled(), ["+14155550107"]);
  });

  it("whose number changes while it is asked about is asked again", async () => {
    await open(button('number="+14155550100" confirm="press"'));
    await press();
    await reached("confirming");
    await page.evaluate(() =>
      document.querySelector("quickcall-button")?.setAttribute("number", "+14155550199"),
    );
    await pressAgain();
    assert.equal(await said(), "Press again to call +14155550199.");
    assert.deepEqual(await dialled(), []);
  });
});

describe("asking first", () => {
  it("by a second press", async () => {
    await open(button('number="+14155550100" confirm="press"'));
    await press();
    await reached("confirming");
    assert.equal(await said(), "Press again to call +14155550100.");
    assert.deepEqual(await dialled(), []);
    await page.dblclick(inner);
    assert.deepEqual(await dialled(), [], "a double click confirms nothing");
    await pressAgain();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("is over when the focus goes elsewhere", async () => {
    await open(`${button('confirm="press" number="+14155550100"')}<button id="other">Other</button>`);
    await press();
    await reached("confirming");
    await page.focus("#other");
    await reached("idle");
    assert.equal(await said(), "");
  });

  it("by a dialog", async () => {
    await open(button('number="+14155550100" confirm="dialog"'));
    await press();
    await page.click("dialog [part=cancel]");
    await reached("idle");
    await press();
    await page.keyboard.press("Escape");
    await reached("idle");
    assert.deepEqual(await dialled(), []);
    await press();
    assert.match((await page.textContent("dialog")) ?? "", /connected to \+14155550100/);
    await page.click("dialog [part=confirm]");
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });
});

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

  it("calls through the handler where a strict policy refuses WebAssembly and inline styles", async () => {
    const origin = new URL(handler.url).origin;
    await open(button(), {
      policy: `default-src 'none'; script-src 'self'; connect-src ${origin}; img-src data:`,
    });
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
    assert.deepEqual(complaints, []);
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).violations), []);
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
          },
          isDirect ? TOKEN : "",
        );
        const loaded = isDirect ? /call_directly\.js$/ : /call_by_handler\.js$/;
        if (warm) {
          await Promise.all([page.waitForResponse(loaded), page.hover(inner)]);
          await page.waitForTimeout(300);
        }
        await press();
        await reached("started");
        const took = await page.evaluate(() => {
          const asked = performance
            .getEntriesByType("resource")
            .find(({ name }) => /\/(call|quickcall\/[^/.]+)$/.test(name));
          return (asked?.startTime ?? 0) - /** @type {any} */ (globalThis).pressed;
        });
        context.diagnostic(
          `press to request, ${name}, ${warm ? "all loaded" : "nothing loaded"}: ${took.toFixed(1)} ms`,
        );
        assert.ok(took > 0 && took < 3_000, `${took}`);
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
      Object.assign(button, { handler: url, endpoint: "sales", number: "+14155550100", options: {} });
      document.querySelector("main")?.append(button);
    }, handler.url);
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("ends the waiting for a button that is removed, and not the call", async () => {
    await open(button('number="+14155550106"'));
    await press();
    while ((await dialled()).length === 0) await page.waitForTimeout(20);
    const outcome = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const button = document.querySelector("quickcall-button");
          button?.addEventListener("quickcall-error", ({ detail }) => resolve([detail.code, detail.outcome]));
          button?.remove();
        }),
    );
    assert.deepEqual(outcome, ["aborted", "unknown"]);
    assert.deepEqual(await dialled(), ["+14155550106"]);
  });

  it("has it in a form: disabled with its fieldset, its value the call's id, reset with it", async () => {
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
    await reached("idle");
    assert.equal(await value(), null);
  });

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

  it("says nothing of its own making, whatever name is told for a cause, a code or a step", async () => {
    await open(button('number="+14155550100" cooldown="0"'));
    const told = { code: "valueOf", outcome: "not_placed", message: "No.", hangupCause: "constructor" };
    await page.route(handler.url, (route) =>
      route.fulfill({
        status: 502,
        headers: { "access-control-allow-origin": "*", "access-control-allow-headers": "*" },
        json: { error: told },
      }),
    );
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

  it("rests for a cool-down that is longer than a timer runs", async () => {
    await open(button('number="+14155550100" cooldown="3000000"'));
    await press();
    await reached("started");
    await page.waitForTimeout(300);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "started");
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
      await page.click("dialog [part=confirm]");
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
  const codes = ["error", "refusal"].flatMap((file) => {
    const text = readFileSync(new URL(`../../src/${file}.rs`, import.meta.url), "utf8");
    return [...text.matchAll(/^ {4}[A-Z]\w+ = "([a-z_]+)",/gm)].map(([, code = ""]) => code);
  });
  assert.ok(codes.length > 25, codes.join());
  for (const code of codes) assert.ok(code in en.errors, code);
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

it("can be imported where there is no page", async () => {
  const { QuickcallButton } = await import("#quickcall/element");
  assert.equal(typeof QuickcallButton, "function");
});
