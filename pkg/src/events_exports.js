export { init } from "./core.js";
export { QuickcallError } from "./errors.js";
export { follow } from "./follow.js";
export { watch } from "./watch.js";

/** @typedef {import("./channels.js").ChannelStatus} ChannelStatus */
/** @typedef {import("./watcher.js").Watched} Watched */
/** @typedef {import("./watcher.js").Watcher} Watcher */
/** @typedef {import("./watch.js").WatchOptions} WatchOptions */
/** @typedef {import("./follow.js").FollowedStep} FollowedStep */
/** @typedef {import("./watched_call.js").ProgressStep} ProgressStep */
