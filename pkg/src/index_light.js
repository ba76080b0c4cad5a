import { setCore } from "./core.js";
import { glue } from "./glue.js";
import module from "./quickcall.wasm?module";

setCore(glue, async () => module);

export { init } from "./core.js";
export * from "./exports.js";
