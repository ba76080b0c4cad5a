/** A page that follows its call. */
import * as events from "/node_modules/quickcall/dist/events.js";
import * as quickcall from "/node_modules/quickcall/dist/index.js";
import { follow } from "./follow.js";

const scope = /** @type {any} */ (globalThis);
const config = JSON.parse(new URL(import.meta.url).searchParams.get("config") ?? "{}");
follow(quickcall, events, config).then(
  (report) => {
    scope.report = report;
  },
  (error) => {
    scope.report = { code: error.code, said: String(error) };
  },
);
