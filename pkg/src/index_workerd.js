import { setCompiledCore } from "./core.js";
import { glue } from "./glue.js";
import module from "./quickcall.wasm";

setCompiledCore(glue, module);

export { init } from "./core.js";
export * from "./exports.js";
