/**
 * What becomes of a call: a timeline, and hanging up.
 * @module
 */

/** @import { ProgressStep, Watcher } from "/quickcall/dist/events.js" */
/** @import { Issue, QuickcallError } from "/quickcall/dist/index.js" */
import { watch } from "/quickcall/dist/events.js";
import { announce } from "./announce.js";
import { byId, element } from "./element.js";
import { hide } from "./hide.js";

/** The states, in their order, and what they are to a person. @type {Record<ProgressStep["state"], string>} */
const WORDS = {
  ringing: "The phone rings",
  answered: "It was answered: the number is being called",
  connected: "Both are connected",
  ended: "The call has ended",
};

/** @type {{ watcher: Watcher, options: string } | undefined} */
let open;

/**
 * What watches the calls of a server. It is opened once for the same settings.
 * @param {{ url: string, baseUrl: string, accountId: string, authToken: string | undefined }} server
 * @returns {Promise<Watcher | undefined>} Nothing where it cannot be had: the page says why.
 */
export async function watcherFor(server) {
  const options = JSON.stringify(server);
  if (open?.options === options) return open.watcher;
  open?.watcher.close();
  open = undefined;
  try {
    open = { watcher: await watch({ ...server, allowTokenInBrowser: true }), options };
    return open.watcher;
  } catch (error) {
    showNote(`The call cannot be followed. ${reason(error)}`);
    return undefined;
  }
}

/**
 * Why nothing is watched, and nothing of the call: it is placed all the same.
 * @param {any} error
 */
function reason({ code, issues = [], message }) {
  if (code === "token_failed") return "The token cannot be used.";
  const told = issues.map((/** @type {Issue} */ { path, message }) => `${path.join(".")}: ${message}`);
  return told.length > 0 ? told.join(" ") : message;
}

/** @param {string} note */
function showNote(note) {
  byId("follow-note").textContent = note;
  announce(note);
}

/** The call whose steps are shown: the last one. @type {object | undefined} */
let shown;

/** Takes the last call's timeline away. */
export function clearTimeline() {
  shown = undefined;
  byId("timeline").hidden = true;
  byId("timeline").replaceChildren();
  byId("times-note").hidden = true;
  byId("follow-note").textContent = "";
  hide("hangup");
}

/** Says when the steps of a call come that is answered first. */
export function showAwaited() {
  showNote("Its steps are told when Kazoo answers. To hang up before, press Stop waiting and then Hang up.");
}

/**
 * Shows the steps of a call as they come, until another one is shown.
 * @param {Watcher} watcher
 * @param {AsyncIterable<ProgressStep>} progress
 * @param {{ pressed: number, isAwaited: boolean, callIds?: string[] }} how When Call was pressed, in milliseconds, whether its answer
 *   was awaited, and the legs that are known without a step.
 */
export async function showProgress(watcher, progress, { pressed, isAwaited, callIds = [] }) {
  const call = {};
  shown = call;
  const items = Object.entries(WORDS).map(([state, words]) =>
    element("li", { "data-step": state }, [element("span", { class: "only-heard" }, ["Not told: "]), words]),
  );
  byId("timeline").replaceChildren(...items);
  byId("timeline").hidden = false;
  byId("times-note").textContent =
    `The times count from the press of Call.${isAwaited ? " What came before Kazoo's answer was told with it." : ""}`;
  byId("times-note").hidden = false;
  byId("follow-note").textContent = "";
  const isShown = () => shown === call;
  if (callIds.length > 0) offerHangup(watcher, callIds, isShown);
  for await (const { state, callId, otherCallId, hangupCause, seconds } of progress) {
    if (!isShown()) return;
    const item = items.find((item) => item.dataset.step === state);
    const time = `told after ${((Date.now() - pressed) / 1000).toFixed(1)} s`;
    const end = [hangupCause, seconds === undefined ? undefined : `lasted ${seconds} s`];
    const known = (/** @type {(string | undefined)[]} */ facts) => facts.filter((fact) => fact !== undefined);
    item?.classList.add("done");
    item?.querySelector(".only-heard")?.remove();
    item?.append(element("small", {}, [known([time, ...end, otherCallId]).join(" · ")]));
    announce(`${[WORDS[state], ...known(end)].join(", ")}.`);
    if (state === "ended") hide("hangup");
    else offerHangup(watcher, [...new Set([...callIds, callId])], isShown);
  }
  if (isShown()) hide("hangup");
}

/**
 * Shows what is left to do of a call that failed: where events show it, its further steps, and hanging up.
 * @param {Watcher} watcher
 * @param {QuickcallError} error
 * @param {number} pressed When Call was pressed, in milliseconds.
 */
export function showFailed(watcher, { callIds, unanswered }, pressed) {
  byId("follow-note").textContent = "";
  if (!callIds || unanswered) return;
  showProgress(watcher, watcher.follow(callIds), { pressed, isAwaited: false, callIds });
}

/**
 * Shows a button that hangs up.
 * @param {Watcher} watcher
 * @param {string[]} callIds
 * @param {() => boolean} isShown Whether this call is still the one that is shown.
 */
function offerHangup(watcher, callIds, isShown) {
  const button = byId("hangup");
  button.hidden = false;
  button.onclick = async () => {
    const note = await Promise.all(callIds.map((callId) => watcher.hangup(callId))).then(
      (states) =>
        states.includes("active") ? "Kazoo was asked to hang up." : "There is no such call any more.",
      (error) => String(error.message),
    );
    if (isShown()) showNote(note);
  };
}
