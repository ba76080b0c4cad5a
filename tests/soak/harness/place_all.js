/**
 * Places calls and tells what was said of each. Runs in Node, in pages and in workers.
 * @module
 */

/** Seconds until a call that has said nothing counts as hung. Every deadline of these runs is 4.5 s. */
const HUNG = 10;

/**
 * A call to be placed.
 * @typedef {object} Job
 * @property {any} config Of the class.
 * @property {any} call
 * @property {string} [origin] What a program that is no page says for an origin.
 * @property {number} [abortAfter] After how many seconds its caller gives up.
 */

/**
 * What was said of it. `issues` are their codes. `fetches`: how often the package called `fetch` for it; what came more often
 * to a server was sent again by somebody else. `began` is in milliseconds since 1970.
 * @typedef {{ state?: string, callIds?: string[], code?: string, outcome?: string, issues?: string[], fetches: number, began: number, seconds: number }} Said
 */

/**
 * @param {any} Quickcall The class.
 * @param {Job[]} jobs
 * @param {(url: string, init: any) => Promise<Response>} [fetch] What the class takes by itself in this runtime.
 * @param {(quickcall: any, call: any, how: any) => Promise<any>} [by] How a call is placed by an instance of the class.
 * @returns {Promise<Said[]>}
 */
export function placeAll(
  Quickcall,
  jobs,
  fetch = globalThis.fetch,
  by = (quickcall, call, how) => quickcall.call(call, how),
) {
  return Promise.all(jobs.map((job) => place(Quickcall, job, (url, init) => fetch(url, init), by)));
}

/**
 * @param {any} Quickcall
 * @param {Job} job
 * @param {(url: string, init: any) => Promise<Response>} fetch
 * @param {(quickcall: any, call: any, how: any) => Promise<any>} by
 * @returns {Promise<Said>}
 */
async function place(Quickcall, { config, call, origin, abortAfter }, fetch, by) {
  const began = Date.now();
  let fetches = 0;
  const counted = (/** @type {string} */ url, /** @type {any} */ init) => {
    fetches += 1;
    return fetch(url, origin ? { ...init, headers: { ...init.headers, Origin: origin } } : init);
  };
  const signal = abortAfter ? AbortSignal.timeout(abortAfter * 1000) : undefined;
  let timer;
  const hung = new Promise((resolve) => {
    timer = setTimeout(resolve, HUNG * 1000, { code: "hung", outcome: "hung" });
  });
  const quickcall = new Quickcall({ ...config, fetch: counted });
  const said = await Promise.race([
    hung,
    by(quickcall, call, { signal }).then(
      (/** @type {any} */ { state, callIds }) => ({ state, callIds }),
      (/** @type {any} */ { code, outcome, issues = [] }) => ({
        code: code ?? "no QuickcallError",
        outcome,
        issues: issues.map((/** @type {any} */ { code }) => code),
      }),
    ),
  ]);
  clearTimeout(timer);
  return { ...said, fetches, began, seconds: (Date.now() - began) / 1000 };
}
