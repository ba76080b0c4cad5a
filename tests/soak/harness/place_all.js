/**
 * Places calls and tells what was said of each. Runs in Node, in pages and in workers.
 * @module
 */

/** Seconds until a call that has said nothing counts as hung. Every deadline of these runs is far below. */
const HUNG = 45;

/**
 * A call to be placed.
 * @typedef {object} Job
 * @property {any} config Of the class.
 * @property {any} call
 * @property {string} [origin] What a program that is no page says for an origin.
 * @property {number} [abortAfter] After how many seconds its caller gives up.
 */

/**
 * What was said of it.
 * @typedef {{ state?: string, code?: string, outcome?: string, seconds: number }} Said
 */

/**
 * @param {any} Quickcall The class.
 * @param {Job[]} jobs
 * @returns {Promise<Said[]>}
 */
export function placeAll(Quickcall, jobs) {
  return Promise.all(jobs.map((job) => place(Quickcall, job)));
}

/**
 * @param {any} Quickcall
 * @param {Job} job
 * @returns {Promise<Said>}
 */
async function place(Quickcall, { config, call, origin, abortAfter }) {
  const began = Date.now();
  const own = origin
    ? {
        fetch: (/** @type {string} */ url, /** @type {any} */ init) =>
          fetch(url, { ...init, headers: { ...init.headers, Origin: origin } }),
      }
    : {};
  const signal = abortAfter ? AbortSignal.timeout(abortAfter * 1000) : undefined;
  let timer;
  const hung = new Promise((resolve) => {
    timer = setTimeout(resolve, HUNG * 1000, { code: "hung", outcome: "hung" });
  });
  const quickcall = new Quickcall({ ...config, ...own });
  const said = await Promise.race([
    hung,
    quickcall.call(call, { signal }).then(
      (/** @type {any} */ { state }) => ({ state }),
      (/** @type {any} */ { code, outcome }) => ({ code: code ?? "no QuickcallError", outcome }),
    ),
  ]);
  clearTimeout(timer);
  return { ...said, seconds: (Date.now() - began) / 1000 };
}
