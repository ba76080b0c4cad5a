/**
 * What links of a page that call say, in Chromium: their notice, their questions, and how Escape closes them.
 */

import assert from "node:assert/strict";
import { it } from "node:test";
import {
  complaints,
  dialled,
  handler,
  keepBack,
  open,
  page,
  sayYes,
  simulator,
} from "./harness/button_page.js";
import { linkReached, links, notice } from "./harness/link_page.js";

for (const isLate of [false, true]) {
  it(`that a page takes away ${isLate ? "behind" : "before"} their notice is there are told of where they were`, async () => {
    await links(`<a id="call" href="tel:+1415${isLate ? 1 : 2}550106">Call</a>`, { cooldown: 60 });
    await page.click("a");
    if (isLate) await notice();
    await page.evaluate(() => document.querySelector("#call")?.remove());
    await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)?.[0] === "placed");
    await page.waitForFunction(
      () =>
        document.querySelector("[data-quickcall-notice]")?.shadowRoot?.querySelector("[part=message]")
          ?.textContent === "You are being connected.",
    );
    assert.deepEqual(
      complaints.filter((text) => /Error/.test(text)),
      [],
    );
  });
}

it("have a notice that Escape closes, and closing it forgets no call of which nobody knows", async () => {
  await links('<a id="call" href="tel:+14155550107">Call</a>');
  await page.click("a");
  await linkReached("unknown");
  await notice();
  const calls = (await dialled()).length;
  const isThere = () => page.isVisible("[data-quickcall-notice] [part=close]");
  for (const close of ["Escape", "press"]) {
    if (close === "Escape") await page.keyboard.press("Escape");
    else await page.click("[data-quickcall-notice] [part=close]");
    assert.equal(await isThere(), false, close);
    await linkReached("unknown");
    await page.click("a");
    await linkReached("confirming");
    assert.match((await notice()) ?? "", /Press again only if it is not/);
    await page.keyboard.press("Escape");
    await linkReached("unknown");
    await notice();
  }
  assert.equal((await dialled()).length, calls);
});

it("have a notice that closes in every state of a call of which nobody knows, and forgets nothing", async () => {
  await links('<a id="call" href="tel:+14152550107">Call</a>');
  const box = "[data-quickcall-notice] [part=notice]";
  const isSaid = () => page.locator(box).evaluate((box) => box.classList.contains("said"));
  const close = async () => {
    await page.click("[data-quickcall-notice] [part=close]");
    await page.waitForFunction(
      (box) =>
        document.querySelector("[data-quickcall-notice]")?.shadowRoot?.querySelector(box)?.className === "",
      "[part=notice]",
    );
  };
  await page.click("a");
  await linkReached("unknown");
  await notice();
  // The question.
  await page.click("a");
  await linkReached("confirming");
  await notice();
  await close();
  await linkReached("unknown");
  // What the second answer says is the page's own: it never comes.
  await page.route(handler.url, () => {});
  await page.click("a");
  await linkReached("confirming");
  await notice();
  await page.waitForTimeout(450);
  await page.click("a");
  await linkReached("calling");
  assert.equal(await isSaid(), true);
  await close();
  await linkReached("unknown");
  await page.click("a");
  await linkReached("confirming");
  assert.equal(await isSaid(), true);
});

it("end no other link's call by Escape", async () => {
  await links(
    `<a id="sales" href="tel:+14155550106">Sales</a> <a id="support" href="tel:+14155550100">Support</a>`,
    { cooldown: 60 },
  );
  const letGo = await keepBack();
  await page.click("#sales");
  await linkReached("calling");
  await page.click("#support");
  await page.keyboard.press("Escape");
  letGo();
  await linkReached("started");
});

it("have a notice with its button beside the text where there is room, and on no paper", async () => {
  const texts = ["No.", "You are being connected.", "No phone rings at all. ".repeat(12)];
  for (const [width, text] of [1280, 320].flatMap((width) =>
    texts.map((text) => /** @type {const} */ ([width, text])),
  )) {
    await links('<a href="tel:+19005550100">Call</a>', {
      messages: { errors: { destination_refused: text } },
    });
    await page.setViewportSize({ width, height: 640 });
    await page.click("a");
    await linkReached("failed");
    assert.equal(await notice(), text);
    const place = (/** @type {string} */ part) =>
      page.locator(`[data-quickcall-notice] [part=${part}]`).boundingBox();
    const [said, button, box] = await Promise.all([place("message"), place("close"), place("notice")]);
    assert.ok(said && button && box);
    const where = JSON.stringify({ width, said, button, box });
    assert.ok(button.x >= said.x + said.width && button.y < said.y + said.height, where);
    assert.ok(
      box.x >= 0 && box.x + box.width <= width && button.x + button.width <= box.x + box.width,
      where,
    );
    await page.screenshot({
      path: new URL(`../out/notice-${width}-${text.length}.png`, import.meta.url).pathname,
    });
    // With large letters nothing sticks out.
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "300%";
    });
    const { scroll, client } = await page
      .locator("[data-quickcall-notice] [part=notice]")
      .evaluate(({ scrollWidth, clientWidth }) => ({ scroll: scrollWidth, client: clientWidth }));
    assert.ok(scroll <= client, `${scroll} is wider than ${client}`);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.isVisible("[data-quickcall-notice] [part=close]"), false);
    await page.context().close();
  }
  await open("");
});

it("leave Escape to whatever else it is for", async () => {
  await links('<a id="call" href="tel:+14155550100">Call</a> <input id="field">', { cooldown: 60 });
  await page.click("a");
  await linkReached("started");
  await notice();
  await page.focus("#field");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "field");
  await linkReached("started");
  assert.equal(await page.isVisible("[data-quickcall-notice] [part=close]"), true);
  // On the link it hides the notice, and the call goes on.
  await page.focus("#call");
  await page.keyboard.press("Escape");
  assert.equal(await page.isVisible("[data-quickcall-notice] [part=close]"), false);
  await linkReached("started");
});

it("end their call and their question by an Escape that is for them only", async () => {
  const content =
    '<a id="call" href="tel:+14155550106">Call</a> <a id="footer" href="tel:+1-415-555-0106">Call</a> <input id="field">';
  const state = () => page.getAttribute("#call", "data-state");
  const endComposition = () =>
    page.evaluate(() =>
      document.activeElement?.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Escape", bubbles: true, isComposing: true }),
      ),
    );
  for (const [confirm, during, after] of /** @type {const} */ ([
    ["none", "calling", "unknown"],
    ["press", "confirming", "idle"],
  ])) {
    for (const place of ["call", "body", "notice"]) {
      await links(content, { cooldown: 60, confirm });
      // No answer comes.
      await page.route(handler.url, () => {});
      const asked = confirm === "none" ? page.waitForRequest(handler.url) : undefined;
      await page.click("#call");
      await asked;
      await linkReached(during);
      await notice();
      await page.focus("#field");
      await page.keyboard.press("Escape");
      assert.equal(await state(), during, "elsewhere");
      await page.focus("#call");
      await endComposition();
      assert.equal(await state(), during, "the end of a composition");
      await page.evaluate(() =>
        document.querySelector("#call")?.addEventListener("keydown", (event) => event.preventDefault(), {
          once: true,
        }),
      );
      await page.keyboard.press("Escape");
      assert.equal(await state(), during, "prevented");
      if (place === "body") await page.evaluate(() => /** @type {any} */ (document.activeElement).blur());
      if (place === "notice") await page.focus("[data-quickcall-notice] [part=close]");
      await page.keyboard.press("Escape");
      await linkReached(after);
      await page.context().close();
    }
  }
  // Another link of the same number is as good.
  await links(content, { cooldown: 60 });
  await page.route(handler.url, () => {});
  await Promise.all([page.waitForRequest(handler.url), page.click("#call")]);
  await notice();
  await page.click("#footer");
  await page.keyboard.press("Escape");
  await linkReached("unknown");
});

it("of a part of the page hear Escape in their notice, and where nothing has the focus", async () => {
  for (const root of ["part", "shadow", "body"]) {
    for (const place of ["notice", "body"]) {
      await links("<div></div>");
      await page.evaluate(
        async ([url, root]) => {
          const path = "/quickcall/dist/element.js";
          const { enhanceTelLinks } = await import(path);
          const scope = /** @type {any} */ (globalThis);
          // Those of the whole page would hear it.
          scope.stop();
          const part = /** @type {HTMLElement} */ (document.querySelector("div"));
          const around = root === "shadow" ? part.attachShadow({ mode: "open" }) : part;
          around.innerHTML = '<a href="tel:+14155550106">Call</a>';
          const given = root === "body" ? document.body : around;
          scope.stop = enhanceTelLinks(given, { handler: url, endpoint: "sales" });
        },
        [handler.url, root],
      );
      // No answer comes.
      await page.route(handler.url, () => {});
      const asked = page.waitForRequest(handler.url);
      await page.click("a");
      await asked;
      await notice();
      if (place === "notice") await page.focus("[data-quickcall-notice] [part=close]");
      else
        await page.evaluate(() => {
          const { activeElement } = document;
          /** @type {any} */ (activeElement?.shadowRoot?.activeElement ?? activeElement).blur();
        });
      await page.keyboard.press("Escape");
      await linkReached("unknown");
      // It says what became of it, and the next one closes it.
      assert.notEqual(await notice(), "");
      await page.keyboard.press("Escape");
      await page.waitForSelector("[data-quickcall-notice] :not(.said)[part=notice]", { state: "attached" });
      await page.context().close();
    }
  }
  await links("");
});

it("in an open popover have their notice before it", async () => {
  await links(
    `<style>#menu { width: 100vw; height: 100vh; max-width: none; max-height: none; border: 0; padding: 0; }</style>
    <div id="menu" popover><a id="call" href="tel:+14155550100">Call</a></div>`,
  );
  await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("#menu")).showPopover());
  await page.click("#call");
  await linkReached("started");
  assert.equal(await notice(), "You are being connected.");
  // A click that something else would take fails.
  await page.click("[data-quickcall-notice] [part=close]", { timeout: 20_000 });
  assert.equal(await page.isVisible("[data-quickcall-notice] [part=close]"), false);
});

it("have their notice before an open popover again when the dialog that they stand in is closed", async () => {
  await links(
    `<style>#menu { width: 100vw; height: 100vh; max-width: none; max-height: none; border: 0; padding: 0; }</style>
    <div id="menu" popover="manual">Menu</div><dialog><a id="call" href="tel:+14155550100">Call</a></dialog>`,
    { cooldown: 60 },
  );
  await page.evaluate(() => {
    /** @type {HTMLElement} */ (document.querySelector("#menu")).showPopover();
    /** @type {HTMLDialogElement} */ (document.querySelector("dialog")).showModal();
  });
  await page.click("#call");
  await linkReached("started");
  assert.equal(await notice(), "You are being connected.");
  await page.evaluate(() => document.querySelector("dialog")?.close());
  await page.click("[data-quickcall-notice] [part=close]", { timeout: 20_000 });
  assert.equal(await page.isVisible("[data-quickcall-notice] [part=close]"), false);
});

it("have a notice that is never higher than the window", async () => {
  await links('<a href="tel:(415)%20555-0100">Call</a>', {
    messages: { errors: { destination_refused: "No, never. ".repeat(300) } },
  });
  await page.setViewportSize({ width: 320, height: 480 });
  await page.click("a");
  await notice();
  const box = await page.locator("[data-quickcall-notice] [part=notice]").boundingBox();
  assert((box?.y ?? -1) >= 0 && (box?.height ?? 999) <= 480, JSON.stringify(box));
});

it("in an open modal dialog have their notice there, and the page has it when the dialog is closed", async () => {
  const dialog = '<dialog><a href="tel:+14155550106">Call</a></dialog>';
  const slotted = '<div id="host"><a href="tel:+14155550106">Call</a></div>';
  for (const content of [dialog, slotted]) {
    await simulator.clear();
    await links(content, { confirm: "press" });
    await page.evaluate(() => {
      const host = document.querySelector("#host");
      if (host) host.attachShadow({ mode: "open" }).innerHTML = "<dialog><slot></slot></dialog>";
      const dialog = (host?.shadowRoot ?? document).querySelector("dialog");
      dialog?.showModal();
    });
    const holder = () =>
      page.evaluate(() => {
        const find = (/** @type {Document | ShadowRoot | null | undefined} */ root) =>
          root?.querySelector("[data-quickcall-notice]");
        return (find(document) ?? find(document.querySelector("#host")?.shadowRoot))?.parentElement
          ?.localName;
      });
    const text = page.locator("[data-quickcall-notice] [part=message]");
    await page.click("a");
    assert.match((await notice()) ?? "", /Press again/);
    assert.equal(await holder(), "dialog");
    await page.click("[data-quickcall-notice] [part=close]", { timeout: 20_000 });
    await linkReached("idle");
    await page.click("a");
    await text.filter({ hasText: "Press again" }).waitFor();
    await page.waitForTimeout(450);
    const letGo = await keepBack();
    await page.click("a");
    await linkReached("calling");
    await page.keyboard.press("Tab");
    await page.evaluate(() => {
      const root = document.querySelector("#host")?.shadowRoot ?? document;
      root.querySelector("dialog")?.close();
    });
    letGo();
    await page.waitForSelector('a[data-state="started"]', { state: "attached" });
    assert.equal(await holder(), "body");
    assert.equal(await text.textContent(), "You are being connected.");
    assert.ok(await text.isVisible());
    assert.deepEqual(await dialled(), ["+14155550106"]);
    await page.context().close();
  }
  await open("");
});

it("end their question with the dialog that they stand in", async () => {
  await links('<dialog id="around"><a href="tel:+14155550100">Call</a></dialog>', { confirm: "dialog" });
  const around = (/** @type {"showModal" | "close"} */ what) =>
    page.evaluate(
      (what) => /** @type {HTMLDialogElement} */ (document.querySelector("#around"))[what](),
      what,
    );
  await around("showModal");
  await page.click("a");
  await page.waitForSelector("[data-quickcall-notice] dialog[open]");
  await around("close");
  await page.waitForSelector('a[data-state="idle"]', { state: "attached" });
  assert.equal(await page.locator("[data-quickcall-notice] dialog").count(), 0);
  await around("showModal");
  await page.click("a");
  await sayYes();
  await linkReached("started");
  assert.deepEqual(await dialled(), ["+14155550100"]);
});

it("have the focus again when their notice is closed", async () => {
  await links('<a href="tel:+19005550100">Call</a> <a href="#">Other</a>');
  await page.focus("a");
  await page.keyboard.press("Enter");
  await notice();
  await page.focus("[data-quickcall-notice] [part=close]");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Call");
});

it("give the focus to the one that was pressed last, where it is another one of the same number", async () => {
  await links(
    '<a id="call" href="tel:+14155550100">Call</a> <a id="footer" href="tel:+1-415-555-0100">Call</a>',
    { cooldown: 60 },
  );
  await page.click("#call");
  await linkReached("started");
  await page.click("#footer");
  await page.click("[data-quickcall-notice] [part=close]");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "footer");
});
