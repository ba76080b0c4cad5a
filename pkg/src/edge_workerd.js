import * as glue from "../build/edge/glue.js";
import { setCore } from "./core.js";
import module from "./quickcall_edge.wasm";

setCore(glue, async () => module);

export * from "./edge_exports.js";
