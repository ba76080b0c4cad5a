/** @import { EdgeReservation } from "../build/edge/glue.js" */
/** @import { Namespace } from "./durable_object.js" */
/** @import { Context, EdgeConfig, LogEntry } from "./edge_types.js" */
/** @import { Answer, Known, Store } from "./guard.js" */
/** @import { AuthToken, Fetch } from "./types.js" */
/** @import { Sendable } from "./place.js" */
import { clientAddress } from "./client_address.js";
import { failure, init, made } from "./core.js";
import { TOO_LATE, within, withinOrStop } from "./deadline.js";
import { edgeRefusal, kept, preflight, respond, UNAVAILABLE, upstream } from "./edge_answer.js";
import { codeOfCause } from "./edge_cause.js";
import { areChecked, enter } from "./edge_checking.js";
import { edgeCore } from "./edge_core.js";
import { Failed, inTime, PATIENCE, patiently, timeLeft, VERCEL_LIMIT } from "./edge_patience.js";
import { QuickcallError } from "./errors.js";
import { fetchOnce } from "./fetch_once.js";
import { Guard } from "./guard.js";
import { DurableGuard } from "./guard_durable_object.js";
import { MemoryGuard } from "./guard_memory.js";
import { invalid } from "./invalid.js";
import { pack } from "./pack.js";
import { callServer } from "./place.js";
import { checkEvents, relay } from "./relay.js";
import { readBody } from "./send.js";
import { withoutSecret } from "./token.js";

/** The most bytes of a body that are read. One more tells that it is too large. */
const MAX_BODY = 4_096;

/** How long a repeat waits where its own call is not known, in milliseconds. */
const USUAL_WAIT = 40_000;

/** A byte order mark counts, and is no JSON; nor are bytes that are no text. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** How long a repeat that failed its check waits for what came of the others with its key here, in milliseconds. */
const OTHERS = 3 * PATIENCE;

/** After how long it is looked once more, each time, whether another process has reserved it, in milliseconds. */
const ELSEWHERE = [500, 1_000, 1_500];

/** How often the guard is asked to keep an answer, and how long between, in milliseconds. */
const SETTLE = { attempts: 3, pause: 200 };

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
 * @property {(reservation: EdgeReservation, at: number, answer: Answer) => unknown} settle
 * @property {(reservation: EdgeReservation, at: number) => unknown} release
 */

/** @typedef {EdgeConfig | ((env: unknown) => EdgeConfig | Promise<EdgeConfig>)} AnyConfig */

/** What the runtime gave besides the request. @typedef {{ env: unknown, context: Context | undefined, server: unknown }} Host */

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
 *   each `env`. What is wrong with it is logged, and nothing is placed.
 * @returns {(request: Request, env?: Env, context?: Context) => Promise<Response>} Never rejects.
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
  const made = new WeakMap();
  const withoutEnv = {};

  /** @param {unknown} env */
  async function readyFor(env) {
    const key = typeof env === "object" && env !== null ? env : withoutEnv;
    const one = made.get(key) ?? {
      making: prepare(/** @type {AnyConfig} */ (config), env, ownMemory, logTo),
    };
    made.set(key, one);
    try {
      one.ready ??= await patiently(() => one.making);
      return one.ready;
    } catch (error) {
      // What is wrong may be right the next time: a module that could not be loaded, a secret that was not there.
      if (made.get(key) === one) made.delete(key);
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
    const host = hostOf(env, context);
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
    const decision = isFollowing
      ? follow(request, ready, entry, started)
      : decide(request, host, ready, entry, started);
    const decided = decision.catch((error) => {
      report(ready.log, problem("handler", error));
      return edgeRefusal(isFollowing ? "not_followed" : "unavailable");
    });
    const answer = await (isFollowing ? decided : inTime(decided, started));
    const { code, outcome, status } = answer;
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
  const given = typeof config === "function" ? await config(env) : config;
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
    const message =
      "The guard is in memory: limits and keys hold in this process only, and end with it. Give a `guard` where there is more than one.";
    report(ready.log, { event: "guard", level: "warning", message });
  }
  if (Object.values(Object(limits)).every((limit) => limit === undefined)) {
    const message = "There are no limits: nothing bounds how many calls are placed. Give `limits`.";
    report(ready.log, { event: "limits", level: "warning", message });
  }
  return ready;
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
    settle: (reservation, at, answer) => guard.settle(reservation.to_json(), at, answer),
    release: (reservation, at) => guard.release(reservation.to_json(), at),
  };
}

/**
 * What a runtime gives: workers an environment and a context, Vercel a context, Deno and Bun what knows the socket.
 * @param {unknown} env
 * @param {Context | undefined} context
 * @returns {Host}
 */
function hostOf(env, context) {
  const given =
    /** @type {{ remoteAddr?: unknown, requestIP?: unknown, waitUntil?: unknown } | undefined} */ (env);
  const isServer = given?.remoteAddr !== undefined || typeof given?.requestIP === "function";
  const isContext = typeof given?.waitUntil === "function";
  const isEnv = env !== undefined && !isServer && !isContext;
  return {
    env: isEnv ? env : /** @type {{ process?: { env?: unknown } }} */ (globalThis).process?.env,
    context: isContext ? /** @type {Context} */ (env) : context,
    server: isServer ? env : undefined,
  };
}

/**
 * The checks that need no memory: without a `key` the refusal is the answer.
 * @param {Request} request
 * @param {Ready} ready
 * @param {LogEntry} entry
 * @returns {Promise<{ key?: undefined, refusal: Answer } | { key: string, fingerprint: string, endpoint: string, refusal?: Answer, call: Sendable, body: string }>}
 */
async function judge(request, ready, entry) {
  const { headers } = request;
  const header = (/** @type {string} */ name) => headers.get(name) ?? undefined;
  // The preflight of a page that may ask was answered before.
  if (request.method === "OPTIONS") return { refusal: edgeRefusal("origin_refused") };
  const refused = edgeCore().judge_method(request.method, header("content-type"));
  if (refused !== undefined) return { refusal: JSON.parse(refused) };
  const bytes = await readStart(request);
  if (bytes === undefined) return { refusal: edgeRefusal("bad_request") };
  if (bytes.length > MAX_BODY) return { refusal: edgeRefusal("too_large") };
  const body = decoded(bytes);
  const judged = JSON.parse(ready.core.judge(header("origin"), header("idempotency-key"), body));
  const { key, trace, endpoint, masked } = judged;
  if (key !== undefined) Object.assign(entry, { key: trace, endpoint, number: masked });
  return { ...judged, body };
}

/**
 * Tells what becomes of a call that was placed with this key and body. It places none.
 * @param {Request} request
 * @param {Ready} ready
 * @param {LogEntry} entry
 * @param {number} started
 * @returns {Promise<Answer>}
 */
async function follow(request, ready, entry, started) {
  entry.event = "follow";
  const judged = await judge(request, ready, entry);
  if (judged.key === undefined) return judged.refusal;
  const { key, fingerprint } = judged;
  const known = await answerOf(ready.guard, key, fingerprint, Math.min(USUAL_WAIT, timeLeft(started)));
  if (known.state === "nothing") return edgeRefusal("unknown_call");
  if (known.state !== "settled") return repeat(known, ready, key, fingerprint, 0, entry);
  const answer = kept(known.status, known.body);
  const { state, callIds } = JSON.parse(answer.body);
  if (!ready.relay || !Array.isArray(callIds)) return answer;
  // One page, one stream.
  if (followed.has(key)) return edgeRefusal("not_followed");
  followed.add(key);
  try {
    const stream = await ready.relay({ state, callIds }, request.signal, () => followed.delete(key));
    return { ...answer, stream };
  } catch (error) {
    followed.delete(key);
    // That a page has gone is no problem.
    if (!request.signal.aborted) report(ready.log, problem("events", error));
    return edgeRefusal("not_followed");
  }
}

/** The keys of calls that are followed now. @type {Set<string>} */
const followed = new Set();

/**
 * The checks, in their order, and the call.
 * @param {Request} request
 * @param {Host} host
 * @param {Ready} ready
 * @param {LogEntry} entry
 * @param {number} started
 * @returns {Promise<Answer>}
 */
async function decide(request, host, ready, entry, started) {
  const judged = await judge(request, ready, entry);
  if (judged.key === undefined) return judged.refusal;
  const { key, fingerprint, refusal, call, body } = judged;
  const { guard } = ready;
  const wait = Math.min(call?.deadline ?? USUAL_WAIT, timeLeft(started));
  const knownNow = () => patiently(() => guard.known(key, fingerprint), "guard");
  if (refusal || ready.verify) {
    const known = await knownNow();
    if (known.state !== "nothing") return repeat(known, ready, key, fingerprint, wait, entry);
    if (refusal) return refusal;
  }
  const leave = ready.verify ? enter(key) : () => {};
  try {
    if (ready.verify && !(await isVerified(ready, request, body))) {
      leave();
      // A browser sends a request again by itself. Where its check can be passed once only, the first one has passed it.
      if (!(await areChecked(key, Math.min(OTHERS, timeLeft(started)), OTHERS)))
        return edgeRefusal("in_progress");
      const known = await knownSoon(knownNow, ready.isShared ? ELSEWHERE : []);
      if (known.state === "nothing") return edgeRefusal("verification_failed");
      return repeat(known, ready, key, fingerprint, wait, entry);
    }
    return await begin(request, host, ready, entry, started, judged, wait, leave);
  } finally {
    leave();
  }
}

/**
 * What is known of a key, now or a little later.
 * @param {() => Promise<Known>} known
 * @param {number[]} pauses How long to wait before it is asked again, each time, in milliseconds.
 */
async function knownSoon(known, pauses) {
  let now = await known();
  for (const pause of pauses) {
    if (now.state !== "nothing") break;
    await new Promise((resolve) => setTimeout(resolve, pause));
    now = await known();
  }
  return now;
}

/**
 * Reserves a call that passed its checks, and places it.
 * @param {Request} request
 * @param {Host} host
 * @param {Ready} ready
 * @param {LogEntry} entry
 * @param {number} started
 * @param {{ key: string, fingerprint: string, endpoint: string, call: Sendable }} judged
 * @param {number} wait For how long a repeat waits, in milliseconds.
 * @param {() => void} leave Called once it is reserved, or not.
 * @returns {Promise<Answer>}
 */
async function begin(request, host, ready, entry, started, judged, wait, leave) {
  const { key, fingerprint, endpoint, call } = judged;
  const { guard, visitor: given } = ready;
  let asked;
  try {
    asked = given
      ? await patiently(() => given(request, host.env, host.context), "visitor")
      : clientAddress(request, host.server);
  } catch (error) {
    // A call that is there is told all the same.
    const known = await patiently(() => guard.known(key, fingerprint), "guard");
    if (known.state === "nothing") throw error;
    return repeat(known, ready, key, fingerprint, wait, entry);
  }
  const visitor = edgeCore().visitor(typeof asked === "string" ? asked : "");
  entry.visitor = visitor;
  // Nothing is begun of which nobody would hear.
  if (timeLeft(started) <= 0) throw TOO_LATE;
  const reservation = ready.core.reservation(key, fingerprint, endpoint, call.number, call.ringTime, visitor);
  // From here on nothing stops with the connection of the visitor.
  const begun = Date.now();
  /** @type {Known | Promise<Known> | undefined} */
  let reserving;
  const reserved = patiently(() => {
    reserving = guard.reserve(reservation);
    return reserving;
  }, "guard").then((known) => {
    // The timer of a process that stood still is late, too.
    if (known.state === "reserved" && Date.now() - begun > PATIENCE) throw new Failed("guard", TOO_LATE);
    return known;
  });
  reserved.then(leave, leave);
  /** @type {Promise<void> | undefined} */
  let keeping;
  const work = reserved.then(async (known) => {
    if (known.state !== "reserved") return repeat(known, ready, key, fingerprint, wait, entry);
    const { answer, sent } = await callOnce(call, ready, entry);
    // What surely never left leaves nothing behind. Whatever may have left stays.
    const write = () =>
      sent === undefined
        ? guard.release(reservation, known.at)
        : guard.settle(reservation, known.at, { ...answer, sent });
    // The visitor waits for the first attempt, not for a guard that is away.
    await new Promise((tried) => {
      keeping = keep(write, ready.log, () => tried(undefined));
    });
    return answer;
  });
  // What comes too late is never dialled: the visitor has an answer, and may have called again.
  const takenBack = reserved.catch(async () => {
    const known = await reserving;
    if (known?.state === "reserved") await keep(() => guard.release(reservation, known.at), ready.log);
  });
  const over = Promise.allSettled([work, takenBack])
    .then(() => keeping)
    .then(() => reservation.free());
  // It throws where the request is over, or where it is called without its context. The call goes on all the same.
  quietly(() => host.context?.waitUntil?.(over));
  return work;
}

/**
 * The body, up to one byte over the limit; nothing where it was cut off.
 * @param {Request} request
 * @returns {Promise<Uint8Array | undefined>}
 */
async function readStart(request) {
  try {
    return await withinOrStop((ended) => readBody(request, MAX_BODY, ended), PATIENCE, undefined);
  } catch {
    return undefined;
  }
}

/**
 * The text of a body; of bytes that are none, a text that is no JSON.
 * @param {Uint8Array} bytes
 */
function decoded(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return "?";
  }
}

/**
 * What is known of a key when its call has an answer, or after so many milliseconds.
 * @param {AnyGuard} guard
 * @param {string} key
 * @param {string} fingerprint
 * @param {number} milliseconds
 */
function answerOf(guard, key, fingerprint, milliseconds) {
  const waiting = within(
    () => guard.wait(key, fingerprint, milliseconds),
    milliseconds + PATIENCE,
    undefined,
  );
  return waiting.catch((error) => {
    throw new Failed("guard", error);
  });
}

/**
 * The answer to a key that is known, or to a reservation that was not made.
 * @param {Known} known
 * @param {Pick<Ready, "guard" | "log">} ready
 * @param {string} key
 * @param {string} fingerprint
 * @param {number} milliseconds
 * @param {LogEntry} entry
 * @returns {Promise<Answer>}
 */
async function repeat(known, { guard, log }, key, fingerprint, milliseconds, entry) {
  let now = known;
  if (known.state === "open") {
    try {
      now = await answerOf(guard, key, fingerprint, milliseconds);
    } catch (error) {
      // That the call is under way is known all the same.
      report(log, problem("guard", error));
    }
  }
  if (now.state === "settled") {
    entry.repeat = true;
    return kept(now.status, now.body);
  }
  if (now.state !== "refused") return edgeRefusal("in_progress");
  if (now.limit !== undefined) entry.limit = now.limit;
  return now.refusal;
}

/**
 * Whether the site's own check passes: only `true` does, in time and without an error.
 * @param {Ready} ready
 * @param {Request} request
 * @param {string} body
 */
async function isVerified({ verify, log }, request, body) {
  try {
    const given = JSON.parse(body);
    return (await patiently(() => verify?.(request, given))) === true;
  } catch (error) {
    report(log, problem("verify", error));
    return false;
  }
}

/**
 * Places a call that is reserved.
 * @param {Sendable} call
 * @param {Ready} ready
 * @param {LogEntry} entry
 * @returns {Promise<{ answer: Answer, sent: number | undefined }>} `sent`: when it left, in milliseconds since 1970.
 */
async function callOnce(call, { isDryRun, authToken, fetch }, entry) {
  /** @type {number | undefined} */
  let sent;
  /** @type {Fetch} */
  const send = (url, init) => {
    sent = Date.now();
    return fetch(url, init);
  };
  /** @type {Answer} */
  let answer;
  if (isDryRun) {
    sent = Date.now();
    answer = edgeRefusal("dry_run");
  } else {
    try {
      const { state, callIds, requestId } = await callServer(call, authToken, send, undefined);
      entry.requestId = requestId;
      answer = {
        status: 200,
        code: state,
        outcome: "placed",
        body: JSON.stringify({ state, callIds, requestId }),
      };
    } catch (thrown) {
      const error = thrown instanceof QuickcallError ? thrown : failure("network", { cause: thrown });
      entry.requestId = error.requestId;
      if (error.code === "network") entry.cause = codeOfCause(error);
      // What is wrong with the token is the owner's to know.
      const isToken = error.code === "token_failed";
      if (isToken) entry.message = error.message;
      answer = upstream(isToken ? failure("token_failed") : error);
    }
  }
  return { answer, sent };
}

/**
 * Tries to write to the guard, and goes on where it cannot: the entry of the key reads as `unknown` then.
 * @param {() => unknown} write
 * @param {(entry: LogEntry) => void} log
 * @param {() => void} [tried] Called behind the first attempt.
 */
async function keep(write, log, tried) {
  for (let attempt = 1; ; attempt++) {
    const failed = await patiently(write).then(
      () => undefined,
      (error) => ({ error }),
    );
    tried?.();
    if (failed === undefined) return;
    if (attempt === SETTLE.attempts) return report(log, problem("guard", failed.error));
    await new Promise((resolve) => setTimeout(resolve, SETTLE.pause));
  }
}

/**
 * What went wrong, as far as it is safe to log: an error of somebody else may hold a secret.
 * @param {"configuration" | "handler" | "visitor" | "verify" | "guard" | "events"} where
 * @param {unknown} error
 * @returns {LogEntry}
 */
function problem(where, error) {
  const thrown = error === TOO_LATE ? "TimeoutError" : typeof error;
  try {
    if (error instanceof Failed) return problem(error.where, error.error);
    const own = error instanceof QuickcallError ? { code: error.code, message: error.message } : {};
    const name = error instanceof Error ? error.name : thrown;
    return { event: "problem", level: "error", where, name, ...own };
  } catch {
    // What somebody else throws may be anything.
    return { event: "problem", level: "error", where, name: thrown };
  }
}

/**
 * @param {(entry: LogEntry) => void} log
 * @param {LogEntry} entry
 */
function report(log, entry) {
  quietly(() => log(entry));
}

/**
 * Does what may fail, at once or later: that is no reason to place no call, or two. In Node a promise that nobody looks after
 * ends the process, and the memory with it.
 * @param {() => unknown} work
 */
function quietly(work) {
  new Promise((resolve) => resolve(work())).catch(() => {});
}

/** @param {LogEntry} entry */
function logToConsole(entry) {
  console.log(JSON.stringify(entry));
}
