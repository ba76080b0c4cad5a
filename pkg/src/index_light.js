import * as glue from "../build/glue.js";
import { setCore } from "./core.js";
import module from "./quickcall.wasm?module";

setCore(glue, async () => module);

export { init } from "./core.js";
export * from "./exports.js";
