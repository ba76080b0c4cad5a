import { make, makeMessage } from "./element_parts.js";
import { addStyle } from "./element_style.js";

const STYLE = `
:host {
  position: fixed; inset-block-end: 1rem; inset-inline: 1rem; z-index: 2147483647; align-items: center; pointer-events: none;
}
[part=notice] {
  display: flex; flex-wrap: wrap; align-items: center; gap: .75em; box-sizing: border-box; max-width: min(34em, 100%);
  padding: .75em 1em; pointer-events: auto; color: CanvasText; background: Canvas; border: 1px solid; border-radius: .75em;
  box-shadow: 0 4px 24px #0004;
}
[part=notice]:not(.said) { width: 1px; height: 1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); }
[part=notice]:not(.said) button { display: none; }
[part=notice] [part=message] { flex: 1 1 12em; margin: 0; }
:host { color-scheme: light dark; }
[part=close] { color: inherit; background: transparent; border: 1px solid currentColor; }
`;

/** @typedef {{ root: ShadowRoot, say: (words: string) => void, remove: () => void }} Notice */

/**
 * Where a page says what becomes of a link's call.
 * @param {Document} document
 * @param {string} close
 * @param {() => void} closed
 * @returns {Notice}
 */
export function makeNotice(document, close, closed) {
  const host = make("div", { "data-quickcall-notice": "" });
  const root = host.attachShadow({ mode: "open" });
  addStyle(root);
  addStyle(root, STYLE);
  const message = makeMessage();
  const button = make("button", { type: "button", part: "close" }, close);
  const box = make("div", { part: "notice" }, message, button);
  root.append(box);
  document.body.append(host);
  button.addEventListener("click", closed);
  return {
    root,
    /** @param {string} words */
    say(words) {
      if (message.textContent !== words) message.textContent = words;
      box.classList.toggle("said", words !== "");
    },
    remove: () => host.remove(),
  };
}
