const typeOf = Object.prototype.toString;

/** The longest list that is looked into. No right value has a longer one, and an empty one can claim any length. */
const LONGEST_LIST = 10_000;

/** The most members of lists and objects that are looked into, all together: the same list can stand in one many times. */
const MOST_MEMBERS = 20_000;

/** How many objects in one another are looked into: a call, its vars; a configuration has one more. */
const DEPTH = 3;

/**
 * Packs a value of a caller as JSON for the core, which judges it: what JSON cannot hold becomes an array with the name
 * of its type. Nothing a caller gives makes this throw.
 * @param {unknown} value
 * @returns {string}
 */
export function pack(value) {
  return packValue(value, DEPTH, { left: MOST_MEMBERS });
}

/** How many members may still be looked into. @typedef {{ left: number }} Budget */

/**
 * @param {unknown} value
 * @param {number} depth
 * @param {Budget} budget
 * @returns {string}
 */
function packValue(value, depth, budget) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? JSON.stringify(value) : `["${value}"]`;
    case "object":
      return value === null ? "null" : packObject(value, depth, budget);
    default:
      return `["${typeof value}"]`;
  }
}

/**
 * @param {object} value
 * @param {number} depth
 * @param {Budget} budget
 */
function packObject(value, depth, budget) {
  try {
    const type = typeOf.call(value);
    if (type === "[object RegExp]") {
      const { source, flags } = /** @type {RegExp} */ (value);
      return JSON.stringify(["RegExp", String(source), String(flags)]);
    }
    if (Array.isArray(value) && depth > 0) return packList(value, depth - 1, budget);
    if (type !== "[object Object]" || depth === 0) return JSON.stringify([type.slice(8, -1).toLowerCase()]);
    const keys = Object.keys(value);
    budget.left -= keys.length;
    if (budget.left < 0) return TOO_MANY;
    let text = "";
    for (const key of keys) {
      const member = packMember(/** @type {Record<string, unknown>} */ (value), key, depth - 1, budget);
      if (member !== undefined) text += `${text && ","}${JSON.stringify(key)}:${member}`;
    }
    return `{${text}}`;
  } catch {
    return '["unreadable value"]';
  }
}

/** What stands for an object or a list that is one too many. */
const TOO_MANY = '["more than 20,000 values"]';

/**
 * @param {unknown[]} list
 * @param {number} depth
 * @param {Budget} budget
 */
function packList(list, depth, budget) {
  const { length } = list;
  if (length > LONGEST_LIST) return '["array of over 10,000"]';
  budget.left -= length;
  if (budget.left < 0) return TOO_MANY;
  let text = '["array"';
  for (let place = 0; place < length; place++) text += `,${packValue(list[place], depth, budget)}`;
  return `${text}]`;
}

/**
 * @param {Record<string, unknown>} object
 * @param {string} key
 * @param {number} depth
 * @param {Budget} budget
 * @returns {string | undefined} Nothing for `undefined`: it counts as absent.
 */
function packMember(object, key, depth, budget) {
  let value;
  try {
    value = object[key];
  } catch {
    return '["unreadable value"]';
  }
  return value === undefined ? undefined : packValue(value, depth, budget);
}
