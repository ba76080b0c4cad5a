/**
 * The demo page while a call is followed, or cannot be.
 */

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { call, complaints, dialled, page, simulator, text } from "./harness/demo_page.js";

describe("a call that the demo follows", () => {
  beforeEach(() => page.check("#field-follow"));

  for (const [url, why] of /** @type {const} */ ([
    ["foo", /^The call cannot be followed\. url: .*wss:/],
    ["", /^The call cannot be followed\. url: /],
    ["ws://127.0.0.1:1", /^The call cannot be followed\. Nothing is watched: /],
  ])) {
    it(`is placed beside a websocket at "${url}", and the page says nothing else of placing`, async () => {
      await page.fill("#field-events", url);
      await call("(415) 555-0100");
      assert.deepEqual(await dialled(), ["4155550100"]);
      assert.equal(await text(".outcome h3"), "Your phone was answered");
      assert.match(await text("#follow-note"), why);
      assert.doesNotMatch(await text("#follow-note"), /placed/);
    });
  }

  it("has times that count from the press, and says so", async () => {
    // The answer takes 0.75 seconds here.
    await call("(415) 555-0106");
    await page.waitForSelector('[data-step="answered"].done');
    const [, seconds] = /told after ([\d.]+) s/.exec(await text('[data-step="answered"]')) ?? [];
    assert.ok(Number(seconds) >= 0.7, `after ${seconds} s`);
    assert.match(await text("#times-note"), /from the press of Call\. What came before Kazoo's answer/);
    await page.selectOption("#field-blocking", "false");
    await page.check("#field-allowBrowserRepeat");
    await call("(415) 777-0100");
    await page.waitForSelector('[data-step="ringing"].done');
    assert.match(await text("#times-note"), /from the press of Call\.$/);
    assert.deepEqual(complaints, []);
  });

  it("is hung up while its phone rings, when nobody waits for the answer any more", async () => {
    /** @type {string[]} */
    const hungUp = [];
    page.on("request", (request) => {
      const [, id] = /channels\/(.+)$/.exec(request.url()) ?? [];
      if (id && request.method() === "POST") hungUp.push(decodeURIComponent(id));
    });
    await page.fill("#field-number", "(415) 555-0109");
    await page.click("#call");
    await page.waitForFunction(() =>
      /Stop waiting/.test(document.querySelector("#follow-note")?.textContent ?? ""),
    );
    await page.waitForTimeout(300);
    await page.click("#abort");
    await page.waitForSelector(".outcome.unknown");
    await page.click("#hangup");
    await page.waitForFunction(() => document.querySelector("#follow-note")?.textContent);
    assert.deepEqual(hungUp, (await simulator.calls())[0].call_ids);
    await page.waitForSelector('[data-step="ended"].done');
    assert.ok(await page.isHidden("#hangup"));
  });
});
