export { apiToken } from "./api_token.js";
export { createHandler } from "./edge_handler.js";
export { QuickcallError } from "./errors.js";
export { denoKv } from "./guard_deno_kv.js";
export { QuickcallGuard } from "./guard_durable_object.js";
export { nodeListener } from "./node_listener.js";

/** @typedef {import("./edge_types.js").Context} Context */
/** @typedef {import("./edge_types.js").Destinations} Destinations */
/**
 * @template [Env=unknown]
 * @typedef {import("./edge_types.js").EdgeConfig<Env>} EdgeConfig
 */
/** @typedef {import("./relay.js").EventsConfig} EventsConfig */
/** @typedef {import("./edge_types.js").Limit} Limit */
/** @typedef {import("./edge_types.js").Limits} Limits */
/** @typedef {import("./edge_types.js").LogEntry} LogEntry */
/** @typedef {import("./edge_types.js").VisitorBody} VisitorBody */
/** @typedef {import("./guard.js").Store} Store */
