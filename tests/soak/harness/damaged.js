/**
 * JSON documents with one wrong place: every place of every document, with every wrong value.
 * @module
 */

/** @import { Random } from "./random.js" */

const deep = (/** @type {number} */ depth) => "[".repeat(depth) + "]".repeat(depth);

/** Texts that stand where a value should, right JSON and other. */
const VALUES = [
  ...["null", "true", "false", "0", "-0", "1", "-1", "3.5", "1e999", "-1e400", "0.1e-999", "99999999999"],
  ...["123456789012345678901234567890", '""', '" "', '"x"', '"null"', '"__proto__"', '"5"'],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u2028<script>"'],
  ...["[]", "{}", "[null]", '["x"]', "[{}]", '{"0":"x","length":1}', '{"toString":1,"constructor":1}'],
  ...['{"__proto__":{"state":"started","status":"success"}}', deep(10), deep(200), deep(20_000)],
  ...["NaN", "'x'", "tru", "[1,]", "{", '"', "\u0000", "\ufffd", ""],
  `"${"x".repeat(5_000)}"`,
  `[${"1,".repeat(12_000)}1]`,
];

/**
 * A place in a document: the keys and numbers on the way to it.
 * @typedef {(string | number)[]} Place
 */

/** The fields that decide what a message means, and the whole message. */
const DECIDING = [
  ...[
    "status",
    "data",
    "application_name",
    "application_response",
    "endpoints",
    "outbound_call_id",
    "message",
  ],
  ...[
    "action",
    "name",
    "event_name",
    "call_id",
    "state",
    "callIds",
    "error",
    "code",
    "outcome",
    "auth_token",
  ],
];

/**
 * Whether a place decides what a document means: such a one is tried with everything, however short a run is.
 * @param {Place} place
 */
export const isDeciding = (place) => place.length === 0 || DECIDING.includes(String(place.at(-1)));

/**
 * Every place of a document: its fields, also those that are objects and lists, and the whole.
 * @param {unknown} document
 * @param {Place} [place]
 * @returns {Generator<Place>}
 */
function* places(document, place = []) {
  yield place;
  if (document === null || typeof document !== "object") return;
  for (const [key, member] of Object.entries(document)) {
    yield* places(member, [...place, Array.isArray(document) ? Number(key) : key]);
  }
}

/**
 * Writes a document with `text` in one place of it.
 * @param {any} document
 * @param {Place} place
 * @param {Write} write What stands in a place: `name` is `"key":` in an object, or nothing.
 * @param {string} [name]
 * @returns {string}
 */
function withPlace(document, [next, ...rest], write, name = "") {
  if (next === undefined) return write(name, JSON.stringify(document));
  const isList = Array.isArray(document);
  const members = Object.entries(document).map(([key, member]) => {
    const before = isList ? "" : `${JSON.stringify(key)}:`;
    if (key !== String(next)) return before + JSON.stringify(member);
    return withPlace(member, rest, write, before);
  });
  const inner = members.filter((member) => member !== "").join(",");
  return `${name}${isList ? `[${inner}]` : `{${inner}}`}`;
}

/** @typedef {(name: string, value: string) => string} Write */

/** @param {string} wrong @returns {Write} */
const insteadOf = (wrong) => (name) => name + wrong;

/** What can be wrong with a whole. @type {Write[]} */
const AROUND = [
  (_, value) => `\ufeff${value}`,
  (_, value) => value + value,
  (_, value) => value.slice(0, -1),
  () => "",
];

/** What can be wrong with a field: it is missing; it stands there twice, once wrong. @type {Write[]} */
const WITHIN = [
  () => "",
  (name, value) => `${name}${value},${name}null`,
  (name, value) => `${name}null,${name}${value}`,
  (name, value) => `"__proto__":${value},${name}${value},"constructor":${value}`,
];

/**
 * Every way in which one place of a document can be wrong.
 * @param {unknown} document
 * @param {string[]} [more] More wrong values.
 * @returns {Generator<{ place: Place, text: string }>}
 */
export function* damaged(document, more = []) {
  for (const place of places(document)) {
    for (const write of [...VALUES, ...more].map(insteadOf))
      yield { place, text: withPlace(document, place, write) };
    for (const write of place.length === 0 ? AROUND : WITHIN)
      yield { place, text: withPlace(document, place, write) };
  }
}

/**
 * A document with something wrong in it, by chance, also between its places.
 * @param {Random} chance
 * @param {unknown} document
 * @returns {string}
 */
export function damagedSomewhere(chance, document) {
  const text = JSON.stringify(document);
  const wrongPlace = () =>
    withPlace(document, chance.one([...places(document)]), insteadOf(chance.one(VALUES)));
  return chance.one([
    wrongPlace,
    wrongPlace,
    () => text.slice(0, chance.below(text.length)),
    () => text.replace(/[a-z]/, "\ufffd"),
    () => {
      const at = chance.below(text.length);
      return text.slice(0, at) + String.fromCharCode(chance.below(0x3000)) + text.slice(at + 1);
    },
    () => text,
  ])();
}
