/**
 * Where a request that came by the adapter for Node has its address. Adapter and handler may be of two copies of this package, so each
 * knows the name.
 */
const ADDRESS = Symbol.for("quickcall.client_address");

/**
 * @param {Request} request
 * @param {string | undefined} address
 */
export function setClientAddress(request, address) {
  Object.defineProperty(request, ADDRESS, { value: address });
}

/**
 * The visitor's address, only from where the platform vouches for it: the socket, or a header that the platform itself
 * sets on every request. Nothing where there is no such place.
 * @param {Request} request
 * @param {unknown} server What the runtime gives a handler besides the request.
 * @returns {string | undefined}
 */
export function clientAddress(request, server) {
  const scope = /** @type {any} */ (globalThis);
  const ofSocket = text(/** @type {any} */ (request)[ADDRESS]);
  if (ofSocket !== undefined) return ofSocket;
  if (scope.Deno !== undefined) return text(/** @type {any} */ (server)?.remoteAddr?.hostname);
  if (scope.Bun !== undefined) return text(/** @type {any} */ (server)?.requestIP?.(request)?.address);
  // Cloudflare's network sets both. A workerd of one's own sets neither, and takes the header from anyone.
  const isCloudflare = scope.navigator?.userAgent === "Cloudflare-Workers";
  if (isCloudflare && /** @type {any} */ (request).cf !== undefined)
    return header(request, "cf-connecting-ip");
  if (scope.EdgeRuntime === "vercel") return header(request, "x-real-ip");
  return undefined;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" ? value : undefined;
}

/**
 * @param {Request} request
 * @param {string} name
 */
function header(request, name) {
  return request.headers.get(name) ?? undefined;
}
