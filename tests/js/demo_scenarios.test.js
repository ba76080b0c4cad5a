/**
 * The scenarios on the demo page, and what it shows of the simulator.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { complaints, dialled, page, simulator, text } from "./harness/demo_page.js";

/** @param {string} title */
const choose = (title) =>
  page.locator(".choice", { hasText: new RegExp(`^${title}(number|user|device)`) }).click();

/** Calls with what is filled in. */
async function press() {
  await page.click("#call");
  await page.waitForSelector(".outcome");
}

/** Says otherwise whatever decides what happens. */
async function sayOtherwise() {
  await page.selectOption("#field-numberFilter", "pattern");
  await page.fill("#field-pattern", "(\\d{3})");
  await page.selectOption("#field-blocking", "false");
  await page.fill("#field-timeout", "601");
  await page.fill("#field-cooldown", "60");
  for (const name of ["baseUrl", "accountId", "authToken"]) await page.fill(`#field-${name}`, "wrong");
}

describe("a scenario of the demo", () => {
  it("is what its title says, whatever was chosen and said before", async () => {
    await choose("a user without a device");
    await press();
    assert.match(await text(".outcome"), /no_endpoints/);
    await sayOtherwise();
    await choose("the phone is answered");
    await press();
    assert.equal(await text(".outcome h3"), "Your phone was answered");
    assert.deepEqual(await dialled(), ["4155550100"]);
    await choose("the phone is busy");
    await press();
    assert.match(await text(".outcome"), /USER_BUSY/);
    await sayOtherwise();
    await choose("a user with three devices");
    await press();
    assert.equal(await text(".outcome h3"), "Your phone was answered");
    const last = (await simulator.calls()).at(-1);
    assert.match(last.target, /\/users\/b{32}\/quickcall\/4155550100/);
  });

  it("is a token that is refused once, and the call is placed with the next one", async () => {
    await choose("the token is refused once");
    await press();
    assert.equal(await text(".outcome h3"), "Your phone was answered");
    assert.equal((await simulator.calls()).length, 2);
    assert.deepEqual(await dialled(), ["4155550122"]);
    assert.ok(await page.isHidden("#repeat-note"));
    assert.match(await text(".choice:has-text('refused once')"), /a function gives the token/);
  });

  it("is a connection that closes, and the page says who sent the request twice", async () => {
    await choose("the phone is answered");
    await press();
    await choose("the phone is busy");
    await press();
    await choose("the phone is answered");
    await press();
    await page.click("#look-plain [part=button]");
    await page.waitForFunction(() => document.querySelector("#dial-count")?.textContent === "3");
    assert.ok(await page.isHidden("#repeat-note"));
    await page.reload();
    await page.waitForFunction(() => document.querySelector("#dial-count")?.textContent === "3");
    assert.ok(await page.isHidden("#repeat-note"));
    await page.click("#clear");
    await page.waitForSelector("text=Nothing yet.");
    await choose("the call is placed, the connection closes before the answer");
    await press();
    assert.deepEqual(await dialled(), ["4155550107", "4155550107"]);
    await page.waitForFunction(() => document.querySelector("#dial-count")?.textContent === "2");
    assert.match(await text("#repeat-note"), /A browser may send a request again by itself/);
    assert.ok(await page.isVisible("#repeat-note"));
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.startsWith("Failed to load resource")),
      [],
    );
  });
});
