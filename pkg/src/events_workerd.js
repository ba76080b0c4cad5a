import * as glue from "../build/events/glue.js";
import { setCompiledCore } from "./core.js";
import module from "./quickcall_events.wasm";

setCompiledCore(glue, module);

export * from "./events_exports.js";
