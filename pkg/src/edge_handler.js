/** @import { EdgeReservation } from "../build/edge/glue.js" */
/** @import { Namespace } from "./durable_object.js" */
/** @import { Context, EdgeConfig, LogEntry } from "./edge_types.js" */
/** @import { Known, Settled, Store } from "./guard.js" */
/** @import { AuthToken, Fetch } from "./types.js" */
import { clientAddress } from "./client_address.js";
import { init, made } from "./core.js";
import { edgeRefusal, preflight, respond, UNAVAILABLE } from "./edge_answer.js";
import { edgeCore } from "./edge_core.js";
import { decide } from "./edge_decision.js";
import { follow } from "./edge_follow.js";
import { logToConsole, problem, report } from "./edge_log.js";
import { inTime, patiently, VERCEL_LIMIT } from "./edge_patience.js";
import { fetchOnce } from "./fetch_once.js";
import { Guard } from "./guard.js";
import { DurableGuard } from "./guard_durable_object.js";
import { MemoryGuard } from "./guard_memory.js";
import { invalid } from "./invalid.js";
import { pack } from "./pack.js";
import { checkEvents, relay } from "./relay.js";
import { withoutSecret } from "./token.js";

/**
 * A handler's configuration, made ready for one `env`.
 * @typedef {object} Ready
 * @property {import("../build/edge/glue.js").EdgeHandler} core
 * @property {AnyGuard} guard
 * @property {boolean} isShared Whether other processes have the same guard.
 * @property {boolean} isDryRun
 * @property {AuthToken} authToken
 * @property {Fetch} fetch
 * @property {((placed: { state: string, callIds: string[] }, gone: AbortSignal, ended: () => void) => Promise<ReadableStream<Uint8Array>>) | undefined} relay
 * @property {EdgeConfig["visitor"]} visitor
 * @property {EdgeConfig["verify"]} verify
 * @property {(entry: LogEntry) => void} log
 */

/**
 * The memory of a handler, wherever it is.
 * @typedef {object} AnyGuard
 * @property {(key: string, fingerprint: string) => Known | Promise<Known>} known
 * @property {(key: string, fingerprint: string, milliseconds: number) => Promise<Known>} wait
 * @property {(reservation: EdgeReservation) => Known | Promise<Known>} reserve
 * @property {(reservation: EdgeReservation, at: number, settled: Settled) => unknown} settle
 * @property {(reservation: EdgeReservation, at: number) => unknown} release
 */

/** @typedef {EdgeConfig | ((env: unknown) => EdgeConfig | Promise<EdgeConfig>)} AnyConfig */

/** What the runtime gave besides the request. @typedef {{ env: unknown, context: Context | undefined, server: unknown }} Host */

/**
 * A request, and what its decision takes.
 * @typedef {object} Asked
 * @property {Request} request
 * @property {string | undefined} origin The page that asks.
 * @property {Host} host
 * @property {string | null | undefined} address The visitor's, as `clientAddress` has it.
 * @property {Ready} ready
 * @property {LogEntry} entry What is logged of it.
 * @property {number} started When it came, in milliseconds since 1970.
 */

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
  /** @type {MemoryGuard | undefined} */
  let memory;
  const ownMemory = () => {
    memory ??= new MemoryGuard();
    return memory;
  };
  /** The owner's, once it is known. */
  let log = logToConsole;
  const logTo = (/** @type {typeof log} */ given) => {
    log = given;
  };
  /** @type {WeakMap<object, { making: Promise<Ready>, ready?: Ready }>} */
  const readyByEnv = new WeakMap();
  const withoutEnv = {};

  /** @param {unknown} env */
  async function readyFor(env) {
    // Frameworks give something new with each request.
    const key = typeof config === "function" && typeof env === "object" && env !== null ? env : withoutEnv;
    const one = readyByEnv.get(key) ?? {
      making: prepare(/** @type {AnyConfig} */ (config), env, ownMemory, logTo),
    };
    readyByEnv.set(key, one);
    try {
      one.ready ??= await patiently(() => one.making);
      return one.ready;
    } catch (error) {
      // What is wrong may be right the next time: a module that could not be loaded, a secret that was not there.
      if (readyByEnv.get(key) === one) readyByEnv.delete(key);
      throw error;
    }
  }

  /** @param {unknown} error */
  const reportConfig = (error) =>
    report(log, { ...problem("configuration", error), status: UNAVAILABLE.status });
  // A process of one's own says at its start what is wrong. Workers may do nothing there.
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
    // Whoever wants to hear of a call wants none, also where there is nothing to tell.
    const isFollowing = /text\/event-stream/i.test(request.headers.get("accept") ?? "");
    const asked = { request, origin, host, address, ready, entry, started };
    const decided = (isFollowing ? follow(asked) : decide(asked)).catch((error) => {
      report(ready.log, problem("handler", error));
      return edgeRefusal(isFollowing ? "not_followed" : "unavailable");
    });
    const answer = await (isFollowing ? decided : inTime(decided, started));
    const { code, outcome, status } = answer;
    // Its page cannot read why. Who is no browser may send any text, also what a terminal obeys.
    if (code === "origin_refused") entry.origin = origin?.slice(0, 256).replace(/[^!-~]/g, "?");
    report(ready.log, { ...entry, decision: code, outcome, status, took: Date.now() - started });
    return respond(request, answer, allowed);
  };
}

/**
 * @param {AnyConfig} config
 * @param {unknown} env
 * @param {() => MemoryGuard} memory One for all that is made of this configuration.
 * @param {(log: (entry: LogEntry) => void) => void} logTo Told what logs, before anything is judged.
 * @returns {Promise<Ready>}
 */
async function prepare(config, env, memory, logTo) {
  await init();
  const given = await configFor(config, env);
  const { authToken, guard, visitor, verify, log, fetch, events, limits, baseUrl, accountId, allowInsecure } =
    Object(given);
  if (typeof log === "function") logTo(log);
  const names = {
    ...given,
    authToken: withoutSecret(authToken),
    guard: undefined,
    events: undefined,
  };
  const packed = pack(Object(given) === given ? names : given);
  const limit = /** @type {any} */ (globalThis).EdgeRuntime === undefined ? undefined : VERCEL_LIMIT;
  const handler = made(edgeCore().EdgeHandler, packed, limit);
  const ownFetch = fetch ?? /** @type {Fetch} */ (fetchOnce);
  const server = { baseUrl, accountId, authToken, fetch: ownFetch, allowInsecure };
  if (events !== undefined) checkEvents(events, server);
  /** @type {Ready} */
  const ready = {
    core: handler,
    relay:
      events === undefined ? undefined : (placed, gone, ended) => relay(events, server, placed, gone, ended),
    guard: guard === undefined ? memory() : guardOf(guard),
    isShared: guard !== undefined,
    isDryRun: handler.is_dry_run(),
    authToken,
    fetch: ownFetch,
    visitor,
    verify,
    log: log ?? logToConsole,
  };
  if (guard === undefined) {
    const missing = Object.hasOwn(given, "guard") ? "`guard` is `undefined`: is its binding missing? " : "";
    const message = `${missing}The guard is in memory: limits and keys hold in this process only, and end with it. Give a \`guard\` where there is more than one.`;
    report(ready.log, { event: "guard", level: "warning", message });
  }
  if (Object.values(Object(limits)).every((limit) => limit === undefined)) {
    const message = "There are no limits: nothing bounds how many calls are placed. Give `limits`.";
    report(ready.log, { event: "limits", level: "warning", message });
  }
  return ready;
}

/**
 * @param {AnyConfig} config
 * @param {unknown} env
 */
async function configFor(config, env) {
  if (typeof config !== "function") return config;
  try {
    return await config(env);
  } catch (error) {
    if (env !== undefined || config.length === 0 || !(error instanceof TypeError)) throw error;
    // It read a member of nothing: a worker asked the handler itself, and gave it the request and no more.
    throw invalid("required", "env", "The configuration needs it: call `handler(request, env, context)`.");
  }
}

/**
 * @param {unknown} guard
 * @returns {AnyGuard}
 */
function guardOf(guard) {
  const { idFromName, update } = Object(guard);
  if (typeof idFromName === "function") return elsewhere(new DurableGuard(/** @type {Namespace} */ (guard)));
  if (typeof update === "function") return elsewhere(new Guard(/** @type {Store} */ (guard)));
  throw invalid(
    "wrong_type",
    "guard",
    "This is neither a Durable Object's binding nor a store with `update`.",
  );
}

/**
 * A memory that knows a reservation as JSON.
 * @param {Guard | DurableGuard} guard
 * @returns {AnyGuard}
 */
function elsewhere(guard) {
  return {
    known: (key, fingerprint) => guard.known(key, fingerprint),
    wait: (key, fingerprint, milliseconds) => guard.wait(key, fingerprint, milliseconds),
    reserve: (reservation) => guard.reserve(reservation.to_json()),
    settle: (reservation, at, settled) => guard.settle(reservation.to_json(), at, settled),
    release: (reservation, at) => guard.release(reservation.to_json(), at),
  };
}

/**
 * What a runtime gives: workers an environment and a context, Vercel a context, Deno and Bun what knows the socket, and Next what its
 * route's path says, which is nothing to us.
 * @param {unknown} env
 * @param {Context | undefined} context
 * @returns {Host}
 */
function hostOf(env, context) {
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
