/**
 * The part of a `tel:` URL that is dialled. What follows a `,` or `;` (a pause, an extension) never is.
 * @param {string} url
 */
export function dialledPart(url) {
  const [number = ""] = url.replace(/^\s*tel:/i, "").split(/[;,]|%2c|%3b/i);
  try {
    return decodeURIComponent(number).trim();
  } catch {
    return "";
  }
}
