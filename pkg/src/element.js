import { QuickcallButton } from "./element_class.js";

// Neither a server nor what plays a browser in tests has what a button is made of, and a script that an extension puts into a page can
// define nothing. Another copy of this package may have defined it: the first one stays.
if (
  globalThis.ElementInternals?.prototype.setFormValue !== undefined &&
  customElements?.get("quickcall-button") === undefined
) {
  customElements?.define("quickcall-button", QuickcallButton);
}

export * from "./element_exports.js";
