/**
 * The calls that are measured, and others by which the clients are held against one another.
 * @module
 */

export const CONFIG = {
  baseUrl: "https://kazoo.example.com:8443/v2",
  accountId: "0123456789abcdef0123456789abcdef",
  authToken: "a-token-that-is-never-sent",
};

const device = "0123456789abcdef0123456789abcdef";
const number = "+1 (415) 555-0100";
const byPattern = {
  number: "tel:+14155550100;phone-context=example",
  numberFilter: "tel:(\\+[0-9]{3,15})",
};

const few = { device, number, timeout: 20 };
/** Nothing in it needs a warning: the other clients have none. */
const all = {
  device,
  number,
  blocking: true,
  autoAnswer: false,
  cidName: "Zoë from Sales",
  cidNumber: "+14155550199",
  customApplicationVars: { page: "pricing", visitor: 4711, returning: true, campaign: "autumn sale" },
  ignoreEarlyMedia: true,
  media: "process",
  targetCallId: "0123456789abcdef@pbx.example.com",
  timeout: 25,
};

/** @type {Record<string, Record<string, unknown>>} */
export const CALLS = {
  "few options": few,
  "all options": all,
  "all options, non-blocking": { ...all, blocking: false },
  "few options, a pattern": { ...few, ...byPattern },
  "all options, a pattern": { ...all, ...byPattern },
};

/** Wrong in four places. */
export const WRONG = { number: "call me!", timeout: 2, cidName: "" };

/** Other calls that every client must make the same request of. @type {Record<string, unknown>[]} */
export const ALIKE = [
  { user: "a-user_1", number: "４１５５５５０１００" },
  { user: device, number, autoAnswer: false, cidName: "Zoë, 100%" },
  { device, number: "٤١٥ ٥٥٥ ٠١٠٠" },
  { device, number: "*97#" },
  { device, number: "1-800-X-RAYS" },
  { device, number: "(0)415", numberFilter: true },
  { device, number: "anna.b", numberFilter: false },
  { device, number, autoAnswer: true, cidName: "50% & more", blocking: false },
  { device, number, blocking: false, customApplicationVars: { a: 1.5, b: "é ü", c: false } },
  { device, number, customApplicationVars: {}, timeout: 600, media: "bypass" },
  { device, number, customApplicationVars: varsOf(64) },
  { device, number, timeout: undefined, cidName: 'say "hello"' },
];

/** Calls that every client must refuse. @type {Record<string, unknown>[]} */
export const REFUSED = [
  WRONG,
  { number },
  { device },
  { device, user: device, number },
  { device: "users", number },
  { device: "a/b", number },
  { device, number: 4155550100 },
  { device, number: "" },
  { device, number: "+" },
  { device, number: "users" },
  { device, number: "+44 (0)20 5550100" },
  { device, number: "5550100 ext 12" },
  { device, number: "555,12" },
  { device, number: "1".repeat(65) },
  { device, number, timeOut: 20 },
  { device, number, timeout: 2 },
  { device, number, timeout: 601 },
  { device, number, timeout: 4.5 },
  { device, number, timeout: "20" },
  { device, number, blocking: "yes" },
  { device, number, autoAnswer: 1 },
  { device, number, ignoreEarlyMedia: null },
  { device, number, media: "none" },
  { device, number, cidName: "O'Hara" },
  { device, number, cidName: "\ud800" },
  { device, number, cidNumber: "1=2" },
  { device, number, cidName: "1=2", blocking: false },
  { device, number, targetCallId: "a\nb" },
  { device, number, targetCallId: "a=b", blocking: false },
  { device, number, customApplicationVars: { "a b": "1" } },
  { device, number, customApplicationVars: { a: "x=y" } },
  { device, number, customApplicationVars: { a: "" } },
  { device, number, customApplicationVars: { a: { b: 1 } } },
  { device, number, customApplicationVars: { Realm: "x" } },
  { device, number, customApplicationVars: { timeout: "x" }, blocking: false },
  { device, number, customApplicationVars: varsOf(65) },
  { device, number, customApplicationVars: { a: "x".repeat(8_000) }, blocking: false },
  { device, number, numberFilter: "4(" },
  { device, number, numberFilter: "4155" },
  { device, number, numberFilter: "(7+)" },
  { device, number, numberFilter: 5 },
];

/** @param {number} count */
export function varsOf(count) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`var_${index}`, `value ${index}`]));
}
