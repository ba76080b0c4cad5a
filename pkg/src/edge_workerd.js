import * as glue from "../build/edge/glue.js";
import { setCompiledCore } from "./core.js";
import module from "./quickcall_edge.wasm";

setCompiledCore(glue, module);

export * from "./edge_exports.js";
