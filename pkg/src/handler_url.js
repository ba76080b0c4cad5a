/**
 * The whole URL of a handler, where a page gives a part of one.
 * @template T
 * @param {T} handler
 * @returns {T | string}
 */
export function absolute(handler) {
  const { document, location } = globalThis;
  try {
    // Nothing would be the page itself.
    if (typeof handler === "string" && !/^\s*$|^[a-z][a-z0-9+.-]*:/i.test(handler))
      return new URL(handler, document?.baseURI ?? location?.href).href;
  } catch {
    // There is no page, or this is no URL.
  }
  return handler;
}
