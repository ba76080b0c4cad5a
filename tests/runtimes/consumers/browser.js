/** What runs in a page or a worker of it. Bundled or not, it reports where it was told to. */
import * as quickcall from "/node_modules/quickcall/dist/index.js";
import { place } from "./place.js";

const scope = /** @type {any} */ (globalThis);
const config = JSON.parse(new URL(import.meta.url).searchParams.get("config") ?? "{}");

/** @param {(report: unknown) => void} report */
const run = (report) =>
  place(quickcall, config).then(report, (error) => report({ code: error.code, said: String(error) }));

if (scope.document) {
  run((report) => {
    scope.report = report;
  });
} else if (scope.SharedWorkerGlobalScope && scope instanceof scope.SharedWorkerGlobalScope) {
  scope.onconnect = (/** @type {any} */ { ports: [port] }) => run((report) => port.postMessage(report));
} else if (scope.ServiceWorkerGlobalScope && scope instanceof scope.ServiceWorkerGlobalScope) {
  scope.onmessage = (/** @type {any} */ event) =>
    event.waitUntil(run((report) => event.source.postMessage(report)));
} else {
  run((report) => scope.postMessage(report));
}
