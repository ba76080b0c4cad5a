/**
 * The demo page in Chromium, used as a person does, against the simulator. The screenshots are in tests/out.
 */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { before, describe, it } from "node:test";
import {
  axe,
  call,
  complaints,
  dialled,
  open,
  page,
  simulator,
  TOKEN,
  text,
  urls,
} from "./harness/demo_page.js";
import { startSimulator } from "./harness/simulator.js";

const OUT = new URL("../out/", import.meta.url).pathname;

before(() => mkdirSync(OUT, { recursive: true }));

/** @param {string} name */
const issues = async (name) => (await page.textContent(`[data-issues="${name}"]`)) ?? "";

describe("a person at the demo page", () => {
  it("types a number, presses Call, and exactly that is dialled once", async () => {
    await call("(415) 555-0100");
    assert.deepEqual(await dialled(), ["4155550100"]);
    assert.equal(await text(".outcome h3"), "Your phone was answered");
    assert.match((await text(".outcome")) ?? "", /[0-9a-f]{36}-quickcall/);
    assert.equal(await text("#dial-count"), "1");
    assert.deepEqual(complaints, []);
  });

  it("presses twice, and one call is placed", async () => {
    await page.fill("[name=number]", "(415) 555-0106");
    await page.dblclick("#call");
    await page.waitForSelector(".outcome");
    assert.deepEqual(await dialled(), ["4155550106"]);
  });

  it("sees what is dialled, and what is taken away, as it is typed", async () => {
    await page.fill("[name=number]", "+1 (415) 555-0100");
    assert.equal(await text("#dialled"), "+14155550100");
    assert.equal(await page.locator("#typed s").count(), 5);
    // A space that is struck through looks like a hyphen.
    const spaces = page.locator("#typed s", { hasText: "␣" });
    assert.equal(await spaces.count(), 2);
    assert.equal(
      await spaces.first().evaluate((space) => getComputedStyle(space).textDecorationLine),
      "none",
    );
    await page.selectOption("[name=numberFilter]", "true");
    assert.equal(await text("#dialled"), "14155550100");
    assert.match(await issues("number"), /`\+`/);
    await page.selectOption("[name=numberFilter]", "pattern");
    await page.fill("[name=pattern]", "(\\d{4})$");
    assert.equal(await text("#dialled"), "0100");
    await page.fill("[name=pattern]", "(?=x)");
    assert.match(await issues("pattern"), /look-ahead/);
    assert.equal(await text("#dialled"), "–");
    assert.ok(await page.isDisabled("#call"));
  });

  it("sees each issue beside its field, errors and warnings", async () => {
    await page.fill("[name=number]", "users");
    assert.match(await issues("number"), /undialable/);
    assert.equal(await page.getAttribute("[name=number]", "aria-invalid"), "true");
    assert.ok(await page.isDisabled("#call"));
    await page.fill("[name=number]", "4155550100");
    assert.equal(await issues("number"), "");
    assert.equal(await page.getAttribute("[name=number]", "aria-invalid"), "false");
    for (const [name, value, expected] of [
      ["timeout", "3", /changed/],
      ["timeout", "601", /too_large/],
      ["timeout", "soon", /wrong_type/],
      ["cidName", "O'Hara", /unsafe_character/],
      ["cidNumber", "1=2", /unsafe_character/],
      ["id", "with space", /unsafe_character/],
      ["accountId", "1", /not_allowed/],
      ["baseUrl", "http://example.com", /allowInsecure/],
    ]) {
      const before = await page.inputValue(`[name=${name}]`);
      await page.fill(`[name=${name}]`, /** @type {string} */ (value));
      assert.match(await issues(/** @type {string} */ (name)), /** @type {RegExp} */ (expected));
      await page.fill(`[name=${name}]`, before);
    }
    assert.ok(await page.isEnabled("#call"));
  });

  it("sees the request, and every option arrives", async () => {
    await page.fill("[name=number]", "(415) 555-0100");
    await page.selectOption("[name=kind]", "device");
    await page.fill("[name=id]", "dddddddddddddddddddddddddddddddd");
    await page.fill("[name=timeout]", "20");
    await page.fill("[name=cidName]", "A+B 100% é");
    await page.fill("[name=cidNumber]", "+14155550199");
    await page.selectOption("[name=autoAnswer]", "false");
    await page.selectOption("[name=ignoreEarlyMedia]", "false");
    await page.selectOption("[name=media]", "bypass");
    await page.fill("[name=targetCallId]", "abc@example.com");
    await page.click("#add-var");
    await page.fill(".var input >> nth=0", "page");
    await page.fill(".var input >> nth=1", "pricing");
    assert.match((await text("#method")) ?? "", /POST/);
    const url = (await text("#url")) ?? "";
    assert.match(url, /\/devices\/d{32}\/quickcall\/4155550100\?auto_answer=false$/);
    assert.match((await text("#body")) ?? "", /"page": "pricing"/);
    assert.match((await text("#curl")) ?? "", /^curl -X POST -H "X-Auth-Token: \$AUTH_TOKEN"/);
    assert.match((await text("#headers")) ?? "", /X-Auth-Token: •+$/);
    await page.click("#call");
    await page.waitForSelector(".outcome");
    const [{ method, target, body, options }] = await simulator.calls();
    assert.equal(method, "POST");
    assert.equal(simulator.origin + target, url);
    assert.deepEqual(JSON.parse(body).data, {
      auto_answer: false,
      "cid-name": "A+B 100%25 é",
      "cid-number": "+14155550199",
      custom_application_vars: { page: "pricing" },
      "ignore-early-media": false,
      media: "bypass",
      target_call_id: "abc@example.com",
      timeout: 20,
    });
    assert.equal(options.cid_name, "A+B 100% é");
    assert.equal(options.auto_answer, false);
  });

  it("removes a var again", async () => {
    await page.fill("[name=number]", "4155550100");
    await page.click("#add-var");
    await page.fill(".var input >> nth=0", "bad key");
    await page.fill(".var input >> nth=1", "1");
    assert.match((await text(".var .issues")) ?? "", /bad key.*unsafe_character/s);
    await page.click(".var button");
    assert.equal(await page.locator(".var").count(), 0);
    assert.equal((await text("#body"))?.includes("vars"), false);
  });

  it("learns why a page places no call that a browser may send twice", async () => {
    await page.fill("[name=number]", "4155550100");
    await page.selectOption("[name=blocking]", "false");
    assert.match(await issues("blocking"), /handler.*allowBrowserRepeat/);
    await page.check("[name=allowBrowserRepeat]");
    assert.match(await issues("blocking"), /may_repeat/);
    assert.match((await text("#method")) ?? "", /GET/);
    await page.click("#call");
    await page.waitForSelector(".outcome");
    assert.equal(await text(".outcome h3"), "Kazoo took the request");
    assert.deepEqual(await dialled(), ["4155550100"]);
  });

  for (const [digits, title, words, dials] of /** @type {[string, string, RegExp, number][]} */ ([
    ["0101", "The call was not placed", /USER_BUSY/, 0],
    ["0102", "Nobody knows whether the call was placed", /unconfirmed.*unknown/s, 1],
    ["0108", "Nobody knows whether the call was placed", /bad_response|network/, 1],
    ["0110", "Nobody knows whether the call was placed", /bad_response/, 1],
    ["0112", "Nobody knows whether the call was placed", /server_error/, 0],
    ["0116", "The call was not placed", /rate_limited/, 0],
  ])) {
    it(`reads what became of a call to a number with ${digits}`, async () => {
      if (digits === "0102") await page.fill("[name=timeout]", "4");
      await call(`(415) 555-${digits}`);
      assert.equal(await text(".outcome h3"), title);
      assert.match((await text(".outcome")) ?? "", words);
      assert.equal((await dialled()).length, dials);
    });
  }

  it("is stopped from calling again while the phone may ring, and may insist", async () => {
    await call("(415) 555-0110");
    await page.click("#call");
    await page.waitForSelector(".outcome.bad");
    assert.match((await text(".outcome")) ?? "", /duplicate/);
    assert.equal((await dialled()).length, 1);
    await page.click("#again");
    await page.waitForSelector(".outcome.unknown");
    assert.equal((await dialled()).length, 2);
  });

  it("stops waiting, and is told that the call may exist", async () => {
    await page.fill("[name=number]", "(415) 555-0109");
    await page.click("#call");
    await page.waitForFunction(() => document.querySelector("#progress")?.textContent !== "");
    await page.waitForTimeout(500);
    await page.click("#abort");
    await page.waitForSelector(".outcome.unknown");
    assert.match((await text(".outcome")) ?? "", /aborted/);
    assert.equal((await dialled()).length, 1);
  });

  it("chooses a scenario, and it is in the form", async () => {
    await page.click(".choice:has-text('the phone is busy')");
    assert.equal(await page.inputValue("[name=number]"), "(415) 555-0101");
    // The choices are far below the button that calls.
    assert.equal(await page.evaluate(() => document.activeElement?.id), "call");
    const { y, height } = (await page.locator("#call").boundingBox()) ?? { y: -1, height: 0 };
    assert.ok(y >= 0 && y + height <= (page.viewportSize()?.height ?? 0), `at ${y}`);
    await page.click(".choice:has-text('a user without a device')");
    await page.click("#call");
    await page.waitForSelector(".outcome");
    assert.match((await text(".outcome")) ?? "", /no_endpoints/);
    await page.click("#clear");
    await page.waitForSelector("text=Nothing yet.");
    assert.deepEqual(await simulator.calls(), []);
  });

  it("uses the keyboard alone", async () => {
    await page.focus("[name=number]");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("(415) 555-0100");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".outcome");
    assert.deepEqual(await dialled(), ["4155550100"]);
    // Tab reaches everything and leaves the page in the end.
    const reached = new Set();
    await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press("Tab");
      reached.add(
        await page.evaluate(() => {
          const { id, className } = /** @type {HTMLElement} */ (document.activeElement);
          return id || className;
        }),
      );
    }
    for (const id of ["field-number", "field-timeout", "add-var", "call", "copy", "choice", "clear"]) {
      assert.ok(reached.has(id), `${id} is reached`);
    }
  });

  it("talks to a real server when the address says so", async () => {
    await open({}, `/?kazoo=${encodeURIComponent(`${simulator.origin}/v2`)}`);
    assert.equal(await page.inputValue("[name=baseUrl]"), `${simulator.origin}/v2`);
    assert.equal(await page.isVisible("#simulator"), false);
    assert.match((await text("#server-note")) ?? "", /a real phone rings/);
    await page.fill("[name=accountId]", "0123456789abcdef0123456789abcdef");
    await page.fill("[name=authToken]", TOKEN);
    await page.fill("[name=id]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    await call("(415) 555-0100");
    assert.deepEqual(await dialled(), ["4155550100"]);
  });

  it("is told of a wrong token", async () => {
    await page.fill("[name=authToken]", "wrong");
    await call("(415) 555-0100");
    assert.match((await text(".outcome")) ?? "", /unauthorized/);
    assert.deepEqual(await dialled(), []);
  });
});

describe("the demo page", () => {
  it("shows the token nowhere", async () => {
    await call("(415) 555-0102");
    const seen = await page.evaluate(() => [
      document.documentElement.outerHTML,
      document.documentElement.innerText,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      document.cookie,
    ]);
    for (const place of [...seen, ...urls, ...complaints]) assert.equal(place.includes(TOKEN), false);
  });

  it("asks no other server for anything", async () => {
    await call("(415) 555-0100");
    assert.ok(urls.every((url) => new URL(url).origin === simulator.origin));
  });

  for (const [name, width, height] of /** @type {[string, number, number][]} */ ([
    ["desktop", 1280, 900],
    ["phone", 390, 844],
  ])) {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      it(`is fit for everybody: ${name}, ${colorScheme}`, async () => {
        await open({ viewport: { width, height }, colorScheme });
        await page.screenshot({ path: `${OUT}demo-${name}-${colorScheme}-start.png`, fullPage: true });
        assert.deepEqual(await axe(), []);
        await call("(415) 555-0100");
        await page.screenshot({ path: `${OUT}demo-${name}-${colorScheme}-call.png`, fullPage: true });
        assert.deepEqual(await axe(), []);
        await page.click("#add-var");
        await page.fill("[name=timeout]", "3");
        await page.fill("[name=cidName]", "O'Hara");
        assert.deepEqual(await axe(), []);
        await page.screenshot({ path: `${OUT}demo-${name}-${colorScheme}-issues.png`, fullPage: true });
      });
    }
  }

  it("fits a narrow phone", async () => {
    await open({ viewport: { width: 320, height: 640 } });
    await call("(415) 555-0100");
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, `${scroll} is wider than ${client}`);
  });
});

describe("a call that is followed", () => {
  it("shows its steps as they come, and is hung up", async () => {
    await page.check("[name=follow]");
    await call("(415) 555-0100");
    await page.waitForSelector('[data-step="answered"].done');
    await page.click("#hangup");
    await page.waitForSelector('[data-step="ended"].done');
    const steps = await page.locator(".timeline .done").count();
    assert.ok(steps >= 3, `${steps}`);
    assert.match((await text('[data-step="ended"]')) ?? "", /NORMAL_CLEARING · lasted \d+ s/);
    assert.ok(await page.isHidden("#hangup"));
    await page.screenshot({ path: `${OUT}demo-timeline.png` });
    assert.deepEqual(complaints, []);
  });

  for (const isOver of [false, true]) {
    it(`is the one that is hung up, though an earlier one ${isOver ? "ends" : "goes on"}`, async () => {
      const slow = await startSimulator({
        www: "www",
        package: "pkg",
        token: TOKEN,
        speed: 2,
        rateLimit: false,
      });
      try {
        await open({}, "/", slow.origin);
        const { accountId } = await slow.about();
        /** @param {string} id @param {object} [data] */
        const channel = async (id, data) => {
          const response = await fetch(`${slow.baseUrl}/accounts/${accountId}/channels/${id}`, {
            method: data ? "POST" : "GET",
            headers: { "X-Auth-Token": TOKEN, "Content-Type": "application/json" },
            ...(data ? { body: JSON.stringify({ data }) } : {}),
          });
          return response.ok ? (await response.json()).data : undefined;
        };
        const until = async (/** @type {() => Promise<unknown>} */ holds) => {
          for (let rest = 200; !(await holds()); rest--) {
            assert.ok(rest > 0);
            await page.waitForTimeout(50);
          }
          await page.waitForTimeout(100);
        };
        const isConnected = async (/** @type {string} */ id) => {
          const other = (await channel(id))?.other_leg;
          return other && (await channel(other))?.answered;
        };
        /** @type {string[]} */
        const hungUp = [];
        page.on("request", (request) => {
          const [, id] = /channels\/(.+)$/.exec(request.url()) ?? [];
          if (id && request.method() === "POST") hungUp.push(decodeURIComponent(id));
        });
        for (const name of ["follow", "allowBrowserRepeat"]) await page.check(`[name=${name}]`);
        await page.selectOption("[name=blocking]", "false");
        const place = async (/** @type {string} */ number) => {
          await call(number);
          return (await slow.calls()).at(-1).call_ids[0];
        };
        const first = await place("(415) 555-0100");
        // So that something is heard of the first one between two steps of the second one.
        await page.waitForSelector('[data-step="answered"].done');
        await page.waitForTimeout(700);
        const second = await place("(415) 777-0100");
        assert.ok(!(await isConnected(first)), "the second call was placed too late");
        await until(() => isConnected(isOver ? second : first));
        if (isOver) {
          await channel(first, { action: "hangup" });
          await until(async () => !(await channel(first)));
        }
        await page.click("#hangup", { timeout: 20_000 });
        await page.waitForSelector('[data-step="ended"].done');
        assert.deepEqual(hungUp, [second]);
        assert.ok(await page.isHidden("#hangup"));
      } finally {
        await slow.stop();
      }
    });
  }

  it("is known though its answer was lost", async () => {
    await page.check("[name=follow]");
    await call("(415) 555-0110");
    assert.match((await text(".outcome h3")) ?? "", /answered|took the request/);
    await page.waitForSelector('[data-step="ended"].done');
    assert.deepEqual(await dialled(), ["4155550110"]);
  });

  it("is placed all the same when it cannot be followed, and the page says why", async () => {
    await page.check("[name=follow]");
    await page.fill("[name=events]", "https://kazoo.example.com/");
    await call("(415) 555-0100");
    assert.match((await text("#follow-note")) ?? "", /cannot be followed.*url/);
    assert.deepEqual(await dialled(), ["4155550100"]);
  });
});

describe("the button on the page", () => {
  const dialled = async () => (await simulator.calls()).map((call) => call.dialled);

  it("calls in each of its looks with what is filled in, and the list below shows it", async () => {
    const ended = async (/** @type {string} */ look) => {
      await page.waitForSelector(
        `${look}:is(${["started", "failed", "invalid", "unknown"].map((state) => `[data-state=${state}]`)})`,
      );
      return page.getAttribute(look, "data-state");
    };
    // Each rings another phone: the same call at once again would be refused.
    const rung = async () =>
      (await simulator.calls()).map(({ target }) =>
        target.replace(/^.*\/(\w+\/\w)\w+\/quickcall\/.*$/, "$1"),
      );
    await page.click("#look-plain [part=button]");
    assert.equal(await ended("#look-plain"), "started");
    assert.deepEqual(await rung(), ["users/a"]);

    await page.selectOption("[name=kind]", "device");
    await page.fill("[name=id]", "dddddddddddddddddddddddddddddddd");
    await page.click("#look-round [part=button]");
    await page.waitForSelector('#look-round[data-state="confirming"]');
    await page.waitForTimeout(450);
    await page.click("#look-round [part=button]");
    assert.equal(await ended("#look-round"), "started");
    assert.deepEqual(await rung(), ["users/a", "devices/d"]);

    await page.selectOption("[name=kind]", "user");
    await page.fill("[name=id]", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    await page.click("#look-quiet [part=button]");
    await page.click("#look-quiet [part=cancel]");
    await page.waitForSelector('#look-quiet[data-state="idle"]');
    assert.deepEqual(await rung(), ["users/a", "devices/d"]);
    await page.click("#look-quiet [part=button]");
    await page.waitForSelector("#look-quiet dialog[open]");
    await page.waitForTimeout(450);
    await page.click("#look-quiet [part=confirm]");
    assert.equal(await ended("#look-quiet"), "started");
    assert.deepEqual(await rung(), ["users/a", "devices/d", "users/b"]);

    assert.deepEqual(await dialled(), ["+14155550100", "+14155550100", "+14155550100"]);
    await page.waitForFunction(() => document.querySelector("#dial-count")?.textContent === "3");
    assert.deepEqual(complaints, []);
  });

  it("follows its playground, and says what to write", async () => {
    await page.fill("#play-label", "Anrufen");
    await page.fill("#play-number", "+14155550199");
    await page.selectOption("#play-confirm", "press");
    await page.selectOption("#play-language", "de");
    await page.selectOption("#play-background", "#1d4ed8");
    await page.waitForFunction(() =>
      /1d4ed8.*messages\/de/s.test(document.querySelector("#played-html")?.textContent ?? ""),
    );
    assert.equal(
      await page.textContent("#played-html"),
      `<quickcall-button
  handler="https://edge.example.com/call"
  endpoint="sales"
  number="+14155550199"
  confirm="press"
  lang="de"
  style="--quickcall-background: #1d4ed8; --quickcall-color: #fff">Anrufen</quickcall-button>
<script type="module">
  import { QuickcallButton } from "quickcall/element/class";
  import { de } from "quickcall/messages/de";
  QuickcallButton.messages = de;
  await import("quickcall/element");
</script>`,
    );
    const button = page.getByRole("button", { name: "Anrufen" });
    await button.click();
    await page.waitForFunction(
      () =>
        document.querySelector("#played")?.shadowRoot?.querySelector("[part=message]")?.textContent ===
        "Noch einmal drücken, um \u2066+14155550199\u2069 anzurufen.",
    );
    const color = await button.evaluate((inner) => getComputedStyle(inner).backgroundColor);
    assert.equal(color, "rgb(29, 78, 216)");
    await page.waitForTimeout(450);
    await button.click();
    await page.waitForFunction(() => document.querySelector("#played-state")?.textContent === "started");
    assert.match(
      (await page.textContent("#played-events")) ?? "",
      /quickcall-before, .*quickcall-state, quickcall-placed$/,
    );
    assert.deepEqual(await dialled(), ["+14155550199"]);
    assert.deepEqual(complaints, []);
  });

  it("has a link beside it that became a call", async () => {
    await page.click("#tel-link");
    await page.waitForSelector('#tel-link[data-state="started"]');
    await page.waitForSelector("[data-quickcall-notice] .said");
    assert.deepEqual(await dialled(), ["+14155550100"]);
    await page.screenshot({ path: `${OUT}demo-notice.png` });
    assert.deepEqual(complaints, []);
  });
});
