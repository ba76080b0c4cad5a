/**
 * What becomes of a call: a timeline, and hanging up.
 * @module
 */

/** @import { ProgressStep, Watcher } from "/quickcall/dist/events.js" */
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
  byId("follow-note").textContent = "";
  const options = JSON.stringify(server);
  if (open?.options === options) return open.watcher;
  open?.watcher.close();
  open = undefined;
  try {
    open = { watcher: await watch({ ...server, allowTokenInBrowser: true }), options };
    return open.watcher;
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    showNote(`The call is not followed. ${message}`);
    return undefined;
  }
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
  hide("hangup");
}

/**
 * Shows the steps of a call as they come, until another one is shown.
 * @param {Watcher} watcher
 * @param {AsyncIterable<ProgressStep>} progress
 */
export async function showProgress(watcher, progress) {
  const call = {};
  shown = call;
  const items = Object.entries(WORDS).map(([state, words]) =>
    element("li", { "data-step": state }, [element("span", { class: "only-heard" }, ["Not told: "]), words]),
  );
  byId("timeline").replaceChildren(...items);
  byId("timeline").hidden = false;
  const started = Date.now();
  const hangUp = byId("hangup");
  for await (const { state, callId, otherCallId, hangupCause, seconds } of progress) {
    if (shown !== call) return;
    const item = items.find((item) => item.dataset.step === state);
    const time = `${((Date.now() - started) / 1000).toFixed(1)} s`;
    const end = [hangupCause, seconds === undefined ? undefined : `lasted ${seconds} s`];
    const known = (/** @type {(string | undefined)[]} */ facts) => facts.filter((fact) => fact !== undefined);
    item?.classList.add("done");
    item?.querySelector(".only-heard")?.remove();
    item?.append(element("small", {}, [known([time, ...end, otherCallId]).join(" · ")]));
    announce(`${[WORDS[state], ...known(end)].join(", ")}.`);
    if (state === "ended") hide("hangup");
    else hangUp.hidden = false;
    hangUp.onclick = async () => {
      const note = await watcher.hangup(callId).then(
        (status) => (status === "gone" ? "There is no such call any more." : "Kazoo was asked to hang up."),
        (error) => String(error.message),
      );
      if (shown === call) showNote(note);
    };
  }
  if (shown === call) hide("hangup");
}
