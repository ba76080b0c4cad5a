import { byId, element } from "./element.js";

/** How many sentences are kept: nobody hears of one that goes. */
const KEPT = 8;

/**
 * Tells whoever hears the page and does not see it, politely. It is on the page for all others.
 * @param {string} sentence
 */
export function announce(sentence) {
  const announced = byId("announced");
  announced.append(element("p", {}, [sentence]));
  if (announced.childElementCount > KEPT) announced.firstElementChild.remove();
}
