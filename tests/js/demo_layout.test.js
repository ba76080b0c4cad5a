/**
 * Where things are on the demo page: their order, and that they fit.
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { axe, call, open, page } from "./harness/demo_page.js";

describe("the layout of the demo page", () => {
  for (const [name, width] of /** @type {const} */ ([
    ["phone", 390],
    ["tablet", 800],
  ])) {
    it(`is in the order of the keyboard: ${name}`, async () => {
      await open({ viewport: { width, height: 844 } });
      await call("(415) 555-0100");
      await page.focus("#field-number");
      /** @type {{ id: string, top: number }[]} */
      const stops = [];
      for (let presses = 0; presses < 26; presses++) {
        stops.push(
          await page.evaluate(() => {
            const at = /** @type {Element} */ (document.activeElement);
            return { id: at.id, top: at.getBoundingClientRect().top + scrollY };
          }),
        );
        await page.keyboard.press("Tab");
      }
      const ids = stops.map(({ id }) => id);
      assert.deepEqual(ids.slice(0, 4), ["field-number", "field-kind", "field-id", "call"]);
      assert.ok(ids.includes("look-plain"), ids.join(" "));
      for (const [place, { id, top }] of stops.entries())
        assert.ok(top >= (stops[place - 1]?.top ?? 0) - 30, `${id} is above the one before it`);
      assert.deepEqual(await axe(), []);
    });
  }

  it("has the number beside the call on a wide screen, and the options below", async () => {
    const [number, dials, options] = await Promise.all(
      ["call", "dialled", "options"].map((name) => page.locator(`#heading-${name}`).boundingBox()),
    );
    assert.ok(number && dials && options);
    assert.equal(number.y, dials.y);
    assert.ok(number.x < dials.x && options.x === number.x && options.y > number.y);
  });

  it("fits a narrow phone with text of twice the size", async () => {
    await open({ viewport: { width: 360, height: 780 } });
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    await page.click("#add-var");
    await page.getByLabel("Name of the var").fill("bad key");
    await page.check("#field-follow");
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, `${scroll} is wider than ${client}`);
    for (const id of ["look-plain", "look-round", "look-quiet", "played"]) {
      const label = await page.locator(`#${id} [part=label]`).boundingBox();
      // Two lines, or three where there are three words.
      assert.ok(label && label.height < 32 * 1.5 * 3 + 2, `${id} is ${label?.height} high`);
    }
    assert.deepEqual(await axe(), []);
  });
});
