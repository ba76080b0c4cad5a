import { wasmBase64 } from "../build/quickcall_inline.js";

/** Compiles the module that lies in this package as text: it needs no file, no request and no setting of a bundler. */
export function loadInline() {
  const bytes = Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0));
  return WebAssembly.compile(bytes);
}
