/**
 * A new process: `node in_node.js WHAT`, where WHAT is JSON of the bundle's URL, the configuration, the call and the path of the
 * module, if one is to be given. Says the times as JSON.
 * @module
 */

import { readFile } from "node:fs/promises";
import { firstRequest } from "./first_request.js";

const { url, config, call, wasm } = JSON.parse(process.argv[2] ?? "{}");
const times = await firstRequest(url, config, call, wasm ? () => readFile(wasm) : undefined);
console.log(JSON.stringify(times));
