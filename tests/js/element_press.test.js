/**
 * A press of the button in Chromium: one call, however it is pressed. What was dialled is counted at the simulator.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
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
  told,
} from "./harness/button_page.js";

/** @param {number} count */
const placed = (count) =>
  page.waitForFunction(
    (count) =>
      /** @type {any} */ (globalThis).told.filter((/** @type {string[]} */ [name]) => name === "placed")
        .length === count,
    count,
  );

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

  it("twice in the time of a slow double click is one call, whatever the cool-down is", async () => {
    await open(button('number="+14155550100" cooldown="0"'));
    // The first call loads all: the others are over before the button is pressed again.
    await press();
    await placed(1);
    await page.evaluate(() => {
      const scope = /** @type {any} */ (globalThis);
      addEventListener("quickcall-placed", () => {
        scope.placedAt = performance.now();
      });
      addEventListener("click", () => {
        scope.rest = performance.now() - scope.placedAt;
      });
    });
    let calls = 1;
    let isDouble = false;
    // On a slow machine the second click may come too late to be one of a double click.
    for (let tries = 10; tries > 0 && !isDouble; tries--) {
      await pressAgain();
      await placed(++calls);
      await press();
      isDouble = await page.evaluate(() => /** @type {any} */ (globalThis).rest < 350);
      if (!isDouble) await placed(++calls);
    }
    assert.ok(isDouble);
    await page.waitForTimeout(300);
    assert.equal((await dialled()).length, calls);
    await pressAgain();
    await placed(calls + 1);
  });

  it("and a call of the class to the same number, however it is written, is one call", async () => {
    await open(button('number="+1 (415) 555-0106"'));
    await Promise.all([page.waitForRequest(handler.url), press()]);
    const refused = await page.evaluate(async (handler) => {
      const { Quickcall } = await import(/** @type {any} */ ("/quickcall/dist/index.js"));
      return new Quickcall({ handler }).call({ endpoint: "sales", number: "+1.415.555.0106" }).then(
        () => "placed",
        (/** @type {any} */ { code, outcome }) => `${code} ${outcome}`,
      );
    }, handler.url);
    assert.equal(refused, "duplicate not_placed");
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550106"]);
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
          "This call may be on its way already. Check your phone.",
      ),
    );
  });

  it("on another button for the same number, or by a script for another one, is refused in the cool-down", async () => {
    await open(button('number="+14155550100"') + button('number="+1 415 555 0100"'));
    await press();
    await reached("started");
    await page.locator(inner).nth(1).click();
    await reached("failed");
    assert.deepEqual((await told()).at(-1), ["error", "duplicate"]);
    const refused = await page.evaluate(() => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      button.number = "+14155550199";
      return button.call().catch((/** @type {any} */ { code, outcome }) => [button.state, code, outcome]);
    });
    assert.deepEqual(refused, ["started", "duplicate", "not_placed"]);
    assert.deepEqual(await dialled(), ["+14155550100"]);
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
    for (let rest = 600; rest > 0 && (await states()).includes("calling"); rest--)
      await page.waitForTimeout(50);
    assert.deepEqual((await states()).sort(), ["failed", "started"]);
    assert.deepEqual(await dialled(), ["+14155550106"]);
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

  it("that calls another number while a call is under way is refused, and the same one has its result", async () => {
    await open(button());
    const told = await page.evaluate(async () => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      const outcome = () =>
        button.call().then(
          (/** @type {any} */ { callIds }) => callIds[0],
          (/** @type {any} */ { code, outcome }) => `${code} ${outcome}`,
        );
      const first = outcome();
      const same = outcome();
      button.number = "+14155550199";
      const other = outcome();
      return Promise.all([first, same, other]);
    });
    assert.match(told[0], /-quickcall$/);
    assert.deepEqual(told, [told[0], told[0], "duplicate not_placed"]);
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
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

  it("calls the number and the endpoint of the button, whatever its options name", async () => {
    /** @type {any[]} */
    const bodies = [];
    await open(button());
    page.on("request", (request) => request.method() === "POST" && bodies.push(request.postDataJSON()));
    await page.evaluate(() => {
      const options = { number: "+14155550199", endpoint: "support", verification: "v" };
      /** @type {any} */ (document.querySelector("quickcall-button")).options = options;
    });
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
    assert.deepEqual(bodies, [{ endpoint: "sales", number: "+14155550100", verification: "v" }]);
    await page.context().close();
    await openDirect('number="4155550100"');
    await page.evaluate(() => {
      /** @type {any} */ (document.querySelector("quickcall-button")).options = { number: "4155550199" };
    });
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100", "4155550100"]);
  });

  it("waits for its answer as long as the phone rings", async () => {
    for (const [timeout, state] of /** @type {const} */ ([
      [50, "started"],
      [undefined, "unknown"],
    ])) {
      await open(button('number="+14155550100" cooldown="600"'));
      await page.evaluate((timeout) => {
        /** @type {any} */ (document.querySelector("quickcall-button")).options = { timeout };
        const inTime = window.setTimeout;
        /** @type {any} */ (window).setTimeout = (
          /** @type {() => void} */ work,
          /** @type {number} */ wait,
        ) => inTime(work, wait / 5);
      }, timeout);
      await page.route(handler.url, async (route) => {
        const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
        if (route.request().method() !== "POST") return route.fulfill({ headers });
        // As time goes there.
        const passed = page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50_000)));
        // The page that has given up is closed by then.
        const isThere = await passed.then(
          () => true,
          () => false,
        );
        if (!isThere) return;
        const callIds = [`${"0".repeat(36)}-quickcall`];
        await route.fulfill({ headers, json: { state: "started", callIds, requestId: "one" } });
      });
      // What the press loads takes no time of the call then.
      await Promise.all([
        page.waitForResponse(/call_by_handler\.js$/),
        page.waitForResponse(/call_words\.js$/),
        page.hover(inner),
      ]);
      await press();
      await reached(state);
      await page.unroute(handler.url);
      await page.context().close();
    }
    await open("");
  });

  it("for a handler that is empty is told as a wrong configuration, and sends nothing", async () => {
    for (const given of ["", " "]) {
      for (const kind of ["attribute", "property", "links"]) {
        await open(
          '<quickcall-button endpoint="sales" number="+14155550100"></quickcall-button><a href="tel:+14155550100">Call</a>',
        );
        /** @type {string[]} */
        const posts = [];
        page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
        await page.evaluate(
          async ([given, kind]) => {
            const scope = /** @type {any} */ (globalThis);
            document.body.addEventListener("quickcall-error", ({ detail }) => {
              scope.issues = detail.issues.map(({ code, path }) => [code, ...path]);
            });
            const button = /** @type {any} */ (document.querySelector("quickcall-button"));
            if (kind === "attribute") button.setAttribute("handler", given);
            if (kind === "property") button.handler = given;
            const { enhanceTelLinks } = await import(String("/quickcall/dist/element.js"));
            enhanceTelLinks(document, { handler: given, endpoint: "sales" });
          },
          [given, kind],
        );
        await (kind === "links" ? page.click("a") : press());
        await page.waitForSelector('[data-state="failed"]');
        assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).issues), [
          ["required", "handler"],
        ]);
        assert.deepEqual(posts, []);
        await page.context().close();
      }
    }
    await open("");
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
    await reached("failed");
    assert.equal(await said(), "Calls cannot be placed from here at the moment. No phone rings.");
    await page.evaluate(() => {
      /** @type {any} */ (document.querySelector("quickcall-button")).options = undefined;
    });
    await press();
    await reached("started");
    assert.deepEqual(await dialled(), ["+14155550100"]);
  });

  it("with an option that no request can have fails, and can be pressed again", async () => {
    await open(button());
    await page.evaluate(() => {
      /** @type {any} */ (document.querySelector("quickcall-button")).options = { timeout: Symbol("x") };
    });
    for (let count = 0; count < 2; count++) {
      await press();
      await reached("failed");
    }
    assert.equal(await said(), "The call was not placed. Try again later.");
    assert.deepEqual(await dialled(), []);
  });

  it("without a handler blames the page, and not the number", async () => {
    for (const [way, told] of /** @type {const} */ ([
      ['account-id="x"', /`baseUrl` is needed/],
      ["", /handler: Give a `handler` and an `endpoint`/],
    ])) {
      await open(`<quickcall-button ${way} endpoint="sales" number="+14155550100"></quickcall-button>`);
      await page.evaluate(() => {
        const scope = /** @type {any} */ (globalThis);
        addEventListener("quickcall-error", ({ detail }) => {
          scope.said = detail.message;
        });
      });
      await press();
      await reached("failed");
      assert.equal(await said(), "Calls cannot be placed from here at the moment. No phone rings.");
      const message = await page.evaluate(() => /** @type {any} */ (globalThis).said);
      assert.match(message, told);
    }
    assert.deepEqual(await dialled(), []);
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
    assert.equal(
      await said(),
      "This number cannot be called from here. If it has no +, write it with + and the country code.",
    );
    await open(button('number="users"'));
    await press();
    await reached("invalid");
    assert.deepEqual(await dialled(), []);
    // The number is the visitor's: nothing stands on the console of what the page itself has right.
    assert.deepEqual(
      complaints.filter((text) => text.startsWith("quickcall")),
      [],
    );
  });

  it("without a handler says on the console what its page has to give, and no number", async () => {
    for (const attributes of ['endpoint="sales"', 'endpoint="sales" handler=""']) {
      await open(`<quickcall-button ${attributes} number="+14155550100"></quickcall-button>`);
      await press();
      await reached("failed");
      assert.equal(complaints.length, 1, attributes);
      assert.match(complaints[0] ?? "", /^quickcall: No call was placed: .* handler: /);
      assert.doesNotMatch(complaints[0] ?? "", /555/);
    }
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
});
