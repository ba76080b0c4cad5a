/**
 * The number before and after the filter, and the request that is sent.
 * @module
 */

/** @import { Request } from "/quickcall/dist/index.js" */
import { Quickcall } from "/quickcall/dist/index.js";
import { byId, element } from "./element.js";

/** What stands for the token: the page never writes it. */
const DOTS = "••••••••";

/**
 * Shows what was typed, with what is not dialled struck through, and what is dialled.
 * @param {string} typed
 * @param {string | undefined} dialled
 */
export function showNumber(typed, dialled) {
  const kept = dialled === undefined ? undefined : keptPlaces(typed, dialled);
  const characters = [...typed].map((character, place) =>
    kept && !kept.has(place) ? takenAway(character) : character,
  );
  byId("typed").replaceChildren(...characters);
  byId("dialled").textContent = dialled ?? "–";
}

/**
 * A space is shown as a sign of its own: struck through it would look like a hyphen.
 * @param {string} character
 */
function takenAway(character) {
  return character === " " ? element("s", { class: "space" }, ["␣"]) : element("s", {}, [character]);
}

/**
 * The places of the typed characters that are dialled, or nothing where they cannot be told.
 * @param {string} typed
 * @param {string} dialled
 */
function keptPlaces(typed, dialled) {
  const whole = typed.indexOf(dialled);
  const places = new Set();
  if (whole >= 0) {
    const start = [...typed.slice(0, whole)].length;
    for (let place = start; place < start + dialled.length; place++) places.add(place);
    return places;
  }
  let next = 0;
  for (const [place, character] of [...typed].entries()) {
    if (character === dialled[next]) {
      places.add(place);
      next++;
    }
  }
  return next === dialled.length ? places : undefined;
}

/**
 * Shows a request, or that there is none.
 * @param {Request | undefined} request
 */
export function showRequest(request) {
  byId("no-request").hidden = request !== undefined;
  byId("request").hidden = request === undefined;
  if (!request) return;
  byId("method").textContent = request.method;
  byId("url").textContent = request.url;
  const headers = Object.entries({ ...request.headers, "X-Auth-Token": DOTS });
  byId("headers").textContent = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  byId("body-part").hidden = request.body === null;
  byId("body").textContent = request.body === null ? "" : JSON.stringify(JSON.parse(request.body), null, 2);
  byId("curl").textContent = Quickcall.toCurl(request);
}
