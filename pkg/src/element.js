import { QuickcallButton } from "./element_class.js";

// Another copy of this package may have defined it: the first one stays.
if (globalThis.customElements && !customElements.get("quickcall-button")) {
  customElements.define("quickcall-button", QuickcallButton);
}

export * from "./element_exports.js";
