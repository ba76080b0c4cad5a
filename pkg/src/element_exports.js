export { QuickcallButton } from "./element_class.js";
export { enhanceTelLinks } from "./tel_links.js";

/** @typedef {import("./call_flow.js").CallState} CallState */
/** @typedef {import("./call_flow.js").Progress} Progress */
/** @typedef {import("./call_flow.js").Step} Step */
/** @typedef {import("./types.js").ErrorCode} ErrorCode */
/** @typedef {import("./call_texts.js").Messages} Messages */
/** @typedef {import("./tel_links.js").TelLinkOptions} TelLinkOptions */
/** @typedef {import("./element_globals.js").QuickcallButtonAttributes} QuickcallButtonAttributes */
