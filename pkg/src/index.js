import { wasmBase64 } from "../build/quickcall_inline.js";
import { setCore } from "./core.js";
import { glue } from "./glue.js";
import { loadInline } from "./load_inline.js";

setCore(glue, () => loadInline(wasmBase64));

export { init } from "./core.js";
export * from "./exports.js";
