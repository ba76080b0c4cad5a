import { OBJECT, tagOf } from "./object_tag.js";

/** The longest list that is looked into. No right value has a longer one, and an empty one can claim any length. */
const LONGEST_LIST = 10_000;

/** The most members of lists and objects that are looked into, all together: the same list can stand in one many times. */
const MOST_MEMBERS = 20_000;

/** The longest text that the core is given, in characters: with a longer one its memory may not suffice. */
const LONGEST_TEXT = 10_000_000;

/** How many objects in one another are looked into: a call, its vars; a configuration has one more. */
const DEPTH = 3;

/**
 * An array that stands for what JSON cannot hold. Old libraries give every array a `toJSON`, which is not to be asked.
 * @param {...unknown} items
 */
const mark = (...items) => Object.defineProperty(items, "toJSON", { value: undefined });

/** What stands for a value that cannot be read. */
const UNREADABLE = mark("unreadable value");

/** What stands for an object or a list that is one too many. */
const TOO_MANY = mark("more than 20,000 values");

/**
 * An object whose every name is its own, `__proto__`, too. What a class makes is written as JSON in half the time of what
 * `Object.create(null)` makes.
 */
class Bare {}
Object.setPrototypeOf(Bare.prototype, null);

/**
 * Packs a value of a caller as JSON for the core, which judges it: what JSON cannot hold becomes an array with the name
 * of its type. Nothing a caller gives makes this throw.
 * @param {unknown} value
 * @returns {string}
 */
export function pack(value) {
  const packed = packValue(value, DEPTH, { left: MOST_MEMBERS });
  try {
    const text = JSON.stringify(packed);
    if (text.length <= LONGEST_TEXT) return text;
  } catch {
    // It is longer than any text can be.
  }
  return '["more than 10,000,000 characters"]';
}

/** How many members may still be looked into. @typedef {{ left: number }} Budget */

/**
 * What is written as JSON of a value: nothing in it is an object of the caller.
 * @param {unknown} value
 * @param {number} depth
 * @param {Budget} budget
 * @returns {unknown}
 */
function packValue(value, depth, budget) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : mark(String(value));
    case "object":
      return value === null ? null : packObject(value, depth, budget);
    default:
      return mark(typeof value);
  }
}

/**
 * @param {object} value
 * @param {number} depth
 * @param {Budget} budget
 */
function packObject(value, depth, budget) {
  try {
    const tag = tagOf.call(value);
    if (tag === "[object RegExp]") {
      const { source, flags } = /** @type {RegExp} */ (value);
      return mark("RegExp", String(source), String(flags));
    }
    if (Array.isArray(value) && depth > 0) return packList(value, depth - 1, budget);
    if (tag !== OBJECT || depth === 0) return mark(named(tag.slice(8, -1)));
    const names = Object.keys(value);
    budget.left -= names.length;
    if (budget.left < 0) return TOO_MANY;
    const packed = /** @type {Record<string, unknown>} */ (new Bare());
    for (const name of names) {
      let member;
      try {
        member = /** @type {Record<string, unknown>} */ (value)[name];
      } catch {
        packed[name] = UNREADABLE;
        continue;
      }
      // `undefined` counts as absent.
      if (member !== undefined) packed[name] = packValue(member, depth - 1, budget);
    }
    return packed;
  } catch {
    return UNREADABLE;
  }
}

/**
 * What a caller would call an object with this tag. `new String("x")` is no string, and is not to be called one.
 * @param {string} tag
 */
function named(tag) {
  return /^(String|Number|Boolean|Function)$/.test(tag) ? `${tag} object` : tag.toLowerCase();
}

/**
 * @param {unknown[]} list
 * @param {number} depth
 * @param {Budget} budget
 */
function packList(list, depth, budget) {
  // Of a proxy it may be anything.
  const length = Number(list.length);
  if (!(length <= LONGEST_LIST)) return mark("array of over 10,000");
  budget.left -= length;
  if (budget.left < 0) return TOO_MANY;
  const packed = mark("array");
  for (let place = 0; place < length; place++) packed.push(packValue(list[place], depth, budget));
  return packed;
}
