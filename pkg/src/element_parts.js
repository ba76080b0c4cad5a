/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
export function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Where the state is said, for eyes and screen readers. It is there before anything is said. */
export function makeMessage() {
  return make("span", {
    part: "message",
    id: "message",
    role: "status",
    "aria-live": "polite",
    lang: "en",
    dir: "ltr",
  });
}
