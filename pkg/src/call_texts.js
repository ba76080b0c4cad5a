/**
 * What is said of a call, in the page's words or in English.
 * @module
 */

/** @import { QuickcallError } from "./errors.js" */
/** @import { CallFlow } from "./call_flow.js" */
/** @import { ErrorCode } from "./types.js" */
import { en } from "./messages_en.js";
import { isOfNumber } from "./whose_mistake.js";

/**
 * All that a button says. A text may hold `{number}`.
 * @typedef {object} AllMessages
 * @property {string} call The button's own text, where nothing stands in it.
 * @property {string} confirm Asked in a dialog before a call.
 * @property {string} confirmPress Asked before the second press.
 * @property {string} confirmUnknown Asked before a press after an unknown outcome.
 * @property {string} yes Calls, in the dialog.
 * @property {string} no Does not.
 * @property {string} close Closes the notice of a link.
 * @property {string} another Said of a link that is pressed while the call of another one is under way.
 * @property {string} calling The call is being placed.
 * @property {string} started The person's own phone was answered.
 * @property {string} accepted The phone system took the request.
 * @property {string} failed No call was placed, and the code has no text of its own.
 * @property {string} unknown Nobody knows whether a call was placed.
 * @property {string} unanswered Nobody knows, but most likely nobody answered.
 * @property {string} stopped The waiting was ended, by the person or by the page.
 * @property {string} invalid Something is wrong with the number, and no call was placed.
 * @property {Record<"ringing" | "answered" | "connected" | "ended", string>} progress The steps of a call that was placed.
 * @property {Record<ErrorCode, string>} errors Why no call was placed, by code.
 * @property {Record<string, string>} causes Why the person's own phone was not reached, by hang-up cause.
 */

/** @template T @typedef {{ [Name in keyof T]?: T[Name] | undefined }} Some */

/**
 * What of the texts by name a page may say in its own words: some of them.
 * @typedef {object} SomeNamed
 * @property {Some<AllMessages["progress"]>} progress The steps of a call that was placed.
 * @property {Some<AllMessages["errors"]>} errors Why no call was placed, by code.
 */

/**
 * What a page says in its own words. What is missing is said in English. A text may hold `{number}`.
 * @typedef {Some<Omit<AllMessages, "progress" | "errors"> & SomeNamed>} Messages
 */

/**
 * Says what is known now; a question only where it stands in no dialog.
 * @param {HTMLElement} element
 * @param {Messages | undefined} given
 * @param {CallFlow} flow
 * @param {string} confirm
 */
export function sayState(element, given, flow, confirm) {
  if (flow.state === "confirming" && confirm === "dialog") write(element, "");
  else say(element, given, flow);
}

/**
 * Says what is known now: in the page's words, and in English where it has none.
 * @param {HTMLElement} element
 * @param {Messages | undefined} given
 * @param {CallFlow} flow
 * @param {boolean} [isDialog] Whether the question stands in a dialog.
 */
export function say(element, given, { state, error, step, isUnknown, number }, isDialog) {
  /** @param {Messages | undefined} words */
  const text = (words) => {
    if (state === "idle") return "";
    if (state === "confirming")
      return isUnknown
        ? said(words, isDialog ? "unknown" : "confirmUnknown")
        : said(words, isDialog ? "confirm" : "confirmPress");
    if (state === "unknown") {
      const ofThis = error?.outcome === "not_placed" ? refusalOf(words, error) : undefined;
      if (ofThis) return ofThis;
      return said(
        words,
        error?.unanswered ? "unanswered" : error?.code === "aborted" ? "stopped" : "unknown",
      );
    }
    if (state === "failed") {
      return (
        own(words?.causes, error?.hangupCause) ??
        own(words?.errors, error && codeToSay(error)) ??
        said(words, "failed")
      );
    }
    // The causes speak of the person's own phone: once that was answered, they are the other one's.
    const isOfOwnPhone = step?.state === "ended" && state !== "started" && !step.wasAnswered;
    const ended = isOfOwnPhone ? own(words?.causes, step.hangupCause) : undefined;
    const known = ended ?? own(words?.progress, step?.state);
    // English says more of a step than other words of what was before it.
    return known ?? (own(en.progress, step?.state) ? undefined : said(words, state));
  };
  write(element, text(given), text(en), number);
}

/** Codes whose texts say nothing of whether a phone rings: those can be said where an earlier call is unknown, too. */
const SAID_BESIDE_UNKNOWN = ["invalid", "destination_refused"];

/**
 * Why a call was refused, while an earlier one is unknown.
 * @param {Messages | undefined} words
 * @param {QuickcallError} error
 */
function refusalOf(words, error) {
  const code = codeToSay(error);
  return (
    own(words?.causes, error.hangupCause) ??
    (SAID_BESIDE_UNKNOWN.includes(code) ? own(words?.errors, code) : undefined)
  );
}

/**
 * The code whose text is said: that of `invalid` speaks of the number, and what else may be wrong is not the visitor's.
 * @param {QuickcallError} error
 */
function codeToSay(error) {
  return error.code === "invalid" && !isOfNumber(error) ? "unavailable" : error.code;
}

/**
 * Says a text of the page, or the English one.
 * @param {HTMLElement} element
 * @param {Messages | undefined} given
 * @param {"yes" | "no" | "close" | "another"} name
 */
export function sayWord(element, given, name) {
  write(element, said(given, name), en[name]);
}

/**
 * Writes the page's words. English in their place is marked as such: the page may be in any language.
 * @param {HTMLElement} element
 * @param {string | undefined} own
 * @param {string} [english]
 * @param {string} [number]
 */
function write(element, own, english = "", number = "") {
  // The page's words may run from right to left, and its groups of digits with them. English has its direction below.
  const words =
    own?.replace("{number}", () => `\u2066${shown(number)}\u2069`) ??
    english.replace("{number}", () => shown(number));
  // A live region tells what is written again once more.
  if (element.textContent !== words) element.textContent = words;
  for (const [name, value] of Object.entries({ lang: "en", dir: "ltr" })) {
    if (own === undefined) element.setAttribute(name, value);
    else element.removeAttribute(name);
  }
}

/**
 * A number as it is dialled: without characters that nobody sees, which can turn the order in which digits are shown, and with digits that
 * are shown in the order in which they stand.
 * @param {string} number
 */
const shown = (number) =>
  number
    .replace(/\p{Cf}/gu, "")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => `${digit.charCodeAt(0) & 15}`);

/**
 * @param {Messages | undefined} words
 * @param {keyof AllMessages} name
 */
function said(words, name) {
  const text = words?.[name];
  return typeof text === "string" ? text : undefined;
}

/**
 * A text by a name that a server or a handler told: never what every object has, such as `constructor`.
 * @param {{ readonly [name: string]: string | undefined } | undefined} texts
 * @param {string | undefined} name
 */
function own(texts, name = "") {
  const text = texts && Object.hasOwn(texts, name) ? texts[name] : undefined;
  return typeof text === "string" ? text : undefined;
}
