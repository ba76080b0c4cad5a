const typeOf = Object.prototype.toString;

/** The longest list that is looked into. No right value has a longer one, and an empty one can claim any length. */
const LONGEST_LIST = 10_000;

/**
 * Packs a value of a caller as JSON for the core, which judges it: what JSON cannot hold becomes an array with the name
 * of its type. Nothing a caller gives makes this throw.
 * @param {unknown} value
 * @param {number} [depth] How many objects in one another are looked into: a call, its vars; a configuration has one more.
 * @returns {string}
 */
export function pack(value, depth = 3) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? JSON.stringify(value) : `["${value}"]`;
    case "object":
      return value === null ? "null" : packObject(value, depth);
    default:
      return `["${typeof value}"]`;
  }
}

/**
 * @param {object} value
 * @param {number} depth
 */
function packObject(value, depth) {
  try {
    const type = typeOf.call(value);
    if (type === "[object RegExp]") {
      const { source, flags } = /** @type {RegExp} */ (value);
      return JSON.stringify(["RegExp", String(source), String(flags)]);
    }
    if (Array.isArray(value) && depth > 0) {
      if (value.length > LONGEST_LIST) return '["array of over 10,000"]';
      return `["array"${Array.from(value, (item) => `,${pack(item, depth - 1)}`).join("")}]`;
    }
    if (type !== "[object Object]" || depth === 0) return JSON.stringify([type.slice(8, -1).toLowerCase()]);
    let text = "";
    for (const key of Object.keys(value)) {
      const member = packMember(/** @type {Record<string, unknown>} */ (value), key, depth - 1);
      if (member !== undefined) text += `${text && ","}${JSON.stringify(key)}:${member}`;
    }
    return `{${text}}`;
  } catch {
    return '["unreadable value"]';
  }
}

/**
 * @param {Record<string, unknown>} object
 * @param {string} key
 * @param {number} depth
 * @returns {string | undefined} Nothing for `undefined`: it counts as absent.
 */
function packMember(object, key, depth) {
  let value;
  try {
    value = object[key];
  } catch {
    return '["unreadable value"]';
  }
  return value === undefined ? undefined : pack(value, depth);
}
