/**
 * Links of a page that call, in Chromium; what was dialled is counted at the simulator.
 */

import assert from "node:assert/strict";
import { it } from "node:test";
import {
  ACCOUNT,
  complaints,
  dialled,
  handler,
  keepBack,
  open,
  page,
  sayYes,
  simulator,
  TOKEN,
  told,
  USER,
  urls,
} from "./harness/button_page.js";
import { left, linkReached, links, notice } from "./harness/link_page.js";

it("call, and a notice says what becomes of it", async () => {
  await links('<a href="tel:+1-415-555-0100">Call</a>');
  await page.click("a");
  await linkReached("started");
  assert.deepEqual(await dialled(), ["+14155550100"]);
  assert.equal(await notice(), "You are being connected.");
  assert.deepEqual(
    (await told()).map((/** @type {string[]} */ [name]) => name),
    ["before", "state", "state", "placed"],
  );
  await page.click("[data-quickcall-notice] [part=close]");
  assert.equal(await page.isVisible("[data-quickcall-notice] [part=close]"), false);
});

it("of a page that says nobody to call tell it what is missing", async () => {
  await open('<a href="tel:+14155550100">Call</a>');
  await page.evaluate(async () => {
    const path = "/quickcall/dist/element.js";
    const { enhanceTelLinks } = await import(path);
    enhanceTelLinks(document);
  });
  await page.click("a");
  await linkReached("failed");
  const [, error] = (await told()).at(-1) ?? [];
  assert.equal(error, "invalid");
  assert.deepEqual(await dialled(), []);
  assert.equal(complaints.length, 1);
  assert.match(complaints[0] ?? "", /^quickcall: .*handler: Give a `handler` and an `endpoint`/);
});

it("call by a script of an extension, whose world of a page defines no elements", async () => {
  await open('<a href="tel:+14155550100">Call</a>');
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const world = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const { result } = await session.send("Runtime.evaluate", {
    contextId: world.executionContextId,
    awaitPromise: true,
    expression: `import("/quickcall/dist/element.js").then(({ enhanceTelLinks }) => {
      enhanceTelLinks(document, { handler: ${JSON.stringify(handler.url)}, endpoint: "sales" });
      return String(customElements);
    }, String)`,
  });
  assert.equal(result.value, "null");
  await page.click("a");
  await linkReached("started");
  assert.equal(await notice(), "You are being connected.");
  assert.deepEqual(await dialled(), ["+14155550100"]);
});

it("that come later, and what is in them, call; what follows the number is never dialled", async () => {
  for (const [href, number] of [
    ["tel:+1415-555-0100;ext=9", "+14155550100"],
    ["tel:+14155550100,,123", "+14155550100"],
    ["TEL:%2B1%20415%20555%200100%3Bext=1", "+14155550100"],
    ["tel:+1(415)555.0100;phone-context=example.com", "+14155550100"],
  ]) {
    await simulator.clear();
    await links("");
    await page.evaluate((href) => {
      const link = document.createElement("a");
      link.href = href ?? "";
      link.innerHTML = "<b><i id=inside>Call</i></b>";
      document.body.append(link);
    }, href);
    await page.click("#inside");
    await linkReached("started");
    assert.deepEqual(await dialled(), [number], href);
    await page.context().close();
  }
  await open("");
});

it("whose URL begins with what browsers leave out call, and others that hold one do not", async () => {
  for (const begin of [" ", "\n\t"]) {
    await links(
      `<a id="call" href="${begin}TEL:+14155550100">Call</a><a id="other" href="#?tel:+14155550104">Other</a>`,
    );
    const before = (await dialled()).length;
    await page.click("#other");
    await page.click("#call");
    await linkReached("started");
    assert.deepEqual([await left(), (await dialled()).slice(before)], [["other"], ["+14155550100"]]);
    await page.context().close();
  }
  await open("");
});

it("whose number is one only in a context stay plain links: by itself it would be another one", async () => {
  for (const href of ["tel:7042;phone-context=example.com", "tel:863-1234%3BPhone-Context=%2B1-914-555"]) {
    await links(`<a id="call" href="${href}">Call</a>`);
    await page.click("#call");
    await page.waitForTimeout(200);
    assert.deepEqual([await left(), await dialled()], [["call"], []], href);
    await page.context().close();
  }
  await open("");
});

it("in national form are sent as they are: the handler decides", async () => {
  await links('<a href="tel:(415)%20555-0100">Call</a>');
  await page.click("a");
  await linkReached("failed");
  assert.equal(
    await notice(),
    "This number cannot be called from here. If it has no +, write it with + and the country code.",
  );
  assert.deepEqual(await dialled(), []);
});

it("are written where a page lets people write, and a press is for the caret", async () => {
  await links('<p contenteditable>See <a id="call" href="tel:+14155550100">us</a></p>');
  await page.click("#call");
  await page.waitForTimeout(200);
  assert.deepEqual([await left(), await dialled()], [["call"], []]);
});

it("are never pressed in vain while a call is under way", async () => {
  const ANOTHER = "Another call is under way. Call this number when it is over.";
  await links(
    `<a id="sales" href="tel:+14155550106">Sales</a> <a id="support" href="tel:+14155550100">Support</a>
    <a id="footer" href="tel:+14155550106">Sales</a> <a id="spelled" href="tel:+1-415-555(0106)">Sales</a>`,
    { cooldown: 60 },
  );
  const text = () => page.locator("[data-quickcall-notice] [part=message]").textContent();
  const isOpen = () => page.isVisible("[data-quickcall-notice] [part=close]");
  const focused = () => page.evaluate(() => document.activeElement?.id);
  const close = () => page.click("[data-quickcall-notice] [part=close]");
  const letGo = await keepBack();
  await page.click("#sales");
  await linkReached("calling");
  await page.click("#support");
  assert.equal(await notice(), ANOTHER);
  letGo();
  // What is new of the call is said.
  await linkReached("started");
  assert.equal(await text(), "You are being connected.");
  for (const how of ["close", "Escape"]) {
    await page.click("#support");
    assert.equal(await text(), ANOTHER);
    if (how === "close") await close();
    else await page.keyboard.press("Escape");
    // It was not closed, and the call goes on.
    assert.equal(await text(), "You are being connected.");
    assert.equal(await focused(), "support");
  }
  await page.focus("#sales");
  await page.keyboard.press("Escape");
  assert.equal(await isOpen(), false);
  await page.click("#support");
  assert.equal(await text(), ANOTHER);
  await close();
  assert.equal(await isOpen(), false);
  for (const id of ["sales", "footer", "spelled"]) {
    await page.click(`#${id}`);
    assert.equal(await text(), "You are being connected.");
    assert.ok(await isOpen());
    await page.focus("#sales");
    await page.keyboard.press("Escape");
    assert.equal(await isOpen(), false);
  }
  await linkReached("started");
  assert.deepEqual(await dialled(), ["+14155550106"]);
});

it("that are pressed while the scripts are loaded leave the call to the first one", async () => {
  for (const script of ["tel_link_calls", "call_words"]) {
    await simulator.clear();
    await links(
      `<a id="sales" href="tel:+14155550106">Sales</a> <a id="support" href="tel:+14155550100">Support</a>`,
      { cooldown: 60 },
    );
    const address = `**/${script}.js`;
    await page.route(address, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await route.continue();
    });
    await page.click("#sales");
    await page.click("#support");
    await linkReached("started");
    assert.deepEqual(
      [
        await page.getAttribute("#sales", "data-state"),
        await page.getAttribute("#support", "data-state"),
        await dialled(),
      ],
      ["started", null, ["+14155550106"]],
      script,
    );
    await page.context().close();
  }
  await open("");
});

it("are followed where the script that calls does not come soon, and call for no press of before", async () => {
  await links('<a id="call" href="tel:+14155550100">Call</a>');
  /** @type {string[]} */
  const followed = [];
  const session = await page.context().newCDPSession(page);
  await session.send("Page.enable");
  session.on("Page.frameRequestedNavigation", ({ url }) => followed.push(url));
  /** @type {() => void} */
  let come = () => {};
  const wait = new Promise((resolve) => {
    come = () => resolve(undefined);
  });
  await page.route("**/tel_link_calls.js", async (route) => {
    await wait;
    await route.continue();
  });
  await page.click("a");
  for (let rest = 120; rest > 0 && followed.length === 0; rest--) await page.waitForTimeout(50);
  assert.deepEqual(followed, ["tel:+14155550100"]);
  const came = page.waitForResponse("**/tel_link_calls.js");
  come();
  await came;
  await page.waitForTimeout(500);
  assert.deepEqual([await told(), await dialled()], [[], []]);
});

it("are followed while the browser still takes that for the person's own doing, and not much sooner", async () => {
  await links('<a id="call" href="tel:+14155550100">Call</a>');
  await page.route("**/tel_link_calls.js", () => {});
  await page.evaluate(() => {
    const scope = /** @type {any} */ (globalThis);
    addEventListener("click", () => {
      const pressed = performance.now();
      // Where the page goes then: to another program, which is not there.
      scope.navigation.addEventListener("navigate", (/** @type {any} */ { destination }) => {
        scope.followed = [
          destination.url,
          scope.navigator.userActivation.isActive,
          performance.now() - pressed,
        ];
      });
    });
  });
  await page.click("a");
  await page.waitForFunction(() => /** @type {any} */ (globalThis).followed);
  const [url, isActive, after] = await page.evaluate(() => /** @type {any} */ (globalThis).followed);
  assert.deepEqual([url, isActive], ["tel:+14155550100", true]);
  // A script that comes later than usual calls all the same.
  assert.ok(after >= 3_000, `after ${after} ms`);
});

it("that are left alone while the script is loaded do not call", async () => {
  await links('<a id="call" href="tel:+14155550100">Call</a>');
  await page.route("**/tel_link_calls.js", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.click("a");
  await page.evaluate(() => /** @type {any} */ (globalThis).stop());
  await page.waitForTimeout(1_000);
  assert.deepEqual([await told(), await dialled()], [[], []]);
});

it("stay links where they should", async () => {
  await links(
    `<a id="off" data-quickcall="off" href="tel:+14155550100">1</a>
    <p data-quickcall="off"><a id="around" href="tel:+14155550100">2</a></p>
    <a id="star" href="tel:*100">3</a> <a id="hash" href="tel:+1415%2300">4</a> <a id="empty" href="tel:;ext=1">5</a>
    <a id="mail" href="mailto:a@example.com">6</a> <a id="call" href="tel:+14155550100">7</a>`,
  );
  const ids = ["off", "around", "star", "hash", "empty", "mail"];
  for (const id of ids) await page.click(`#${id}`);
  for (const modifier of /** @type {const} */ (["Control", "Shift", "Alt", "Meta"])) {
    await page.keyboard.down(modifier);
    await page.click("#call");
    await page.keyboard.up(modifier);
  }
  await page.click("#call", { button: "middle" });
  await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("#call")).click());
  await page.waitForTimeout(200);
  assert.deepEqual(await left(), [...ids, "call", "call", "call", "call", "call"]);
  assert.deepEqual(await dialled(), []);
  await page.evaluate(() => /** @type {any} */ (globalThis).stop());
  await page.click("#call");
  assert.equal((await left()).length, ids.length + 6);
  assert.deepEqual(await dialled(), []);
});

it("that a page takes itself, or that stand in a button that is none yet, are left to it", async () => {
  await links(
    `<a id="taken" href="tel:+14155550100">Call</a>
    <iframe srcdoc='<quickcall-button><a id="plain" href="tel:+14155550100">Call</a></quickcall-button>'></iframe>`,
  );
  const frame = page.frameLocator("iframe");
  await frame.locator("#plain").waitFor();
  await page.evaluate(async (url) => {
    document.querySelector("#taken")?.addEventListener("click", (event) => event.preventDefault());
    const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
    const inside = /** @type {Document} */ (document.querySelector("iframe")?.contentDocument);
    enhanceTelLinks(inside, { handler: url, endpoint: "sales" });
    // What is not taken over would open another program.
    inside.addEventListener("click", (event) => {
      if (!event.defaultPrevented) /** @type {any} */ (globalThis).left.push("plain");
      event.preventDefault();
    });
  }, handler.url);
  await page.click("#taken");
  await frame.locator("#plain").click();
  await page.waitForTimeout(300);
  assert.deepEqual([await left(), await told(), await dialled()], [["plain"], [], []]);
});

it("that are left alone before anybody comes near load nothing, and afterwards leave no notice", async () => {
  await links('<a href="tel:+14155550106">Call</a>');
  await page.evaluate(() => /** @type {any} */ (globalThis).stop());
  await page.hover("a");
  await page.waitForTimeout(300);
  assert.equal(urls.filter((url) => url.includes("tel_link_calls")).length, 0);
  await page.context().close();
  await links('<a href="tel:+14155550106">Call</a>');
  await page.click("a");
  await notice();
  await page.evaluate(() => /** @type {any} */ (globalThis).stop());
  await page.waitForFunction(() => !document.querySelector("[data-quickcall-notice]"));
});

it("have a state for as long as theirs is the last call", async () => {
  await links(
    '<a id="sales" href="tel:+19005550100">Sales</a> <a id="support" href="tel:+14155550100">Support</a>',
  );
  await page.click("#sales");
  await linkReached("failed");
  await page.click("#support");
  await linkReached("started");
  assert.equal(await page.getAttribute("#sales", "data-state"), null);
});

it("whose page gives what is no text as a handler are told as a wrong configuration", async () => {
  await links("");
  await page.evaluate(async () => {
    /** @type {any} */ (globalThis).stop();
    document.body.innerHTML = '<a href="tel:+14155550100">Call</a>';
    const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
    enhanceTelLinks(document, { handler: new URL("/call", location.href), endpoint: "sales" });
  });
  await page.click("a");
  await linkReached("failed");
  assert.deepEqual((await told()).at(-1), ["error", "invalid"]);
});

it("that are left alone while one is called are no more changed, and tell nothing", async () => {
  await links('<a href="tel:+14155550106">Call</a>');
  const letGo = await keepBack();
  await page.click("a");
  await linkReached("calling");
  const before = (await told()).length;
  await page.evaluate(() => /** @type {any} */ (globalThis).stop());
  letGo();
  await page.waitForTimeout(1_500);
  assert.equal(await page.getAttribute("a", "data-state"), null);
  assert.equal((await told()).length, before);
});

it("pressed twice call once, and a dialog asks first where that is wanted", async () => {
  await links('<a href="tel:+14155550106">Call</a>');
  await page.dblclick("a");
  await linkReached("started");
  assert.deepEqual(await dialled(), ["+14155550106"]);
  await page.context().close();
  await simulator.clear();
  await links('<a href="tel:+14155550100">Call</a>', { confirm: "dialog" });
  await page.click("a");
  await page.click("dialog [part=cancel]");
  await linkReached("idle");
  await page.click("a");
  await sayYes();
  await linkReached("started");
  assert.deepEqual(await dialled(), ["+14155550100"]);
});

it("call without a handler, with every option that they may have", async () => {
  const server = { baseUrl: simulator.baseUrl, accountId: ACCOUNT, user: USER, authToken: TOKEN };
  const more = { handler: undefined, endpoint: undefined, cooldown: 0, options: { timeout: 20 } };
  await links('<a href="tel:4155550100">Call</a>');
  await page.evaluate(
    async (options) => {
      const scope = /** @type {any} */ (globalThis);
      scope.stop();
      const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
      const messages = { started: "It rings." };
      const progress = () => (async function* () {})();
      enhanceTelLinks(document, { ...options, confirm: "dialog", messages, progress });
    },
    { ...server, ...more },
  );
  await page.click("a");
  await sayYes();
  await page.waitForFunction(() =>
    /** @type {any} */ (globalThis).told.some((/** @type {string[]} */ [name]) =>
      ["placed", "error"].includes(String(name)),
    ),
  );
  assert.deepEqual(
    (await told()).filter((/** @type {string[]} */ [name]) => name === "placed" || name === "error"),
    [["placed", "started"]],
  );
  assert.deepEqual(await dialled(), ["4155550100"]);
});

it("in a drawing call like others", async () => {
  for (const name of ["href", "xlink:href"]) {
    await simulator.clear();
    await links(
      `<svg width="200" height="40"><a id="drawn" ${name}="tel:+1-415-555-0100;ext=9"><text y="20">Call</text></a></svg>`,
    );
    await page.click("#drawn text");
    await linkReached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
    assert.deepEqual(complaints, []);
    await page.context().close();
  }
  await open("");
});

it("ask first in a page that has changed all of its content, too", async () => {
  for (const confirm of ["dialog", "press"]) {
    await links('<a href="tel:+14155550100">Call</a>', { confirm });
    await page.hover("a");
    await page.waitForSelector("[data-quickcall-notice]", { state: "attached" });
    await page.evaluate(() => {
      document.body.innerHTML = '<a id="new" href="tel:+14155550100">Call</a>';
    });
    await page.click("#new");
    const text = confirm === "dialog" ? page.locator("dialog") : page.locator("[part=message]");
    await text.waitFor();
    assert.match((await text.textContent()) ?? "", /\+14155550100/);
    assert.deepEqual(await dialled(), []);
    await page.context().close();
  }
  await open("");
});

it("in a shadow root call where that is what was given", async () => {
  await links("");
  // Makes such a root, and gives it over where that is wanted.
  const make = (/** @type {boolean} */ isGiven) =>
    page.evaluate(
      async ([url, isGiven]) => {
        const scope = /** @type {any} */ (globalThis);
        document.querySelector("#host")?.remove();
        const host = document.createElement("div");
        host.id = "host";
        document.body.append(host);
        const root = host.attachShadow({ mode: "open" });
        root.innerHTML = `<a href="tel:+1-415-555-0100;ext=9"><b id="inside">Call</b></a>
          <a id="off" data-quickcall="off" href="tel:+14155550106">Not</a>`;
        const path = "/quickcall/dist/element.js";
        const { enhanceTelLinks } = await import(path);
        const options = { handler: url, endpoint: "sales", confirm: "dialog" };
        if (isGiven) scope.stop = enhanceTelLinks(root, options);
        // Outside it would be the root's host that was pressed.
        root.addEventListener("click", (event) => {
          if (event.defaultPrevented) return;
          event.preventDefault();
          scope.left.push(/** @type {Element} */ (event.target).id);
        });
      },
      /** @type {const} */ ([handler.url, isGiven]),
    );
  await make(false);
  await page.click("#inside");
  assert.deepEqual([await left(), await told()], [["inside"], []]);
  await page.evaluate(() => /** @type {any} */ (globalThis).stop());
  await make(true);
  await page.click("#off");
  await page.click("#inside");
  assert.deepEqual(await left(), ["inside", "off"]);
  await sayYes();
  await linkReached("started");
  assert.equal(await notice(), "You are being connected.");
  assert.deepEqual(await dialled(), ["+14155550100"]);
  // The page hears of it, too.
  assert.deepEqual(
    (await told()).map((/** @type {string[]} */ [name]) => name),
    ["state", "before", "state", "state", "placed"],
  );
  assert.deepEqual(complaints, []);
  await page.evaluate(() => /** @type {any} */ (globalThis).stop());
  await page.click("#inside");
  assert.equal((await left()).at(-1), "inside");
});
