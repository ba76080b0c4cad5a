import * as glue from "../build/edge/glue.js";
import { wasmBase64 } from "../build/edge/quickcall_inline.js";
import { setCore } from "./core.js";
import { loadInline } from "./load_inline.js";

setCore(glue, () => loadInline(wasmBase64));

export * from "./edge_exports.js";
