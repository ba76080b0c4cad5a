import { byId } from "./element.js";

/**
 * Hides an element. A focus in it goes to the heading of the call: it would be at the top of the page, and on a button the next
 * press of a key would call.
 * @param {string} id
 */
export function hide(id) {
  const hasFocus = byId(id).contains(document.activeElement);
  byId(id).hidden = true;
  if (hasFocus) byId("heading-dialled").focus();
}
