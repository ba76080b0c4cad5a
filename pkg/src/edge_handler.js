/** @import { AnyConfig, Ready } from "./edge_ready.js" */
/** @import { Context, EdgeConfig, LogEntry } from "./edge_types.js" */
import { clientAddress } from "./client_address.js";
import { edgeRefusal, preflight, respond, UNAVAILABLE } from "./edge_answer.js";
import { decide } from "./edge_decision.js";
import { follow } from "./edge_follow.js";
import { hostOf } from "./edge_host.js";
import { logToConsole, problem, report } from "./edge_log.js";
import { inTime } from "./edge_patience.js";
import { readiness } from "./edge_ready.js";

/**
 * Makes a handler that places calls for public pages: the token stays with it, visitors reach only what the owner allowed,
 * and one key is one call. `(request, env, context)` on Cloudflare Workers, `(request)` elsewhere.
 *
 * @example
 * import { createHandler, QuickcallGuard } from "quickcall/edge";
 *
 * export { QuickcallGuard };
 * // In TypeScript: createHandler<Env>(…), with the type of your environment.
 * const handler = createHandler((env) => ({
 *   baseUrl: "https://kazoo.example.com:8443/v2",
 *   accountId: "0123456789abcdef0123456789abcdef",
 *   authToken: env.KAZOO_TOKEN,
 *   endpoints: { sales: { user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
 *   origins: ["https://www.example.com"],
 *   destinations: { allow: ["+1415"] },
 *   limits: { perVisitor: "3/min", total: "500/day" },
 *   guard: env.QUICKCALL_GUARD,
 * }));
 * export default { fetch: handler };
 *
 * @template [Env=unknown]
 * @param {EdgeConfig<Env> | ((env: Env) => EdgeConfig<Env> | Promise<EdgeConfig<Env>>)} config A function is asked once for
 *   each `env`, and is given `process.env` where the runtime has none of its own. What is wrong with it is logged, and nothing is placed.
 * @returns {(request: Request, env?: Env, context?: Context) => Promise<Response>} Never rejects where it is given a `Request`.
 */
export function createHandler(config) {
  /** What logs: the owner's own, once the configuration is read. */
  let log = logToConsole;
  const readyFor = readiness(/** @type {AnyConfig} */ (config), (given) => {
    log = given;
  });

  /** @param {unknown} error */
  const reportConfig = (error) =>
    report(log, { ...problem("configuration", error), status: UNAVAILABLE.status });
  // A process says at its start what is wrong. Workers may do nothing where a module begins.
  const { WebSocketPair, EdgeRuntime } = /** @type {any} */ (globalThis);
  if (typeof config === "object" && !WebSocketPair && !EdgeRuntime) {
    readyFor(hostOf(undefined, undefined).env).catch(reportConfig);
  }

  return async (request, env, context) => {
    const started = Date.now();
    if (typeof request?.headers?.get !== "function") {
      throw new TypeError(
        "A handler takes a `Request`. In Node give it to `nodeListener()`: `createServer(nodeListener(handler))`.",
      );
    }
    const host = hostOf(env, context);
    const address = clientAddress(request, host.server);
    /** @type {Ready} */
    let ready;
    try {
      ready = await readyFor(host.env);
    } catch (error) {
      reportConfig(error);
      return respond(request, UNAVAILABLE, undefined);
    }
    const origin = request.headers.get("origin") ?? undefined;
    const allowed = origin !== undefined && ready.core.allows_origin(origin) ? origin : undefined;
    if (request.method === "OPTIONS" && allowed !== undefined) return preflight(allowed);
    /** @type {LogEntry} */
    const entry = { event: "call" };
    // Whoever wants to follow a call wants none placed, also where this handler has no events to tell.
    const isFollowing = /text\/event-stream/i.test(request.headers.get("accept") ?? "");
    const asked = { request, origin, host, address, ready, entry, started };
    const decided = (isFollowing ? follow(asked) : decide(asked)).catch((error) => {
      report(ready.log, problem("handler", error));
      return edgeRefusal(isFollowing ? "not_followed" : "unavailable");
    });
    const answer = await (isFollowing ? decided : inTime(decided, started));
    const { code, outcome, status } = answer;
    // The page cannot read why it was refused, or has a name that is none, so the log says which it is. Who is no browser may send any text,
    // also one that a terminal obeys.
    if (code === "origin_refused" || code === "unknown_endpoint")
      entry.origin = origin?.slice(0, 256).replace(/[^!-~]/g, "?");
    report(ready.log, { ...entry, decision: code, outcome, status, took: Date.now() - started });
    return respond(request, answer, allowed);
  };
}
