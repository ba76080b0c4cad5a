/**
 * What a runtime gives a handler besides the request.
 * @module
 */

/** @import { Context } from "./edge_types.js" */

/** Each of it where the runtime gives it; `server` knows the socket. @typedef {{ env: unknown, context: Context | undefined, server: unknown }} Host */

/**
 * Tells apart what a runtime gives. First in line workers give their environment, Vercel a context, Deno and Bun what knows the socket,
 * and Next what its route's path says, which is nothing to us.
 * @param {unknown} env What comes behind the request, whatever it is.
 * @param {Context | undefined} context
 * @returns {Host}
 */
export function hostOf(env, context) {
  const given = (/** @type {string} */ name) => attempted(() => /** @type {any} */ (env)?.[name]);
  const isServer = given("remoteAddr") !== undefined || typeof given("requestIP") === "function";
  const isContext = typeof given("waitUntil") === "function";
  const isRoute = attempted(() => Object.keys(Object(env)).join()) === "params";
  const isEnv = env !== undefined && !isServer && !isContext && !isRoute;
  return {
    env: isEnv ? env : /** @type {{ process?: { env?: unknown } }} */ (globalThis).process?.env,
    context: isContext ? /** @type {Context} */ (env) : context,
    server: isServer ? env : undefined,
  };
}

/**
 * What can be read, or nothing. Some environments throw at a name that nobody set.
 * @template T
 * @param {() => T} read
 */
function attempted(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
