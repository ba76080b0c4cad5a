/**
 * The button: three looks, a playground, and a link that became a call.
 * @module
 */

/** @import { Messages, QuickcallButton, TelLinkOptions } from "/quickcall/dist/element.js" */
import { enhanceTelLinks } from "/quickcall/dist/element.js";
import { byId } from "./element.js";
import { howToWrite } from "./how_to_write.js";

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
  const given = { "base-url": baseUrl, "account-id": accountId, user, device };
  for (const button of document.querySelectorAll("quickcall-button")) {
    button.authToken = authToken;
    for (const [name, value] of Object.entries(given)) setOrRemove(button, name, value || undefined);
  }
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | undefined} value Without one the attribute is removed.
 */
function setOrRemove(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** Calls `changed` whenever a button or the link has placed a call, or not. @param {() => void} changed */
export function onCall(changed) {
  for (const name of ["quickcall-placed", "quickcall-error"]) document.addEventListener(name, changed);
}

/**
 * Calls `count` with 1 whenever a button or the link begins a call, and with -1 where none was placed then.
 * @param {(more: number) => void} count
 */
export function onBegun(count) {
  document.addEventListener("quickcall-state", ({ detail }) => {
    if (detail.state === "calling") count(1);
  });
  document.addEventListener("quickcall-error", ({ detail }) => {
    if (detail.outcome === "not_placed") count(-1);
  });
}

/** @param {string} name */
function said(name) {
  return /** @type {HTMLInputElement} */ (playground.elements.namedItem(name)).value;
}

/** Gives the button of the playground what is chosen there, and shows how to write it. */
async function play() {
  const language = said("language");
  /** @type {Record<string, Messages>} */
  const words = language === "en" ? {} : await import(`/quickcall/dist/messages_${language}.js`);
  // Another language may have been chosen while this one was loaded.
  if (said("language") !== language) return;
  played.messages = words[language];
  const { checked } = /** @type {HTMLInputElement} */ (playground.elements.namedItem("disabled"));
  /** @type {Record<string, string | undefined>} */
  const attributes = {
    number: said("number") || undefined,
    confirm: said("confirm") === "none" ? undefined : said("confirm"),
    cooldown: said("cooldown") || undefined,
    disabled: checked ? "" : undefined,
    lang: language === "en" ? undefined : language,
    dir: language === "ar" ? "rtl" : undefined,
  };
  for (const [name, value] of Object.entries(attributes)) setOrRemove(played, name, value);
  const background = said("background");
  const look = {
    "--quickcall-background": background,
    "--quickcall-color": background && "#fff",
    "--quickcall-radius": said("radius"),
  };
  for (const [name, value] of Object.entries(look)) played.style.setProperty(name, value);
  const label = said("label");
  played.textContent = label;
  byId("played-html").textContent = howToWrite({ attributes, look, language, label });
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
