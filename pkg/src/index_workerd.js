import * as glue from "../build/glue.js";
import { setCompiledCore } from "./core.js";
import module from "./quickcall.wasm";

setCompiledCore(glue, module);

export { init } from "./core.js";
export * from "./exports.js";
