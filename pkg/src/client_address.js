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
 * Whether a request came by the adapter for Node.
 * @param {Request} request
 */
export function isOfListener(request) {
  return ADDRESS in request;
}

/** `0.0.0.0` or `::`, which no visitor has. */
const NOWHERE = /^[0.:]+$/;

/**
 * The visitor's address, only from where the platform vouches for it: the socket, or a header that the platform itself
 * sets on every request. `undefined` where there is no such place, and `null` where there was one: in Deno and Bun the address goes with
 * the visitor, so it is asked for as soon as a request comes.
 * @param {Request} request
 * @param {unknown} server What the runtime gives a handler besides the request.
 * @returns {string | null | undefined}
 */
export function clientAddress(request, server) {
  try {
    return addressOf(request, server);
  } catch {
    return null;
  }
}

/**
 * The same, as long as the runtime tells it.
 * @param {Request} request
 * @param {unknown} server
 */
function addressOf(request, server) {
  const scope = /** @type {any} */ (globalThis);
  const ofSocket = text(/** @type {any} */ (request)[ADDRESS]);
  if (ofSocket !== undefined) return ofSocket;
  const given = /** @type {any} */ (server);
  if (scope.Deno !== undefined) {
    const { hostname, port } = Object(given?.remoteAddr);
    if (!NOWHERE.test(hostname)) return text(hostname);
    // Deno gives it, and no port, for an address that is gone. Supabase's runtime gives where it listens itself, for everybody.
    return port === 0 ? null : undefined;
  }
  // A socket of Unix has neither address nor port.
  if (scope.Bun !== undefined)
    return text(given?.requestIP?.(request)?.address) ?? (given?.port ? null : undefined);
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
