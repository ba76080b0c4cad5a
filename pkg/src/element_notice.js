/** @import { Messages } from "./call_texts.js" */
import { sayWord } from "./call_texts.js";
import { make, makeMessage } from "./element_parts.js";
import { addStyle } from "./element_style.js";

const STYLE = `
:host { position: fixed; z-index: 2147483647; }
[part=notice] {
  position: fixed; inset: auto 1rem 1rem; margin: 0 auto; width: fit-content; height: auto;
  display: flex; flex-wrap: wrap; align-items: center; gap: .75em; box-sizing: border-box; max-width: 34em;
  padding: .75em 1em; color: CanvasText; background: Canvas; border: 1px solid; border-radius: .75em;
  box-shadow: 0 4px 24px #0004; max-height: calc(100vh - 2rem); overflow: auto;
}
[part=notice]:not(.said) { width: 1px; height: 1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); }
[part=notice]:not(.said) button { display: none; }
[part=notice] [part=message] { flex: 1 1 10em; max-width: max-content; margin: 0; }
:host { color-scheme: light dark; }
@media print { :host { display: none; } }
[part=close] { color: inherit; background: transparent; border: 1px solid currentColor; }
`;

/**
 * @typedef {object} Notice
 * @property {ShadowRoot} root
 * @property {(link: Element) => void} moveTo Puts it where it is seen and heard beside this link.
 * @property {(write: (element: HTMLElement) => void) => void} say
 * @property {boolean} isSaid Whether something stands in it.
 * @property {() => void} remove
 */

/**
 * Where a page says what becomes of a link's call.
 * @param {Document} document
 * @param {Messages | undefined} messages
 * @param {() => void} closed
 * @param {() => void} left The page has closed the dialog that it stood in.
 * @returns {Notice}
 */
export function makeNotice({ body }, messages, closed, left) {
  const host = make("div", { "data-quickcall-notice": "" });
  const root = host.attachShadow({ mode: "open" });
  const message = makeMessage();
  const button = make("button", { type: "button", part: "close" });
  sayWord(button, messages, "close");
  const box = make("div", { part: "notice", popover: "manual" }, message, button);
  root.append(box);
  button.addEventListener("click", closed);
  /** Shows it anew with each press: the popover that was shown last stands in front of others, such as the menu that the link is in. */
  const raise = () => {
    if (!host.isConnected) return;
    box.hidePopover?.();
    box.showPopover?.();
  };
  /** @param {Element | undefined} dialog */
  const stand = (dialog) => {
    (dialog ?? body).append(host);
    // What is made in one document has no look of its own in another.
    addStyle(root);
    addStyle(root, STYLE);
    const onClose = () => {
      if (host.parentNode !== dialog) return;
      left();
      body.append(host);
      raise();
    };
    dialog?.addEventListener("close", onClose, { once: true });
  };
  return {
    root,
    moveTo(link) {
      const dialog = modalAround(link);
      if (host.parentNode !== (dialog ?? body)) stand(dialog);
      raise();
    },
    say(write) {
      write(message);
      box.classList.toggle("said", message.textContent !== "");
    },
    get isSaid() {
      return message.textContent !== "";
    },
    remove: () => host.remove(),
  };
}

/**
 * The open modal dialog that an element is shown in, also through slots: all that is outside of it can neither be heard nor pressed.
 * @param {Element} element
 * @returns {Element | undefined}
 */
function modalAround(element) {
  /** @type {any} */
  let node = element;
  try {
    while (node && !node.matches?.("dialog:modal")) node = node.assignedSlot ?? node.parentNode ?? node.host;
  } catch {
    // The browser knows no `:modal`.
    return undefined;
  }
  // The `host` of a link that left the page is the one of its address, as a text.
  return node || undefined;
}
