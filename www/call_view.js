/**
 * The call: waiting for it, and what became of it, in words that claim no more than is known.
 * @module
 */

/** @import { Placed, QuickcallError } from "/quickcall/dist/index.js" */
import { announce } from "./announce.js";
import { byId, element } from "./element.js";
import { hide } from "./hide.js";

/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

const CALLING = "Calling. Answer your phone when it rings.";

/** Shows that an answer is awaited, and for how long. */
export function showWaiting() {
  const started = Date.now();
  const show = () => {
    const seconds = Math.round((Date.now() - started) / 1000);
    byId("progress").textContent = `${CALLING} Waiting for Kazoo's answer: ${seconds} s`;
  };
  show();
  timer = setInterval(show, 1000);
  announce(`${CALLING} You will hear what became of it.`);
  byId("progress").hidden = false;
  byId("abort").hidden = false;
  hide("again");
  byId("outcome").replaceChildren();
}

function stopWaiting() {
  clearInterval(timer);
  byId("progress").hidden = true;
  hide("abort");
}

/**
 * Shows a call that the server confirmed.
 * @param {Placed} placed
 */
export function showPlaced(placed) {
  stopWaiting();
  const { state, callIds, requestId, originate } = placed;
  const started = state === "started";
  const title = started ? "Your phone was answered" : "Kazoo took the request";
  const words = started
    ? "Kazoo connects it to the number then."
    : "Nothing is known of the phone yet: it may ring, or not.";
  show("good", title, words, [
    ["state", state],
    ["call ids", callIds.join("\n")],
    ["dials", originate.route],
    ["request id", requestId],
  ]);
}

/**
 * Shows why no call is confirmed.
 * @param {QuickcallError} error
 */
export function showError(error) {
  stopWaiting();
  const { code, outcome, message, hangupCause, status, requestId, retryAfter, unanswered } = error;
  const isUnknown = outcome === "unknown";
  const title = isUnknown ? "Nobody knows whether the call was placed" : "The call was not placed";
  const words = unanswered ? `${message} Most likely nobody answered.` : message;
  show(isUnknown ? "unknown" : "bad", title, words, [
    ["code", code],
    ["outcome", outcome],
    ["hangup cause", hangupCause],
    ["status", status],
    ["try again after", retryAfter === undefined ? undefined : `${retryAfter} s`],
    ["request id", requestId],
  ]);
  byId("again").hidden = !(isUnknown || (code === "duplicate" && retryAfter !== undefined));
}

/**
 * @param {string} kind
 * @param {string} title
 * @param {string} words
 * @param {[string, unknown][]} facts
 */
function show(kind, title, words, facts) {
  announce(words.startsWith(title) ? words : `${title}. ${words}`);
  const known = facts.filter(([, value]) => value !== undefined && value !== "");
  const list = known.flatMap(([name, value]) => [
    element("dt", {}, [name]),
    element("dd", {}, [String(value)]),
  ]);
  byId("outcome").replaceChildren(
    element("div", { class: `outcome ${kind}` }, [
      element("h3", {}, [title]),
      element("p", {}, [words]),
      element("dl", {}, list),
    ]),
  );
}
