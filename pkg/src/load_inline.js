/**
 * Compiles a module that lies in this package as text: it needs no file, no request and no setting of a bundler.
 * @param {string} base64
 */
export function loadInline(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return WebAssembly.compile(bytes);
}
