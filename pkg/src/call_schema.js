/** @import { Call, Issue } from "./types.js" */
import { ask, init, isReady } from "./core.js";
import { pack } from "./pack.js";

/**
 * What the check of a value gives: the value, or what is wrong with it.
 * @template T
 * @typedef {{ value: T, issues?: undefined } | { issues: readonly { message: string, path: readonly string[] }[] }} Checked
 */

/**
 * @param {unknown} value
 * @returns {Checked<Call>}
 */
function check(value) {
  /** @type {Issue[]} */
  const issues = JSON.parse(ask(({ check_call }) => check_call(pack(value))));
  return issues.length === 0 ? { value: /** @type {Call} */ (value) } : { issues };
}

/**
 * The check of a call as a [Standard Schema](https://standardschema.dev), for every library that takes one: forms,
 * routers, RPC. It checks a call by itself: the call must name its `device` or `user`, no default of a `Quickcall` counts,
 * and the rules for pages are left out. It knows no server, so not how long the URL of a GET becomes. Each issue has a `code`,
 * too. Warnings are not told: the call passes with them.
 *
 * Before `init()` is done, `validate` gives a promise, which may reject with `load_failed`.
 *
 * @example
 * import { callSchema } from "quickcall";
 *
 * const result = await callSchema["~standard"].validate({ user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", number: "users" });
 * console.log(result.issues?.[0]?.message);
 */
export const callSchema = Object.freeze({
  "~standard": Object.freeze({
    version: /** @type {const} */ (1),
    vendor: "quickcall",
    /** @type {(value: unknown) => Checked<Call> | Promise<Checked<Call>>} */
    validate: (value) => (isReady() ? check(value) : init().then(() => check(value))),
    /** @type {{ readonly input: Call, readonly output: Call } | undefined} */
    types: undefined,
  }),
});
