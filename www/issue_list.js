/**
 * A list of issues beside what they are about.
 * @module
 */

/** @import { Issue } from "/quickcall/dist/index.js" */
import { element } from "./element.js";

/**
 * Shows issues in a list, and which controls are wrong.
 * @param {Element} list
 * @param {Issue[]} issues
 * @param {Element[]} controls
 */
export function showList(list, issues, controls) {
  const lines = issues.map(line);
  // Written only when it differs: it describes the control that is typed in.
  if (list.innerHTML !== element("ul", {}, lines).innerHTML) list.replaceChildren(...lines);
  const isWrong = issues.some(({ severity }) => severity === "error");
  for (const control of controls) control.setAttribute("aria-invalid", String(isWrong));
}

/** @param {Issue} issue */
function line({ severity, code, path, message, expected }) {
  return element("li", { class: severity }, [
    element("b", {}, [severity === "error" ? "Error: " : "Note: "]),
    path.length > 1 ? `${path.slice(1).join(".")}: ` : "",
    message,
    expected && !message.includes(expected) ? ` Expected: ${expected}.` : "",
    " ",
    element("code", {}, [code]),
  ]);
}
