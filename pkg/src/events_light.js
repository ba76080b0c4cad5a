import * as glue from "../build/events/glue.js";
import { setCore } from "./core.js";
import module from "./quickcall_events.wasm?module";

setCore(glue, async () => module);

export * from "./events_exports.js";
