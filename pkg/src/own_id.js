/** @import { Call } from "./types.js" */
import { invalid } from "./invalid.js";
import { isObject } from "./object_tag.js";
import { readable } from "./readable.js";

/** The custom application var by which a call is known before its ids are. */
const OWN_ID = "quickcall_id";

/**
 * The call with a var of the watcher's own, whatever spelling the vars have. What is wrong with call or vars is told by the class.
 * @param {Call} call
 * @param {string} ownId
 * @returns {Call}
 * @throws {QuickcallError} `invalid` where it cannot be read, or has a var of this name.
 */
export function withOwnId(call, ownId) {
  const copy = readable("call", () => (isObject(call) ? { ...call } : undefined));
  const name =
    copy?.custom_application_vars === undefined ? "customApplicationVars" : "custom_application_vars";
  const given = copy?.[name];
  const vars = readable(name, () => (given === undefined || isObject(given) ? { ...given } : undefined));
  if (copy === undefined || vars === undefined) return call;
  if (vars[OWN_ID] !== undefined) {
    throw invalid(
      "reserved",
      [name, OWN_ID],
      "The name `quickcall_id` is the watcher's own. Choose another.",
    );
  }
  return { ...copy, [name]: { ...vars, [OWN_ID]: ownId } };
}
