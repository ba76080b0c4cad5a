/** @import { CallState, Progress, Way } from "./call_flow.js" */
/** @import { Messages } from "./call_texts.js" */
/** @import { AuthToken, Placed } from "./types.js" */
import { CallFlow, COOLDOWN, prepare } from "./call_flow.js";
import { make, makeMessage } from "./element_parts.js";
import { addStyle } from "./element_style.js";
import { loadTalk, talk } from "./talk.js";
import { dialledPart } from "./tel_url.js";

const ICON =
  "M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.6 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.25.2 2.46.6 3.6a1 1 0 0 1-.25 1z";

const SVG = "http://www.w3.org/2000/svg";

/** What stands for the text of a link that has none. */
const NAMES = ["aria-label", "alt", "title"];

/** On a server there is no such class, and the module is imported all the same. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * A button that calls: a phone rings, and when it is answered it is connected to a number.
 *
 * `<quickcall-button handler="https://edge.example.com/call" endpoint="sales" number="+14155550100">Call us</quickcall-button>`,
 * or around a `tel:` link, which stays a plain link until the button is ready. Without a handler, for pages that only trusted
 * people see: the attributes `base-url`, `account-id`, and `user` or `device`, and the property `authToken`.
 *
 * Attributes: `handler`, `endpoint`, `number`, `for` (the id of an input with the number), `confirm` (`none`, `dialog` or
 * `press`), `cooldown` (seconds), `disabled`, `name` (in a form), `aria-label`. Events: `quickcall-before` (cancelable),
 * `quickcall-state`, `quickcall-placed`, `quickcall-error`. Parts: `button`, `icon`, `label`, `message`, `dialog`, `question`, `confirm`,
 * `cancel`. Slots: the default one (the label) and `icon`.
 */
export class QuickcallButton extends Base {
  /** That it can be part of a form, for the browser. */
  static formAssociated = true;
  /** Of which attributes the browser tells that they changed. */
  static observedAttributes = ["aria-label"];

  /** What every button says that has no `messages` of its own. Default: English. @type {Messages | undefined} */
  static messages;

  /** @type {Messages | undefined} */
  #messages;
  /** @type {AuthToken | undefined} */
  #authToken;
  /** @type {Record<string, unknown> | undefined} */
  #options;
  /** @type {Progress | undefined} */
  #progress;
  /** @type {ElementInternals} */
  #internals;
  /** @type {HTMLButtonElement} */
  #button;
  /** @type {HTMLElement} */
  #label;
  /** @type {HTMLElement} */
  #message;
  /** The number that stood there when a press began, by what began it. @type {{ byKey: boolean, number: string } | undefined} */
  #begun;
  #flow = new CallFlow({
    way: () => this.#way(),
    tell: (name, detail, cancelable = false) => {
      if (name === "quickcall-placed")
        this.#internals.setFormValue(/** @type {Placed} */ (detail).callIds[0] ?? null);
      return this.dispatchEvent(new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true }));
    },
    show: () => this.#show(),
    ask: (talk, question) => {
      if (this.confirm !== "dialog") return this.#show();
      const root = /** @type {ShadowRoot} */ (this.shadowRoot);
      talk.askInDialog(root, this.messages, this.#flow, question, () => this.#button.focus());
    },
    progress: () => this.progress,
  });

  constructor() {
    super();
    this.#internals = this.attachInternals();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    setOrRemove(svg, "viewBox", "0 0 24 24");
    setOrRemove(svg, "aria-hidden", true);
    setOrRemove(svg, "part", "icon");
    setOrRemove(path, "d", ICON);
    svg.append(path);
    this.#label = make("span", { part: "label" });
    this.#button = make(
      "button",
      { type: "button", part: "button", "aria-describedby": "message" },
      make("slot", { name: "icon" }, svg),
      this.#label,
    );
    this.#message = makeMessage();
    root.append(this.#button, this.#message);
    this.#listen(root);
    // What was set before the class was there lies on the element itself, and hides what the class has.
    for (const [name, value] of Object.entries(this)) {
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  /** @param {ShadowRoot} root */
  #listen(root) {
    const button = this.#button;
    button.addEventListener("pointerdown", () => this.#begin(false));
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      // A key that is held down is one press.
      if (event.repeat) event.preventDefault();
      else this.#begin(true);
    });
    button.addEventListener("click", (event) => this.#press(event));
    root.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Escape" && !this.#flow.isInDialog) this.abort();
    });
    root.addEventListener("focusout", () => {
      this.#begun = undefined;
      if (!this.#flow.isInDialog) this.#flow.declineSoon(root);
    });
    for (const intent of ["pointerenter", "focusin", "touchstart"]) {
      this.addEventListener(intent, () => prepare(this.getAttribute("handler") ?? undefined), {
        once: true,
        passive: true,
      });
    }
    const observer = new MutationObserver(() => this.#showLabel());
    // A link may become one later, and have another name.
    const attributeFilter = ["href", ...NAMES];
    observer.observe(this, { childList: true, characterData: true, subtree: true, attributeFilter });
  }

  /** Called by the browser when the button comes into a page. */
  connectedCallback() {
    // One that was moved with its dialog has it open, and not before the page any more.
    if (this.#flow.isInDialog) this.#flow.decline();
    this.#showLabel();
    this.#show();
    // In another document it has no look yet. In one without a window this is reported as an error, and nothing is seen there.
    addStyle(/** @type {ShadowRoot} */ (this.shadowRoot));
  }

  /** Called by the browser when the button has left its page. */
  disconnectedCallback() {
    // One that is moved is in the page again by then. One that is gone ends its waiting, not the call.
    queueMicrotask(() => {
      if (!this.isConnected) this.#flow.leave();
    });
  }

  /** Called by the browser when one of `observedAttributes` has changed. @param {string} name @param {unknown} _ @param {string | null} value */
  attributeChangedCallback(name, _, value) {
    setOrRemove(this.#button, name, value);
  }

  /** Called by the browser when an attribute or a `fieldset` disables the button, or enables it again. @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#button.disabled = disabled;
    // Nobody can answer it any more.
    if (disabled) this.#flow.decline();
  }

  /** Called by the browser when the button's form is reset: that is no word on a call, and scripts do it after each submit. */
  formResetCallback() {
    this.#internals.setFormValue(null);
  }

  /** What is known of the call. @type {CallState} */
  get state() {
    return this.#flow.state;
  }

  /** The form that it belongs to. Its value there is the id of the call that was placed, under its `name`. */
  get form() {
    return this.#internals.form;
  }

  /** What this button says, where that differs from other buttons. @type {Messages | undefined} */
  get messages() {
    return this.#messages ?? QuickcallButton.messages;
  }

  set messages(messages) {
    this.#messages = messages;
    this.#showLabel();
    this.#show();
  }

  // Not plain fields: Svelte makes an attribute of what has no setter in the class, a token's text, too.
  /** The token, for a button without a handler. It is never an attribute. @type {AuthToken | undefined} */
  get authToken() {
    return this.#authToken;
  }

  set authToken(authToken) {
    this.#authToken = authToken;
  }

  /** More options of the call, such as `{ timeout: 20 }`. @type {Record<string, unknown> | undefined} */
  get options() {
    return this.#options;
  }

  set options(options) {
    this.#options = options;
  }

  /** Tells what becomes of a call that was placed; the button says it in words. @type {Progress | undefined} */
  get progress() {
    return this.#progress;
  }

  set progress(progress) {
    this.#progress = progress;
  }

  /** The number that a press would call now. @type {string} */
  get number() {
    const field = this.getAttribute("for");
    if (field !== null) {
      const root = /** @type {Document | ShadowRoot} */ (this.getRootNode());
      return /** @type {HTMLInputElement | null} */ (root.getElementById?.(field))?.value ?? "";
    }
    return this.getAttribute("number") ?? dialledPart(this.#link()?.getAttribute("href") ?? "");
  }

  /** @param {string | null | undefined} number */
  set number(number) {
    setOrRemove(this, "number", number);
  }

  /** The handler's URL, whole or relative to the page. @type {string | null} */
  get handler() {
    return this.getAttribute("handler");
  }

  set handler(handler) {
    setOrRemove(this, "handler", handler);
  }

  /** The handler's name of who is rung. @type {string | null} */
  get endpoint() {
    return this.getAttribute("endpoint");
  }

  set endpoint(endpoint) {
    setOrRemove(this, "endpoint", endpoint);
  }

  /** What is asked before a call: `none`, `dialog` or `press`, a second one. @type {string} */
  get confirm() {
    return this.getAttribute("confirm") ?? "none";
  }

  set confirm(confirm) {
    setOrRemove(this, "confirm", confirm);
  }

  /** For how long a call that was placed keeps the button quiet, in seconds. Default 5. @type {number} */
  get cooldown() {
    const seconds = Number(this.getAttribute("cooldown") || COOLDOWN);
    return seconds >= 0 && seconds < Infinity ? seconds : COOLDOWN;
  }

  set cooldown(cooldown) {
    setOrRemove(this, "cooldown", cooldown);
  }

  /** Whether it cannot be pressed. A disabled `fieldset` around it disables it, too, and is not told here. @type {boolean} */
  get disabled() {
    return this.hasAttribute("disabled");
  }

  set disabled(disabled) {
    this.toggleAttribute("disabled", Boolean(disabled));
  }

  /**
   * Calls, without asking first. While the same call is under way, its result; another one is refused (`duplicate`).
   * @returns {Promise<Placed | undefined>} Nothing where `quickcall-before` was cancelled; rejects with a `QuickcallError`.
   */
  call() {
    return this.#flow.place(this.number);
  }

  /** Ends the waiting for the answer, or takes the question back. A call that was placed goes on. */
  abort() {
    this.#flow.abort();
  }

  /** Forgets what became of the last call, and ends the waiting for one that is under way. */
  reset() {
    this.#flow.reset();
    this.#internals.setFormValue(null);
  }

  /** @returns {Way} */
  #way() {
    const given = (/** @type {string} */ name) => this.getAttribute(name) ?? undefined;
    return {
      handler: given("handler"),
      endpoint: given("endpoint"),
      baseUrl: given("base-url"),
      accountId: given("account-id"),
      user: given("user"),
      device: given("device"),
      authToken: this.authToken,
      options: this.options,
      cooldown: this.cooldown,
    };
  }

  #link() {
    return this.querySelector('a[href*="tel:" i]');
  }

  /** The number is fixed when the press begins. @param {boolean} byKey */
  #begin(byKey) {
    this.#begun = { byKey, number: this.number };
  }

  /** @param {MouseEvent} event */
  #press({ isTrusted, detail }) {
    // Only a person may make a phone ring. A script of the page has `call()`.
    if (!isTrusted) return;
    // Assistive technology may press without pointer and key; `detail` counts the presses of a pointer.
    const begun = this.#begun;
    this.#begun = undefined;
    const isMeant = begun?.byKey === (detail === 0);
    this.#flow.press(isMeant ? begun.number : this.number, this.confirm !== "none");
  }

  #showLabel() {
    const link = this.#link();
    // A link has no place in a button: it would be pressed with it. So it is never shown itself.
    const name = link && nameOf(link);
    const call = this.messages?.call;
    const own = make("span", call === undefined ? { lang: "en", dir: "ltr" } : {}, call ?? "Call");
    // Of its own direction, as the link was: a number in a text that runs from right to left.
    const text = make("bdi", {}, name ?? "");
    setOrRemove(text, "lang", link?.getAttribute("lang"));
    this.#label.replaceChildren(name ? text : link ? own : make("slot", {}, own));
  }

  #show() {
    const { state, isBusy, error } = this.#flow;
    if (this.isConnected && this.getAttribute("data-state") !== state) this.setAttribute("data-state", state);
    this.#internals.states?.clear();
    this.#internals.states?.add(state);
    setOrRemove(this.#button, "aria-busy", state === "calling");
    // It can be focused all the same: who waits must not lose the place.
    setOrRemove(this.#button, "aria-disabled", isBusy);
    if (talk) talk.sayState(this.#message, this.messages, this.#flow, this.confirm);
    else {
      // Words that did not come must not leave a dead button: an error says itself what it is.
      this.#message.textContent = error?.message ?? "";
      if (state !== "idle") loadTalk().then(() => talk && this.#show());
    }
  }
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function setOrRemove(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, String(value));
}

/**
 * What a link is called: by its text (that of a drawing's title, too), or else by what stands for it.
 * @param {Element} link
 */
function nameOf(link) {
  const parts = [link, ...link.querySelectorAll("*")];
  const names = NAMES.flatMap((name) => parts.map((part) => part.getAttribute(name)));
  return [link.textContent, ...names].find((name) => name?.trim());
}
