/**
 * The part of a `tel:` URL that is dialled. What follows a `,` or `;` (a pause, an extension) never is. A number that is one only in a
 * context (`7042;phone-context=example.com`) is none here: by itself it would be another one.
 * @param {string} url
 */
export function dialledPart(url) {
  const [, rest = ""] = /^\s*tel:(.*)/is.exec(url) ?? [];
  const [number = ""] = rest.split(/^[^+]*phone-c|[;,]|%2c|%3b/i);
  try {
    return decodeURIComponent(number).trim();
  } catch {
    return "";
  }
}
