/** Starts what the page's address says, and keeps the report and every report of the policy. */
const scope = /** @type {any} */ (globalThis);
const { searchParams } = new URL(location.href);
const kind = searchParams.get("kind");
const script = `/consumers/${searchParams.get("consumer")}.js?config=${encodeURIComponent(searchParams.get("config") ?? "")}`;

scope.violations = [];
scope.unhandled = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  // Browsers ask for it by themselves.
  if (!blockedURI.endsWith("/favicon.ico")) scope.violations.push(violatedDirective);
});
addEventListener("unhandledrejection", ({ reason }) => scope.unhandled.push(String(reason)));

/** @param {{ data: unknown }} event */
const keep = ({ data }) => {
  scope.report = data;
};
/** @param {any} event */
const failed = ({ message }) => {
  scope.report = { said: message };
};

if (kind === "page") {
  import(script).catch((error) => failed({ message: String(error) }));
} else if (kind === "worker") {
  const worker = new Worker(script, { type: "module" });
  worker.onmessage = keep;
  worker.onerror = failed;
} else if (kind === "shared worker") {
  const worker = new SharedWorker(script, { type: "module" });
  worker.port.onmessage = keep;
  worker.onerror = failed;
} else {
  navigator.serviceWorker.addEventListener("message", keep);
  navigator.serviceWorker
    .register(script, { type: "module", scope: "/" })
    .then(() => navigator.serviceWorker.ready)
    .then(({ active }) => active?.postMessage("call"))
    .catch((error) => failed({ message: String(error) }));
}
