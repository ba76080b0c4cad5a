/**
 * The demo page.
 * @module
 */

import { init, Quickcall, QuickcallError } from "/quickcall/dist/index.js";
import { announce } from "./announce.js";
import { onBegun, onCall, setServer } from "./button_view.js";
import { showError, showPlaced, showWaiting } from "./call_view.js";
import { byId } from "./element.js";
import { CALL_FIELDS, OPTION_FIELDS, SERVER_FIELDS } from "./fields.js";
import { addFields, Form } from "./form.js";
import { clearTimeline, showAwaited, showFailed, showProgress, watcherFor } from "./progress_view.js";
import { showNumber, showRequest } from "./request_view.js";
import {
  aboutSimulator,
  countBegun,
  forgetReceived,
  isRefusedOnce,
  showReceived,
  showScenarios,
} from "./simulator_view.js";
import { addVar, issuesOfVars } from "./vars.js";

addFields(byId("fields-call"), CALL_FIELDS);
addFields(byId("fields-options"), OPTION_FIELDS);
addFields(byId("fields-server"), SERVER_FIELDS);
const form = new Form(byId("call-form"));

/** @type {AbortController | undefined} */
let calling;
/** What the simulator says of itself, where one serves this page. @type {any} */
let simulated;

/** Judges what the form says, and shows it. */
function update() {
  form.showFields();
  const call = form.call();
  /** @type {Quickcall | undefined} */
  let quickcall;
  let request;
  /** @type {import("/quickcall/dist/index.js").Issue[]} */
  let issues = [];
  try {
    quickcall = new Quickcall(config(call));
    issues = [...quickcall.validate(call), ...issuesOfVars()];
    if (!issues.some(({ severity }) => severity === "error")) request = quickcall.build(call);
  } catch (error) {
    if (!(error instanceof QuickcallError)) throw error;
    issues = error.issues;
  }
  // What is not said yet is no mistake.
  form.showIssues(issues.filter(({ path, code }) => !(code === "required" && isUntouched(path[0] ?? ""))));
  showNumber(call.number, request?.number ?? filtered(call));
  showRequest(request);
  setServer(config(call), call);
  showCallButton(request !== undefined);
  showWrong(form.wrongFields(issues));
  return { quickcall, call };
}

/**
 * The configuration. A token that is refused once is asked for again only where a function gives it: here so for that scenario.
 * @param {{ number: string }} call
 */
function config({ number }) {
  const { authToken, ...config } = form.config();
  const isRefused = authToken !== undefined && isRefusedOnce(simulated, number);
  return { ...config, authToken: isRefused ? () => authToken : authToken };
}

/**
 * Who waits must not lose the place: the button can be focused whatever it is.
 * @param {boolean} isRight Whether there is a call to place.
 */
function showCallButton(isRight) {
  const isBusy = calling !== undefined;
  const button = byId("call");
  button.disabled = false;
  button.setAttribute("aria-disabled", String(!isRight || isBusy));
  button.setAttribute("aria-busy", String(isBusy));
}

/**
 * Says beside the button why there is nothing to call.
 * @param {string[]} fields What the fields are called that something is wrong with.
 */
function showWrong(fields) {
  const note = byId("call-note");
  note.textContent = fields.length > 0 ? `Look at these before you call: ${fields.join(", ")}.` : "";
  note.hidden = fields.length === 0;
}

/** @param {string} name */
function isUntouched(name) {
  const field = name === "user" || name === "device" ? "id" : name;
  return form.form.elements.namedItem(field) !== null && !touched.has(field);
}

/** Fields that were left once. */
const touched = new Set();

/** @param {{ number: string, numberFilter?: boolean | string }} call */
function filtered({ number, numberFilter }) {
  try {
    return Quickcall.filterNumber(number, numberFilter);
  } catch {
    return undefined;
  }
}

/** @param {{ again?: boolean }} how */
async function place(how) {
  if (calling) return;
  const { quickcall, call } = update();
  if (!quickcall) return;
  calling = new AbortController();
  countBegun(1);
  showCallButton(true);
  showWaiting();
  clearTimeline();
  const pressed = Date.now();
  const isAwaited = call.blocking !== false;
  const options = { signal: calling.signal, ...how };
  const watcher = form.isOn("follow") ? await watcherFor(form.events()) : undefined;
  if (watcher && isAwaited) showAwaited();
  try {
    if (watcher) {
      const { result, progress } = await watcher.call(quickcall, call, options);
      showPlaced(result);
      showProgress(watcher, progress, { pressed, isAwaited });
    } else {
      showPlaced(await quickcall.call(call, options));
    }
  } catch (thrown) {
    const error = /** @type {QuickcallError} */ (thrown);
    if (error.outcome === "not_placed") countBegun(-1);
    showError(error);
    if (watcher) showFailed(watcher, error, pressed);
  }
  calling = undefined;
  update();
  if (simulated) await showReceived();
}

/** Shows what is wrong with fields that were not left yet, too, and goes to the first one. */
function showMissing() {
  for (const { name } of /** @type {Iterable<HTMLInputElement>} */ (form.form.elements)) touched.add(name);
  update();
  form.goToWrong();
}

/** Shows where the command was put, or that it must be copied by hand. */
async function copyCommand() {
  let note = "Copied.";
  try {
    await navigator.clipboard.writeText(byId("curl").textContent);
  } catch {
    note = "The browser does not allow it. Select the command and copy it.";
  }
  byId("copied").textContent = note;
  announce(note);
}

form.form.addEventListener("input", update);
form.form.addEventListener("focusout", ({ target }) => {
  touched.add(/** @type {HTMLInputElement} */ (target).name);
  update();
});
form.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (byId("call").getAttribute("aria-disabled") === "false") place({});
  else if (!calling) showMissing();
});
byId("again").addEventListener("click", () => place({ again: true }));
byId("abort").addEventListener("click", () => calling?.abort());
byId("add-var").addEventListener("click", () => addVar(update));
byId("copy").addEventListener("click", copyCommand);
byId("clear").addEventListener("click", () => forgetReceived().then(showReceived));

/**
 * Says something in the form.
 * @param {Record<string, string>} said
 */
function say(said) {
  for (const [name, text] of Object.entries(said)) form.setText(name, text);
  update();
}

/**
 * Says something in the form, and goes where it is called with.
 * @param {Record<string, string>} said
 */
function choose(said) {
  say(said);
  byId("call").scrollIntoView({ block: "center" });
  byId("call").focus({ preventScroll: true });
}

const kazoo = new URLSearchParams(location.search).get("kazoo");
if (kazoo === null) simulated = await aboutSimulator();
const note = byId("server-note");
if (simulated) {
  const { accountId, token, endpoints, events, release } = simulated;
  const [user] = endpoints.filter((/** @type {any} */ { kind }) => kind === "users");
  note.textContent = `No real phone rings: this page talks to a simulated Kazoo ${release}, which knows the filled-in ids.`;
  const server = { baseUrl: `${location.origin}/v2`, accountId, authToken: token };
  const call = { kind: "user", id: user.id, number: "(415) 555-0100" };
  // What else decides what happens: the title of a scenario is true only so.
  const rest = { numberFilter: "", blocking: "", timeout: "", cooldown: "" };
  say({ ...server, ...call, events });
  showScenarios(simulated, (said) => choose({ ...server, ...call, ...rest, ...said }));
  await showReceived();
  onBegun(countBegun);
  onCall(showReceived);
} else {
  note.textContent =
    "This page talks to a real server: a real phone rings. Fill in the account, a token and an id.";
  say({ baseUrl: kazoo ?? "" });
}
note.hidden = false;
await init().then(update, showError);
