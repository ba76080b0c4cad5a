/**
 * The playground of the button on the demo page.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { complaints, page, text } from "./harness/demo_page.js";

/** Waits until what is written matches. @param {string} part */
const written = (part) =>
  page.waitForFunction((part) => document.querySelector("#played-html")?.textContent?.includes(part), part);

describe("the playground of the demo", () => {
  it("has the words of the language that was chosen last, whichever was loaded last", async () => {
    const loads = { ar: 400, de: 300, fr: 200, es: 100 };
    for (const [language, wait] of Object.entries(loads)) {
      await page.route(`**/messages_${language}.js`, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, wait));
        await route.continue();
      });
    }
    for (const language of ["ar", "de", "fr", "es", "en"])
      await page.selectOption("#play-language", language);
    await page.selectOption("#play-confirm", "press");
    await page.waitForTimeout(900);
    const played = await page.evaluate(() => {
      const { lang, dir, messages } = /** @type {any} */ (document.querySelector("#played"));
      return { lang, dir, messages };
    });
    assert.deepEqual(played, { lang: "", dir: "", messages: undefined });
    await page.click("#played [part=button]");
    await page.waitForFunction(
      () => document.querySelector("#played")?.shadowRoot?.querySelector("[part=message]")?.textContent,
    );
    assert.equal(await text("#played [part=message]"), "Press again to call +14155550100.");
    assert.deepEqual(complaints, []);
  });

  it("says to write all that was chosen", async () => {
    await page.selectOption("#play-background", "#9d174d");
    await page.selectOption("#play-radius", "2em");
    await page.selectOption("#play-language", "ar");
    await page.fill("#play-cooldown", "9");
    await page.check("#play-disabled");
    // What was chosen last is written last, and all of it together.
    await written("  disabled\n  lang=");
    assert.equal(
      await text("#played-html"),
      `<quickcall-button
  handler="https://edge.example.com/call"
  endpoint="sales"
  number="+14155550100"
  cooldown="9"
  disabled
  lang="ar"
  dir="rtl"
  style="--quickcall-background: #9d174d; --quickcall-color: #fff; --quickcall-radius: 2em">Call the office</quickcall-button>
<script type="module">
  import { QuickcallButton } from "quickcall/element/class";
  import { ar } from "quickcall/messages/ar";
  QuickcallButton.messages = ar;
  await import("quickcall/element");
</script>`,
    );
  });

  it("writes what a page reads as it was typed", async () => {
    await page.fill("#play-label", `R&D &lt; "us" <b>`);
    await page.fill("#play-number", `+1"&amp;<4`);
    await written("R&amp;D");
    const read = await page.evaluate(() => {
      const html = document.querySelector("#played-html")?.textContent ?? "";
      const button = new DOMParser().parseFromString(html, "text/html").querySelector("quickcall-button");
      return [button?.textContent, button?.getAttribute("number")];
    });
    assert.deepEqual(read, [`R&D &lt; "us" <b>`, `+1"&amp;<4`]);
  });

  it("leaves an empty cool-down and number out", async () => {
    await page.fill("#play-cooldown", "");
    await page.fill("#play-number", "");
    assert.equal(
      await text("#played-html"),
      `<quickcall-button
  handler="https://edge.example.com/call"
  endpoint="sales">Call the office</quickcall-button>`,
    );
    assert.equal(
      await page.evaluate(() => /** @type {any} */ (document.querySelector("#played")).cooldown),
      5,
    );
  });
});
