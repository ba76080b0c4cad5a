/** @import { Progress } from "./call_flow.js" */
/** @import { Messages } from "./call_texts.js" */
/** @import { AuthToken } from "./types.js" */
import { loadInTime } from "./load_in_time.js";
import { dialledPart } from "./tel_url.js";

/**
 * How the links of a page call. With `handler` and `endpoint`; or, in pages that only trusted people see, with `baseUrl`,
 * `accountId`, `user` or `device`, and `authToken`.
 * @typedef {object} TelLinkOptions
 * @property {string | undefined} [handler] The handler's URL, whole or relative to the page.
 * @property {string | undefined} [endpoint] The handler's name of who is rung.
 * @property {string | undefined} [baseUrl] The server's API, such as `https://kazoo.example.com:8443/v2`. Only without a handler.
 * @property {string | undefined} [accountId] The account: 32 characters of 0-9 and a-f. Only without a handler.
 * @property {string | undefined} [user] The id of the user whose devices ring. Only without a handler.
 * @property {string | undefined} [device] The id of the device that rings. Only without a handler.
 * @property {AuthToken | undefined} [authToken] The token, or a function for one. Everybody who sees the page can read it. Only without
 *   a handler.
 * @property {Record<string, unknown> | undefined} [options] More options of the call, such as `{ timeout: 20 }`.
 * @property {"none" | "dialog" | "press" | undefined} [confirm] What is asked before a call. Default: nothing.
 * @property {number | undefined} [cooldown] For how long no link calls when a call was placed, in seconds. Default 5.
 * @property {Messages | undefined} [messages] What the notice says. Default: what buttons say.
 * @property {Progress | undefined} [progress] Tells what becomes of a call.
 */

/**
 * For how long a press waits for the script that calls, in milliseconds; then it follows the link. A little less than the five
 * seconds in which browsers take what happens for the person's own doing.
 */
const PRESS_DEADLINE = 4_000;

/** A link, or anything around it, with this attribute stays a plain link. */
const OFF = '[data-quickcall="off"]';

/**
 * Turns the `tel:` links below `root` into calls, those that come later, too. There is one listener. A link stays a plain link
 * with `data-quickcall="off"` on it or around it, with `*`, `#` or no number in it, with a number that is one only in its `phone-context`, in
 * a `<quickcall-button>`, in what is edited, and when it is pressed with a modifier key, another button of the mouse, or by a script or
 * another program than the browser. What follows a `,` or `;` in a link is never dialled. A notice at the lower edge of the window says what
 * becomes of the call; the link has `data-state`, and the events of the button.
 *
 * @param {Document | ShadowRoot | Element} root
 * @param {TelLinkOptions} options
 * @returns {() => void} Leaves the links alone again.
 */
export function enhanceTelLinks(root, options) {
  /** @type {Promise<ReturnType<typeof import("./tel_link_calls.js").makeLinkCalls>> | undefined} */
  let loading;
  const calls = () => {
    loading ??= import("./tel_link_calls.js").then(({ makeLinkCalls }) =>
      makeLinkCalls(root, options, linkOf),
    );
    // Tried again after a failure.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };

  /** @param {MouseEvent} event */
  const onClick = (event) => {
    // Only a person may make a phone ring.
    if (!event.isTrusted || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = linkOf(event);
    if (!link) return;
    event.preventDefault();
    const url = urlOf(link);
    const number = dialledPart(url);
    loadInTime(calls(), AbortSignal.timeout(PRESS_DEADLINE)).then(
      ({ press }) => press(link, number),
      // A link that cannot call is a link. What is loaded later does not call for this press.
      () => location.assign(url),
    );
  };
  /** @param {Event} event */
  const onIntent = (event) => {
    const link = linkOf(event);
    if (!link) return;
    intents.abort();
    calls().then(
      ({ prepare }) => prepare(link),
      () => {},
    );
  };
  const intents = new AbortController();
  for (const intent of ["pointerover", "focusin", "touchstart"])
    root.addEventListener(intent, onIntent, { passive: true, signal: intents.signal });
  const click = /** @type {EventListener} */ (onClick);
  root.addEventListener("click", click);
  return () => {
    intents.abort();
    root.removeEventListener("click", click);
    loading?.then(
      ({ stop }) => stop(),
      () => {},
    );
  };
}

/**
 * The link that an event happened in, where it is one to call.
 * @param {Event} event
 * @returns {HTMLElement | SVGElement | undefined}
 */
function linkOf({ target }) {
  // Each window has an `Element` of its own.
  const element = /** @type {Element | null} */ (target);
  const link = /** @type {HTMLElement | SVGElement | null | undefined} */ (
    element?.closest?.('a[*|href*="tel:" i]')
  );
  // Where links are written, a press is for the caret.
  if (
    !link ||
    link.closest(`${OFF}, quickcall-button`) ||
    /** @type {HTMLElement} */ (link).isContentEditable
  )
    return undefined;
  const number = dialledPart(urlOf(link));
  return number === "" || /[*#]/.test(number) ? undefined : link;
}

/** As it is written: in a drawing the property is an object. @param {Element} link */
function urlOf(link) {
  return link.getAttribute("href") ?? link.getAttribute("xlink:href") ?? "";
}
