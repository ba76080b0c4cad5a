import * as quickcall from "quickcall";
import { place } from "./place.js";

console.log(JSON.stringify(await place(quickcall, JSON.parse(process.argv[2] ?? "{}"))));
