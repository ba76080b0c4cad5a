import * as quickcall from "quickcall";
import * as events from "quickcall/events";
import { follow } from "./follow.js";

console.log(JSON.stringify(await follow(quickcall, events, JSON.parse(process.argv[2] ?? "{}"))));
