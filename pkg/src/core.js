import { ABORTED, TOO_LATE } from "./deadline.js";
import { abortedBefore, notPlaced, QuickcallError } from "./errors.js";
import { isPage } from "./page.js";
import { withinByClock } from "./within_by_clock.js";

/** @typedef {typeof import("../build/glue.js")} Glue */
/**
 * What every module has.
 * @typedef {Pick<Glue, "failure" | "is_token"> & {
 *   default: (from: { module_or_path: import("../build/glue.js").InitInput }) => Promise<unknown>,
 *   initSync: (from: { module: import("../build/glue.js").SyncInitInput }) => unknown }} AnyGlue
 */

/** How long a call waits for the WebAssembly, in milliseconds. */
const LOAD_DEADLINE = 60_000;

const LOAD_FAILED = "The call was not placed: the WebAssembly could not be loaded.";
const POLICY = "If the page has a Content-Security-Policy, its script-src needs 'wasm-unsafe-eval'.";

let loadFailed = `${LOAD_FAILED} ${POLICY}`;
let ready = false;
/** @type {Glue} */
let glue;
/** @type {Promise<void> | undefined} */
let loading;
/** @type {(() => Promise<import("../build/glue.js").InitInput>) | undefined} */
let load;
/** The compiled module, where the runtime gives it with the import. @type {import("../build/glue.js").SyncInitInput | undefined} */
let compiled;

/**
 * Says what binds the module, and how it is loaded in this runtime. It is loaded when `init` is called first.
 * @param {AnyGlue} bindings
 * @param {() => Promise<import("../build/glue.js").InitInput>} loader
 * @param {string} [hint] What to do where it cannot be loaded.
 */
export function setCore(bindings, loader, hint) {
  glue ??= /** @type {Glue} */ (/** @type {unknown} */ (bindings));
  if (!load && hint) loadFailed = `${LOAD_FAILED} ${hint} ${POLICY}`;
  load ??= loader;
}

/**
 * Says what binds the module in a runtime that gives it compiled. It is made ready when it is used first, without `init`.
 * @param {AnyGlue} bindings
 * @param {import("../build/glue.js").SyncInitInput} module
 */
export function setCompiledCore(bindings, module) {
  compiled ??= module;
  setCore(bindings, async () => module);
}

/**
 * Makes Quickcall ready. Does nothing where it is ready, shares one load between concurrent calls, and tries again after
 * a failure. `call()` awaits it by itself.
 * @returns {Promise<void>} Rejects with a `QuickcallError` of code `load_failed`.
 */
export function init() {
  if (isReady()) return Promise.resolve();
  loading ??= start().finally(() => {
    loading = undefined;
  });
  return loading;
}

async function start() {
  try {
    if (!load) throw new Error("There is no loader.");
    const from = await load();
    const module = compiledOf(from);
    if (module) glue.initSync({ module });
    else await glue.default({ module_or_path: from });
    ready = true;
  } catch (cause) {
    throw notPlaced("load_failed", loadFailed, cause);
  }
}

/**
 * Makes Quickcall ready for a call, which does not wait for ever. (`init` has no deadline of its own: workerd allows no timer where a
 * module begins.)
 * @param {AbortSignal | undefined} signal
 */
export async function initForCall(signal) {
  if (isReady()) return;
  await withinByClock(init, LOAD_DEADLINE, signal).catch((reason) => {
    if (reason === ABORTED) throw abortedBefore();
    if (reason !== TOO_LATE) throw reason;
    throw notPlaced("load_failed", loadFailed, new Error("It was not there within 60 seconds."));
  });
}

/**
 * The compiled module, where it can be made ready at once: not in a page, whose browser may refuse to wait for a large
 * one. The loader of wasm-bindgen asks for a `Response` first, and Node loads all of its `fetch` for that: 30 ms.
 * @param {import("../build/glue.js").InitInput} from
 */
function compiledOf(from) {
  if (isPage()) return undefined;
  if (from instanceof ArrayBuffer || ArrayBuffer.isView(from)) {
    // At once: in Node a third sooner than waiting for another thread.
    return new WebAssembly.Module(/** @type {BufferSource} */ (from));
  }
  return from instanceof WebAssembly.Module ? from : undefined;
}

/** Whether the core can be asked. Where the runtime gave it compiled, the first question makes it ready. */
export function isReady() {
  if (!ready && compiled) {
    glue.initSync({ module: compiled });
    ready = true;
  }
  return ready;
}

/**
 * The core.
 * @throws {QuickcallError} `not_ready`
 */
export function core() {
  if (!isReady())
    throw notPlaced("not_ready", "Nothing was sent: Quickcall is not ready. Await `init()` first.");
  return glue;
}

/**
 * Asks the core for a text, and throws where it tells an error in its place: as JSON behind a `!`.
 * @param {(core: Glue) => string} question
 * @throws {QuickcallError}
 */
export function ask(question) {
  const told = question(core());
  if (told.startsWith("!")) throw new QuickcallError(JSON.parse(told.slice(1)));
  return told;
}

/**
 * What a class of the core makes of what was given.
 * @template Made
 * @template {unknown[]} Given
 * @param {{ checked(...given: Given): Made | undefined, refusal(...given: Given): string | undefined }} of
 * @param {Given} given
 * @returns {Made}
 * @throws {QuickcallError} Where it refuses.
 */
export function made(of, ...given) {
  const made = of.checked(...given);
  if (made === undefined) throw new QuickcallError(JSON.parse(of.refusal(...given) ?? "null"));
  return made;
}

/**
 * The error with a code of the core.
 * @param {string} code
 * @param {{ cause?: unknown, retryAfter?: number | undefined }} [about]
 */
export function failure(code, { cause, retryAfter } = {}) {
  const error = JSON.parse(core().failure(code) ?? "null");
  return new QuickcallError({ ...error, retryAfter }, { cause });
}
