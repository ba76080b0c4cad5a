/**
 * A handler's configuration, judged and made ready.
 * @module
 */

/** @import { EdgeReservation } from "../build/edge/glue.js" */
/** @import { Namespace } from "./durable_object.js" */
/** @import { EdgeConfig, LogEntry } from "./edge_types.js" */
/** @import { Known, Settled, Store } from "./guard.js" */
/** @import { AuthToken, Fetch } from "./types.js" */
import { init, made } from "./core.js";
import { edgeCore } from "./edge_core.js";
import { logToConsole, report } from "./edge_log.js";
import { patiently, VERCEL_LIMIT } from "./edge_patience.js";
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
 *   Tells a page the steps of its call. There is none without `events`.
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

/**
 * Makes a configuration ready, once for each `env`.
 * @param {AnyConfig} config
 * @param {(log: (entry: LogEntry) => void) => void} logTo Told what logs, before anything is judged.
 * @returns {(env: unknown) => Promise<Ready>}
 */
export function readiness(config, logTo) {
  /** @type {MemoryGuard | undefined} */
  let memory;
  const ownMemory = () => {
    memory ??= new MemoryGuard();
    return memory;
  };
  /** @type {WeakMap<object, { making: Promise<Ready>, ready?: Ready }>} */
  const readyByEnv = new WeakMap();
  const withoutEnv = {};
  return async (env) => {
    // Only a function depends on it, and frameworks give a new object with each request.
    const key = typeof config === "function" && typeof env === "object" && env !== null ? env : withoutEnv;
    const one = readyByEnv.get(key) ?? { making: prepare(config, env, ownMemory, logTo) };
    readyByEnv.set(key, one);
    try {
      one.ready ??= await patiently(() => one.making);
      return one.ready;
    } catch (error) {
      // What is wrong may be right the next time: a module that could not be loaded, a secret that was not there.
      if (readyByEnv.get(key) === one) readyByEnv.delete(key);
      throw error;
    }
  };
}

/**
 * Makes a configuration ready.
 * @param {AnyConfig} config
 * @param {unknown} env
 * @param {() => MemoryGuard} memory One for all that is made of this configuration.
 * @param {(log: (entry: LogEntry) => void) => void} logTo
 * @returns {Promise<Ready>}
 */
async function prepare(config, env, memory, logTo) {
  await init();
  const given = await configFor(config, env);
  const { authToken, guard, visitor, verify, log, fetch, events, baseUrl, accountId, allowInsecure } =
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
  tellWhatIsMissing(given, ready.log);
  return ready;
}

/**
 * Warns of what a handler can do without, and should not.
 * @param {Partial<EdgeConfig>} given
 * @param {(entry: LogEntry) => void} log
 */
function tellWhatIsMissing(given, log) {
  if (given.guard === undefined) {
    const missing = Object.hasOwn(given, "guard") ? "`guard` is `undefined`: is its binding missing? " : "";
    const message = `${missing}The guard is in memory: limits and keys hold in this process only, and end with it. Give a \`guard\` where there is more than one.`;
    report(log, { event: "guard", level: "warning", message });
  }
  if (Object.values(Object(given.limits)).every((limit) => limit === undefined)) {
    const message = "There are no limits: nothing bounds how many calls are placed. Give `limits`.";
    report(log, { event: "limits", level: "warning", message });
  }
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
 * A memory that is not the module's own: it is given a reservation as JSON.
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
