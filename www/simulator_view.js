/**
 * The simulated Kazoo: what can be tried with it, and what it received and dialled.
 * @module
 */

import { byId, element } from "./element.js";

/**
 * What a simulator says of itself, or nothing where none serves this page.
 * @returns {Promise<any>}
 */
export async function aboutSimulator() {
  try {
    const response = await fetch("/_simulator/about");
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** What happens where a token is refused, and taken the next time. */
const REFUSED_ONCE = "refused_once";

/**
 * Whether a simulator refuses the token once for this number.
 * @param {any} about
 * @param {string} number
 */
export function isRefusedOnce(about, number) {
  const digits = number.replaceAll(/\D/g, "");
  return Boolean(
    about?.scenarios.some(
      (/** @type {any} */ scenario) =>
        scenario.happening === REFUSED_ONCE && digits.endsWith(scenario.digits),
    ),
  );
}

/**
 * Shows what can be tried. A press says so in the form.
 * @param {any} about
 * @param {(said: Record<string, string>) => void} say
 */
export function showScenarios(about, say) {
  byId("simulator").hidden = false;
  const ofNumbers = about.scenarios.map((/** @type {any} */ { digits, title, happening }) => {
    const more = happening === REFUSED_ONCE ? "; here a function gives the token, and is asked again" : "";
    return button(title, `number ends in ${digits}${more}`, () => say({ number: `(415) 555-${digits}` }));
  });
  const ofEndpoints = about.endpoints.map((/** @type {any} */ { kind, id, title }) =>
    button(title, kind === "users" ? "user" : "device", () =>
      say({ kind: kind === "users" ? "user" : "device", id }),
    ),
  );
  byId("scenarios").append(
    element("h4", {}, ["By number"]),
    element("div", { class: "choices" }, ofNumbers),
    element("h4", {}, ["By endpoint"]),
    element("div", { class: "choices" }, ofEndpoints),
  );
}

/**
 * @param {string} title
 * @param {string} hint
 * @param {() => void} press
 */
function button(title, hint, press) {
  const made = element("button", { type: "button", class: "choice" }, [title, element("small", {}, [hint])]);
  made.addEventListener("click", press);
  return made;
}

/** How many calls were begun here. What a simulator dialled before counts as such. @type {number | undefined} */
let begun;

/** Counts calls that begin, and takes back those of which it is known that none was placed. @param {number} more */
export function countBegun(more) {
  begun = (begun ?? 0) + more;
}

/** Shows what the simulator received and dialled, the newest first. */
export async function showReceived() {
  const response = await fetch("/_simulator/calls");
  /** @type {any[]} */
  const received = await response.json();
  const dialled = received.filter((call) => call.dialled !== null);
  byId("dial-count").textContent = String(dialled.length);
  byId("dial-word").textContent = dialled.length === 1 ? "call dialled" : "calls dialled";
  begun ??= dialled.length;
  byId("repeat-note").hidden = dialled.length <= begun;
  const lines = received
    .reverse()
    .slice(0, 20)
    .map(({ method, target, dialled }) =>
      element("li", {}, [
        element("b", {}, [dialled === null ? "nothing dialled" : `dialled ${dialled}`]),
        element("span", {}, [`${method} ${target}`]),
      ]),
    );
  byId("received").replaceChildren(lines.length > 0 ? element("ul", {}, lines) : "Nothing yet.");
}

/** Makes the simulator forget what it received. */
export async function forgetReceived() {
  await fetch("/_simulator/calls", { method: "DELETE" });
  begun = 0;
}
