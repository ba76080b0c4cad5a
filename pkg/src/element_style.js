/** The look of a button, for constructed sheets: no inline style, so that a strict policy allows it. */
const STYLE = `
:host { --on: #fff; --off: #0b6b4b; display: inline-flex; flex-direction: column; align-items: flex-start; max-width: 100%; }
:host([hidden]) { display: none; }
button {
  display: inline-flex; align-items: center; justify-content: center; gap: .5em; max-width: 100%;
  min-width: 44px; min-height: 44px; padding: var(--quickcall-padding, .5em 1.1em); font: inherit; font-weight: 600;
  text-align: start; overflow-wrap: anywhere; cursor: pointer;
  color: var(--quickcall-color, var(--on)); background: var(--quickcall-background, var(--off));
  border: var(--quickcall-border, 1px solid transparent); border-radius: var(--quickcall-radius, .5em);
}
button:hover { text-decoration: underline; }
button:focus-visible { outline: 3px solid var(--quickcall-focus, currentColor); outline-offset: -6px; }
button[aria-disabled=true], button:disabled { cursor: default; text-decoration: none; }
button:disabled { opacity: .6; }
[part=message] { font-size: .875em; max-width: 30em; white-space: normal; overflow-wrap: anywhere; line-height: 1.4; }
[part=message]:not(:empty) { margin-block-start: .4em; }
svg { width: 1.15em; height: 1.15em; flex: none; fill: currentColor; }
:host(:dir(rtl)) svg { scale: -1 1; }
@media (prefers-color-scheme: dark) { :host { --on: #06281c; --off: #4fd1a0; } }
@media (forced-colors: active) { button { border: 1px solid ButtonText; } button:disabled { opacity: 1; color: GrayText; } }
@media (prefers-reduced-motion: no-preference) {
  [aria-busy=true] [part=icon] { animation: ring 1s ease-in-out infinite alternate; }
  @keyframes ring { from { rotate: -12deg; } to { rotate: 12deg; } }
}
`;

/** A sheet is of the document that it was made in, and of no other one. @type {WeakMap<Document, Map<string, CSSStyleSheet>>} */
const sheets = new WeakMap();

/**
 * Gives a root its look. Roots of a document with the same look share its sheet. One that comes into another document has none there.
 * @param {ShadowRoot} root
 * @param {string} [more] What it has besides the look of a button.
 */
export function addStyle({ ownerDocument, adoptedStyleSheets }, more = STYLE) {
  const { defaultView } = ownerDocument;
  // A document without a window is never seen.
  if (!defaultView) return;
  const known = sheets.get(ownerDocument) ?? new Map();
  const sheet = known.get(more) ?? new defaultView.CSSStyleSheet();
  if (!known.has(more)) sheet.replaceSync(more);
  sheets.set(ownerDocument, known.set(more, sheet));
  if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet);
}
