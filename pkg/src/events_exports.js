export { init } from "./core.js";
export { QuickcallError } from "./errors.js";
export { watch } from "./watch.js";

/** @typedef {import("./watch.js").ChannelStatus} ChannelStatus */
/** @typedef {import("./watch.js").Watched} Watched */
/** @typedef {import("./watch.js").Watcher} Watcher */
/** @typedef {import("./watch.js").WatchOptions} WatchOptions */
/** @typedef {import("./watched_call.js").ProgressStep} ProgressStep */
