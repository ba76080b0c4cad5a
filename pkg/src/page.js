/**
 * Whether this code runs in a browser's page or in one of its workers. Servers and edge runtimes have some of the same
 * globals and are not meant. A page of Electron may have all of Node (its `type`
 * is `renderer` or `worker` then), one of NW.js always has, and both send by the browser all the same.
 */
export function isPage() {
  const scope = /** @type {any} */ (globalThis);
  const isServer =
    (scope.process?.versions?.node !== undefined &&
      !scope.process.versions.nw &&
      !/^[rw]/.test(scope.process.type)) ||
    scope.Deno !== undefined ||
    scope.Bun !== undefined ||
    scope.EdgeRuntime !== undefined ||
    scope.WebSocketPair !== undefined ||
    scope.navigator?.userAgent === "Cloudflare-Workers";
  if (isServer) return false;
  const isWorker = typeof scope.WorkerGlobalScope === "function" && scope instanceof scope.WorkerGlobalScope;
  return isWorker || (scope.window !== undefined && scope.document !== undefined);
}
