import * as glue from "../build/events/glue.js";
import { wasmBase64 } from "../build/events/quickcall_inline.js";
import { setCore } from "./core.js";
import { loadInline } from "./load_inline.js";

setCore(glue, () => loadInline(wasmBase64));

export * from "./events_exports.js";
