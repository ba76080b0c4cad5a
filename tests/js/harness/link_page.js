/**
 * A page with `tel:` links that call, on what `button_page.js` gives.
 * @module
 */

import { handler, open, page } from "./button_page.js";

/** @param {string} content @param {Record<string, unknown>} [more] */
export async function links(content, more = {}) {
  await open(content);
  await page.evaluate(
    async ([url, more]) => {
      const path = "/quickcall/dist/element.js";
      const { enhanceTelLinks } = await import(path);
      const scope = /** @type {any} */ (globalThis);
      scope.stop = enhanceTelLinks(document, { handler: url, endpoint: "sales", ...Object(more) });
      scope.left = [];
      // What is not taken over would open another program.
      addEventListener("click", (event) => {
        if (event.defaultPrevented) return;
        event.preventDefault();
        scope.left.push(/** @type {Element} */ (event.target).id);
      });
    },
    [handler.url, more],
  );
}
export const left = () => page.evaluate(() => /** @type {any} */ (globalThis).left);
export const notice = async () => {
  await page.waitForSelector("[data-quickcall-notice] .said");
  return page.textContent("[data-quickcall-notice] [part=message]");
};
/** @param {string} state */
export const linkReached = (state) => page.waitForSelector(`a[data-state="${state}"]`);
