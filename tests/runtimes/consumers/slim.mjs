import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as quickcall from "quickcall/slim";
import { place } from "./place.js";

const { code } = await quickcall.init().catch((error) => error);
if (code !== "load_failed") throw new Error(`without a module init() gave ${code}`);
await quickcall.init(readFile(fileURLToPath(import.meta.resolve("quickcall/quickcall.wasm"))));
console.log(JSON.stringify(await place(quickcall, JSON.parse(process.argv[2] ?? "{}"))));
