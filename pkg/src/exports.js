export { apiToken } from "./api_token.js";
export { callSchema } from "./call_schema.js";
export { QuickcallError } from "./errors.js";
export { Quickcall } from "./quickcall.js";

/** @typedef {import("./types.js").AuthToken} AuthToken */
/** @typedef {import("./types.js").Call} Call */
/** @typedef {import("./types.js").CallOptions} CallOptions */
/** @typedef {import("./types.js").Config} Config */
/** @typedef {import("./types.js").ErrorCode} ErrorCode */
/** @typedef {import("./types.js").Issue} Issue */
/** @typedef {import("./types.js").IssueCode} IssueCode */
/** @typedef {import("./types.js").Originate} Originate */
/** @typedef {import("./types.js").Placed} Placed */
/** @typedef {import("./types.js").Request} Request */
