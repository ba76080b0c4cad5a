/**
 * The question before a call, in Chromium: who is rung is what was asked about, and what nobody has seen confirms nothing.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  button,
  dialled,
  handler,
  inner,
  keepBack,
  open,
  openDirect,
  page,
  press,
  pressAgain,
  reached,
  said,
  sayYes,
  told,
  USER,
  urls,
} from "./harness/button_page.js";

const OTHER_USER = "cccccccccccccccccccccccccccccccc";

const changeUser = () =>
  page.evaluate((user) => document.querySelector("quickcall-button")?.setAttribute("user", user), OTHER_USER);
const askedFor = () => urls.filter((url) => url.includes("/quickcall/4155550100"));

/**
 * The relative luminance of a colour, as WCAG counts it.
 * @param {string} [color] `rgb(1, 2, 3)`
 */
function brightness(color = "") {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

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

  it("about the number that is dialled, in whatever order its digits would be shown", async () => {
    for (const [written, number] of [
      // What stands behind an override is shown from right to left: this one as +14155550100.
      ["+1&#x202e;0010555514", "+10010555514"],
      // So are groups of these digits.
      ["+1415 &#x665;&#x666;&#x667; &#x660;&#x661;&#x668;&#x669;", "+1415 567 0189"],
      ["+1415 &#x6f5;&#x6f6;&#x6f7; &#x6f0;&#x6f1;&#x6f8;&#x6f9;", "+1415 567 0189"],
    ]) {
      await open(button(`number="${written}" confirm="press"`));
      await press();
      await reached("confirming");
      assert.equal(await said(), `Press again to call ${number}.`);
    }
  });

  it("with its number from left to right, whatever the page's own words are", async () => {
    await open(`<div dir="rtl">${button('number="+1415 555 0188" confirm="press"')}</div>`);
    await page.evaluate(() => {
      const own = /** @type {any} */ (document.querySelector("quickcall-button"));
      own.messages = { confirmPress: "לחץ שוב כדי להתקשר אל {number}" };
    });
    await press();
    await reached("confirming");
    await said();
    const seen = await page.evaluate(() => {
      const message = document.querySelector("quickcall-button")?.shadowRoot?.querySelector("[part=message]");
      const text = /** @type {Text} */ (message?.firstChild);
      const range = document.createRange();
      const places = [...text.data].map((character, place) => {
        range.setStart(text, place);
        range.setEnd(text, place + 1);
        return { character, x: range.getBoundingClientRect().x };
      });
      const ofNumber = places.filter(({ character }) => /[+0-9]/.test(character));
      return ofNumber.sort((one, other) => one.x - other.x).map(({ character }) => character);
    });
    assert.equal(seen.join(""), "+14155550188");
  });

  it("is over when the focus goes elsewhere", async () => {
    await open(`${button('confirm="press" number="+14155550100"')}<button id="other">Other</button>`);
    await press();
    await reached("confirming");
    await page.focus("#other");
    await reached("idle");
    assert.equal(await said(), "");
  });

  it("does not move what is pressed next from under the pointer", async () => {
    await open(`${button('confirm="press" number="+14155550100"')}<br><button id="save">Save</button>`);
    await page.evaluate(() => {
      const save = /** @type {HTMLElement} */ (document.querySelector("#save"));
      save.addEventListener("click", () => save.toggleAttribute("data-clicked", true));
    });
    await press();
    await reached("confirming");
    assert.notEqual(await said(), "");
    const box = await page.locator("#save").boundingBox();
    await page.mouse.move((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
    await page.mouse.down();
    await page.waitForTimeout(80);
    await page.mouse.up();
    assert.notEqual(await page.getAttribute("#save", "data-clicked"), null);
    await reached("idle");
    assert.deepEqual(await dialled(), []);
  });

  it("is over half a second after the focus has gone, and not before", async () => {
    await open(`${button('confirm="press" number="+14155550100"')}<button id="other">Other</button>`);
    await press();
    await reached("confirming");
    // The page's own timers say what came first: on a slow machine all of them are late.
    const seen = await page.evaluate(async () => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      const later = (/** @type {number} */ milliseconds) =>
        new Promise((resolve) => setTimeout(() => resolve(button.state), milliseconds));
      const before = later(400);
      /** @type {HTMLElement} */ (document.querySelector("#other")).focus();
      return Promise.all([before, later(700)]);
    });
    assert.deepEqual(seen, ["confirming", "idle"]);
    assert.deepEqual(await dialled(), []);
  });

  it("goes on where the focus is back at once", async () => {
    await open(`${button('confirm="press" number="+14155550100"')}<button id="other">Other</button>`);
    await press();
    await reached("confirming");
    await page.focus("#other");
    await page.focus(inner);
    await page.waitForTimeout(800);
    await reached("confirming");
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("goes on while the person looks at another window", async () => {
    await open(button('number="+14155550100" confirm="press"'));
    await press();
    await reached("confirming");
    await page.evaluate(() => {
      document.hasFocus = () => false;
      /** @type {HTMLElement} */ (document.activeElement).blur();
    });
    await page.waitForTimeout(800);
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("by a second press, too, where nobody knows what `confirm` says", async () => {
    for (const confirm of ["", "yes"]) {
      await open(button(`number="+14155550100" confirm="${confirm}"`));
      await press();
      await reached("confirming");
      assert.equal(await said(), "Press again to call +14155550100.");
      await page.context().close();
    }
    await open("");
  });

  it("in a dialog whose buttons can be seen, whatever colours the page gives a button", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const style =
        "--quickcall-background:transparent;--quickcall-color:#fff;--quickcall-border:1px solid #fff";
      await open(button(`number="+14155550100" confirm="dialog" style="${style}"`));
      await page.emulateMedia({ colorScheme });
      await press();
      await page.waitForSelector("dialog[open]");
      for (const part of ["confirm", "cancel"]) {
        const [color, background] = await page.locator(`dialog [part=${part}]`).evaluate((button) => {
          const look = getComputedStyle(button);
          const dialog = getComputedStyle(/** @type {Element} */ (button.closest("dialog")));
          const isClear = look.backgroundColor === "rgba(0, 0, 0, 0)";
          return [look.color, isClear ? dialog.backgroundColor : look.backgroundColor];
        });
        const [light = 0, dark = 0] = [color, background].map(brightness).sort((a, b) => b - a);
        assert((light + 0.05) / (dark + 0.05) > 4.5, `${colorScheme} ${part}: ${color} on ${background}`);
      }
      await page.context().close();
    }
    await open("");
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
    await sayYes();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });
});

describe("a press", () => {
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

describe("a dialog", () => {
  it("is over when a script of the page calls meanwhile", async () => {
    await open(button('number="+14155550100" confirm="dialog" cooldown="0"'));
    await press();
    await page.waitForSelector("quickcall-button dialog[open]");
    await page.evaluate(async () => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.number = "+14155550199";
      await button.call();
    });
    await reached("idle");
    const yes = page.locator("dialog [part=confirm]");
    if ((await yes.count()) > 0) await yes.click();
    await page.waitForTimeout(300);
    assert.deepEqual(await dialled(), ["+14155550199"]);
  });

  it("is over when its button is moved: no question is left behind the page, or without its keys", async () => {
    await open(`${button('number="+14155550100" confirm="dialog"')}<div id="other"></div>`);
    await press();
    await page.waitForSelector("quickcall-button dialog[open]");
    await page.evaluate(() => {
      const first = /** @type {Element} */ (document.querySelector("quickcall-button"));
      document.querySelector("#other")?.append(first);
    });
    await reached("idle");
    assert.equal(await page.locator("dialog").count(), 0);
    assert.deepEqual((await told()).at(-1), ["state", "idle"]);
    await press();
    assert.equal(
      await page.locator("dialog[open]").evaluate((dialog) => dialog.matches(":modal")),
      true,
      "the next one is asked before the page",
    );
    await sayYes();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("is over when what is around it is closed or hidden: nothing is left that keeps presses from the page", async () => {
    for (const gone of [
      "dialog.close()",
      "dialog.hidden = true",
      "dialog.style.display = 'none'",
      "dialog.style.contentVisibility = 'hidden'",
      "dialog.hidden = 'until-found'",
    ]) {
      await open(`<dialog id="around">${button('number="+14155550100" confirm="dialog"')}</dialog>
        <button id="other">Other</button>`);
      const around = (/** @type {string} */ what) =>
        page.locator("#around").evaluate((dialog, what) => Function("dialog", what)(dialog), what);
      await around(gone.includes("close") ? "dialog.showModal()" : "dialog.show()");
      await press();
      await page.waitForSelector("quickcall-button dialog[open]");
      await around(gone);
      await page.click("#other", { timeout: 20_000 });
      assert.equal(await page.locator("quickcall-button dialog").count(), 0, gone);
      assert.deepEqual((await told()).at(-1), ["state", "idle"]);
      assert.deepEqual(await dialled(), []);
      await page.context().close();
    }
    await open("");
  });

  it("is not answered by a script", async () => {
    await open(button('number="+14155550100" confirm="dialog"'));
    await press();
    const yes = page.locator("dialog[open] [part=confirm]");
    await yes.waitFor();
    await page.waitForTimeout(450);
    await yes.evaluate((button) => /** @type {HTMLElement} */ (button).click());
    await page.waitForTimeout(300);
    assert.equal(await page.getAttribute("quickcall-button", "data-state"), "confirming");
    assert.deepEqual(await dialled(), []);
  });

  it("stays when its text is pressed, and Escape closes no other one with it", async () => {
    const link = '<a href="tel:+14155550106">Call</a>';
    await open(`<dialog id="around">${button('number="+14155550100" confirm="dialog"')}${link}</dialog>`);
    await page.evaluate(async (url) => {
      /** @type {HTMLDialogElement} */ (document.querySelector("#around")).showModal();
      const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
      enhanceTelLinks(document, { handler: url, endpoint: "sales", confirm: "dialog" });
    }, handler.url);
    const question = page.locator("dialog[open] [part=question]");
    for (const pressed of [inner, "a"]) {
      await page.click(pressed);
      await question.click();
      await page.waitForTimeout(700);
      assert.ok(await question.isVisible(), pressed);
      await page.keyboard.press("Escape");
      await question.waitFor({ state: "detached" });
      assert.ok(await page.isVisible("#around"), pressed);
    }
    assert.deepEqual(await dialled(), []);
  });

  it("calls the number that it asked about", async () => {
    await open(button('number="+14155550100" confirm="dialog"'));
    await press();
    await page.waitForSelector("quickcall-button dialog[open]");
    await page.evaluate(() =>
      document.querySelector("quickcall-button")?.setAttribute("number", "+14155550199"),
    );
    await sayYes();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("rings whom it asked about", async () => {
    await openDirect('confirm="dialog" number="4155550100"');
    await press();
    await page.waitForSelector("quickcall-button dialog[open]");
    await changeUser();
    await sayYes();
    await reached("started");
    assert.deepEqual(
      askedFor().map((url) => [url.includes(USER), url.includes(OTHER_USER)]),
      [[true, false]],
    );
  });

  it("calls with the options of the moment, such as a newer verification", async () => {
    /** @type {(string | null)[]} */
    const bodies = [];
    await open(button('number="+14155550100" confirm="dialog"'));
    page.on("request", (request) => request.method() === "POST" && bodies.push(request.postData()));
    await press();
    await page.waitForSelector("quickcall-button dialog[open]");
    await page.evaluate(() => {
      /** @type {any} */ (document.querySelector("quickcall-button")).options = { verification: "newer" };
    });
    await sayYes();
    await reached("started");
    assert.match(String(bodies[0]), /newer/);
  });
});

it("a second press confirms nothing for another phone: it asks anew", async () => {
  await openDirect('confirm="press" number="4155550100"');
  await press();
  await reached("confirming");
  await said();
  await changeUser();
  await pressAgain();
  await page.waitForTimeout(300);
  assert.equal(await page.getAttribute("quickcall-button", "data-state"), "confirming");
  assert.deepEqual(await dialled(), []);
  await pressAgain();
  while (askedFor().length === 0) await page.waitForTimeout(20);
  assert.ok(askedFor().every((url) => url.includes(OTHER_USER)));
});

describe("a double click on what opens the dialog, where its yes appears", () => {
  /**
   * Puts something where the yes is, and presses it twice.
   * @param {string} pressed
   */
  async function pressTwiceAtYes(pressed) {
    await page.click(pressed);
    const yes = page.locator("dialog[open] [part=confirm]");
    const box = await yes.boundingBox();
    assert.ok(box);
    await page.keyboard.press("Escape");
    await yes.waitFor({ state: "detached" });
    const at = [box.x + box.width / 2, box.y + box.height / 2];
    await page.evaluate(
      ([selector, [left, top]]) => {
        const { style } = /** @type {HTMLElement} */ (document.querySelector(String(selector)));
        Object.assign(style, {
          position: "fixed",
          left: `${Number(left) - 8}px`,
          top: `${Number(top) - 8}px`,
        });
      },
      /** @type {const} */ ([pressed.split(" ")[0], at]),
    );
    const [x = 0, y = 0] = at;
    await page.mouse.move(x, y);
    for (const clickCount of [1, 2]) {
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
      await page.waitForTimeout(120);
    }
    await page.waitForTimeout(300);
    assert.ok(await yes.isVisible());
  }

  it("calls nobody", async () => {
    await open(button('number="+14155550100" confirm="dialog"'));
    await pressTwiceAtYes(inner);
    assert.deepEqual(await dialled(), []);
    await sayYes();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("calls nobody for a link, either", async () => {
    await open('<a href="tel:+14155550100">Call us</a>');
    await page.evaluate(async (url) => {
      const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
      enhanceTelLinks(document, { handler: url, endpoint: "sales", confirm: "dialog" });
    }, handler.url);
    await pressTwiceAtYes("a");
    assert.deepEqual(await dialled(), []);
  });

  it("asks nothing with the old key after an unknown outcome", async () => {
    let requests = 0;
    await open(button('number="+14155550107" confirm="dialog"'));
    page.on("request", (request) => {
      if (request.method() === "POST") requests += 1;
    });
    await press();
    await sayYes();
    await reached("unknown");
    await pressTwiceAtYes(inner);
    assert.equal(requests, 1);
    await sayYes();
    while (requests < 2) await page.waitForTimeout(20);
    await reached("unknown");
    assert.deepEqual(await dialled(), ["+14155550107"]);
  });
});

it("a button that is disabled meanwhile takes its question back", async () => {
  for (const confirm of ["dialog", "press"]) {
    await open(button(`number="+14155550100" confirm="${confirm}"`));
    await press();
    await reached("confirming");
    await page.evaluate(() => document.querySelector("quickcall-button")?.toggleAttribute("disabled"));
    await reached("idle");
    assert.equal(await page.locator("dialog").count(), 0);
    assert.deepEqual(
      (await told()).map((/** @type {string[]} */ [, detail]) => detail),
      ["confirming", "idle"],
    );
    await pressAgain();
    await page.waitForTimeout(200);
    assert.deepEqual(await dialled(), []);
    await page.context().close();
  }
  await open("");
});

describe("a question that cannot be shown", () => {
  for (const confirm of ["dialog", "press"]) {
    it(`places nothing, however often it is pressed: ${confirm}`, async () => {
      await open("");
      await page.route("**/call_words.js", (route) => route.abort());
      await page.evaluate(
        (html) => {
          const main = /** @type {Element} */ (document.querySelector("main"));
          main.innerHTML = html;
        },
        button(`number="+14155550100" confirm="${confirm}"`),
      );
      for (let presses = 3; presses > 0; presses--) await pressAgain();
      await page.waitForTimeout(300);
      assert.deepEqual(await dialled(), []);
      await reached("failed");
      assert.deepEqual((await told()).at(-1), ["error", "load_failed"]);
    });
  }

  it("is given up where its script stands still, and a link is a link then", async () => {
    await open('<a href="tel:+14155550100">Call</a>');
    for (const script of ["call_words", "tel_link_calls"]) await page.route(`**/${script}.js`, () => {});
    await page.evaluate((html) => {
      const scope = /** @type {any} */ (globalThis);
      const inTruth = window.setTimeout;
      scope.setTimeout = (/** @type {() => void} */ work, /** @type {number} */ wait) =>
        inTruth(work, wait / 40);
      const main = /** @type {Element} */ (document.querySelector("main"));
      main.insertAdjacentHTML("beforeend", html);
    }, button('number="+14155550100" confirm="dialog"'));
    await press();
    await reached("confirming");
    await reached("failed");
    assert.deepEqual((await told()).at(-1), ["error", "load_failed"]);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Page.enable");
    const opened = new Promise((resolve) =>
      cdp.on("Page.frameRequestedNavigation", ({ url }) => resolve(url)),
    );
    await page.evaluate(async () => {
      const scope = /** @type {any} */ (globalThis);
      const { enhanceTelLinks } = await import(/** @type {any} */ ("/quickcall/dist/element.js"));
      enhanceTelLinks(document, { handler: scope.location.href, endpoint: "sales" });
    });
    await page.click("main > a");
    assert.equal(await opened, "tel:+14155550100");
    assert.deepEqual(await dialled(), []);
  });

  it("places nothing for a link, either", async () => {
    await open('<a href="tel:+14155550100">Call</a>');
    await page.route("**/call_words.js", (route) => route.abort());
    await page.evaluate(async (url) => {
      const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
      enhanceTelLinks(document, { handler: url, endpoint: "sales", confirm: "dialog" });
    }, handler.url);
    for (let presses = 3; presses > 0; presses--) {
      await page.click("a");
      await page.waitForTimeout(450);
    }
    assert.deepEqual(await dialled(), []);
    assert.equal(await page.getAttribute("a", "data-state"), "failed");
  });

  it("is not shown when it was taken back before", async () => {
    await open(button('number="+14155550100" confirm="dialog"'));
    const show = await keepBack("**/call_words.js");
    await press();
    await reached("confirming");
    await page.keyboard.press("Escape");
    await reached("idle");
    await Promise.all([page.waitForResponse("**/call_words.js"), show()]);
    await page.waitForTimeout(300);
    assert.equal(await page.locator("dialog").count(), 0);
  });

  it("counts from when it was shown", async () => {
    await open(button('number="+14155550100" confirm="press"'));
    const show = await keepBack("**/call_words.js");
    await press();
    await reached("confirming");
    await page.locator(inner).click({ delay: 500 });
    await page.waitForTimeout(300);
    assert.deepEqual(await dialled(), []);
    show();
    assert.equal(await said(), "Press again to call +14155550100.");
    await pressAgain();
    await reached("started");
  });
});
