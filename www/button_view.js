/**
 * The button: three looks, a playground, and a link that became a call.
 * @module
 */

/** @import { Messages, QuickcallButton, TelLinkOptions } from "/quickcall/dist/element.js" */
import { enhanceTelLinks } from "/quickcall/dist/element.js";
import { byId } from "./element.js";

/** @type {TelLinkOptions} */
const links = {};
enhanceTelLinks(document, links);

/** @type {HTMLFormElement} */
const playground = byId("playground");
/** @type {QuickcallButton} */
const played = byId("played");
/** @type {string[]} */
const events = [];

/**
 * Gives the buttons and the link what is filled in for the server.
 * @param {Record<string, any>} config As the class takes it.
 * @param {Record<string, any>} endpoint `{ user }` or `{ device }`.
 */
export function setServer({ baseUrl, accountId, authToken }, { user, device }) {
  Object.assign(links, { baseUrl, accountId, authToken, user, device });
  /** @type {Record<string, string | undefined>} */
  const attributes = { "base-url": baseUrl, "account-id": accountId, user, device };
  for (const button of document.querySelectorAll("quickcall-button")) {
    button.authToken = authToken;
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === "") button.removeAttribute(name);
      else button.setAttribute(name, value);
    }
  }
}

/** Calls `changed` whenever a button or the link has placed a call, or not. @param {() => void} changed */
export function onCall(changed) {
  for (const name of ["quickcall-placed", "quickcall-error"]) document.addEventListener(name, changed);
}

/** @param {string} name */
function said(name) {
  return /** @type {HTMLInputElement} */ (playground.elements.namedItem(name)).value;
}

/** Gives the button of the playground what is chosen there. */
async function play() {
  const language = said("language");
  /** @type {Record<string, Messages>} */
  const words = language === "en" ? {} : await import(`/quickcall/dist/messages_${language}.js`);
  played.messages = words[language];
  played.dir = language === "ar" ? "rtl" : "";
  played.lang = language;
  played.textContent = said("label");
  const { checked } = /** @type {HTMLInputElement} */ (playground.elements.namedItem("disabled"));
  played.disabled = checked;
  const attributes = { number: said("number"), confirm: said("confirm"), cooldown: said("cooldown") };
  for (const [name, value] of Object.entries(attributes)) played.setAttribute(name, value);
  const look = { "--quickcall-background": said("background"), "--quickcall-radius": said("radius") };
  played.style.setProperty("--quickcall-color", said("background") === "" ? "" : "#fff");
  for (const [name, value] of Object.entries(look)) played.style.setProperty(name, value);

  const chosen = Object.entries({ ...attributes, ...(checked ? { disabled: "" } : {}) })
    .filter(
      ([name, value]) => !(name === "confirm" && value === "none") && !(name === "cooldown" && value === "5"),
    )
    .map(([name, value]) =>
      value === "" ? `\n  ${name}` : `\n  ${name}="${value.replaceAll('"', "&quot;")}"`,
    );
  byId("played-html").textContent =
    `<quickcall-button\n  handler="https://edge.example.com/call"\n  endpoint="sales"${chosen.join("")}>${said("label").replaceAll("<", "&lt;")}</quickcall-button>`;
}

playground.addEventListener("input", play);
playground.addEventListener("submit", (event) => event.preventDefault());
for (const name of ["quickcall-before", "quickcall-state", "quickcall-placed", "quickcall-error"]) {
  played.addEventListener(name, () => {
    events.push(name);
    byId("played-state").textContent = played.state;
    byId("played-events").textContent = events.slice(-4).join(", ");
  });
}
play();
