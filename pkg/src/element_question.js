/** @import { CallFlow, Question } from "./call_flow.js" */
/** @import { Messages } from "./call_texts.js" */
import { say, sayWord } from "./call_texts.js";
import { make } from "./element_parts.js";
import { addStyle } from "./element_style.js";

const STYLE = `
dialog {
  pointer-events: auto; box-sizing: border-box; max-width: min(26em, 92vw); padding: 1.25em; font: inherit;
  color: CanvasText; background: Canvas; border: 1px solid; border-radius: .75em;
}
dialog::backdrop { background: #0008; }
dialog p { margin: 0 0 1em; overflow-wrap: anywhere; }
dialog div { display: flex; flex-wrap: wrap; gap: .75em; }
dialog [part=confirm] { color: var(--on); background: var(--off); border: 1px solid transparent; }
[part=cancel] { color: inherit; background: transparent; border: 1px solid currentColor; }
@media (prefers-color-scheme: dark) { dialog { color-scheme: dark; } }
`;

/**
 * Asks in a dialog whether to call.
 * @param {ShadowRoot} root
 * @param {Messages | undefined} words The page's.
 * @param {CallFlow} flow
 * @param {Question} question
 * @param {() => void} answered Called before the flow goes on.
 */
export function askInDialog(root, words, flow, question, answered) {
  const confirm = make("button", { type: "button", part: "confirm" });
  const cancel = make("button", { type: "button", part: "cancel" });
  const text = make("p", { id: "question", part: "question" });
  sayWord(confirm, words, "yes");
  sayWord(cancel, words, "no");
  say(text, words, flow, true);
  const buttons = make("div", {}, confirm, cancel);
  const dialog = make("dialog", { part: "dialog", "aria-labelledby": "question" }, text, buttons);
  // Scripts must not answer for a person.
  confirm.addEventListener("click", ({ isTrusted }) => {
    if (isTrusted) flow.confirm(question);
  });
  cancel.addEventListener("click", () => dialog.close());
  // The focus comes into the dialog while the key that opened it is still held down.
  dialog.addEventListener("keydown", (event) => {
    if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    answered();
    flow.decline(question);
  });
  addStyle(root, STYLE);
  root.append(dialog);
  // Before it opens: that moves the focus out of the button, and then it must be known that the question stands in a dialog.
  question.close = () => {
    dialog.close();
    dialog.remove();
  };
  dialog.showModal();
  // What nobody sees cannot be answered, and keeps all keys and presses from the page: whatever was around it may be closed or hidden.
  const look = () => {
    if (dialog.getClientRects().length === 0 || dialog.checkVisibility?.() === false) flow.decline(question);
  };
  new ResizeObserver(look).observe(dialog);
  // What `content-visibility` hides keeps its size.
  new IntersectionObserver(look).observe(dialog);
}
