/**
 * Whether this code runs in a browser's page or in one of its workers. Servers and edge runtimes have some of the same
 * globals and are not meant.
 */
export function isPage() {
  const scope = /** @type {any} */ (globalThis);
  const isServer =
    scope.process?.versions?.node !== undefined ||
    scope.Deno !== undefined ||
    scope.Bun !== undefined ||
    scope.EdgeRuntime !== undefined ||
    scope.WebSocketPair !== undefined ||
    scope.navigator?.userAgent === "Cloudflare-Workers";
  if (isServer) return false;
  const isWorker = typeof scope.WorkerGlobalScope === "function" && scope instanceof scope.WorkerGlobalScope;
  return isWorker || (scope.window !== undefined && scope.document !== undefined);
}
