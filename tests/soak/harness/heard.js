/**
 * What a promise of the package said.
 * @module
 */

import assert from "node:assert/strict";
import { QuickcallError } from "#quickcall";

/** Nothing may take longer, in milliseconds: far more than every deadline here. */
const HUNG = 20_000;

/** @typedef {(value: any) => boolean} Rule */
/** @type {Rule} */
const isText = (value) => typeof value === "string" && value !== "";
/** @type {Rule} */
const isFlag = (value) => typeof value === "boolean";
/** @type {Rule} */
const isStatus = (value) => Number.isInteger(value) && value >= 0 && value <= 999;
/** @type {Rule} */
const isIssue = (issue) =>
  ["error", "warning"].includes(issue.severity) &&
  isText(issue.code) &&
  isText(issue.message) &&
  Array.isArray(issue.path) &&
  issue.path.every((/** @type {unknown} */ part) => typeof part === "string" || Number.isInteger(part));
/** @type {Rule} */
const isIssues = (value) => Array.isArray(value) && value.every(isIssue);
/** What a server tells of its own may be empty. @type {Rule} */
const isWords = (value) => typeof value === "string";
/** @type {Rule} */
const isVars = (value) => Object.entries(value).flat().every(isWords);

/** What a result may hold, whatever a server says. @type {Record<string, Rule>} */
const PLACED = {
  state: (value) => value === "started" || value === "accepted",
  callIds: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  requestId: isText,
  status: isStatus,
  warnings: isIssues,
  originate: (value) => isOf(ORIGINATE, value) && value.customApplicationVars !== undefined,
};

/** @type {Record<string, Rule>} */
const ORIGINATE = {
  ...{ route: isWords, media: isWords, timeout: Number.isSafeInteger, customApplicationVars: isVars },
  ...{ ignoreEarlyMedia: isFlag, autoAnswer: isFlag, calleeIdName: isWords, calleeIdNumber: isWords },
  ...{ callerIdName: isWords, callerIdNumber: isWords },
};

/** What an error may hold. @type {Record<string, Rule>} */
const FAILED = {
  ...{ code: isText, message: isText, issues: isIssues, status: isStatus, requestId: isText },
  ...{ hangupCause: isText, unanswered: isFlag },
  outcome: (value) => value === "unknown" || value === "not_placed",
  retryAfter: (value) => Number.isFinite(value) && value >= 0,
};

/**
 * Whether a value has nothing but what its rules know, and each as they want it.
 * @param {Record<string, Rule>} rules
 * @param {any} value
 */
function isOf(rules, value) {
  return (
    Object(value) === value &&
    Object.entries(value).every(([name, one]) => one === undefined || rules[name]?.(one) === true)
  );
}

/**
 * Waits for a call or a refusal of the right shape, in which no secret stands.
 * @param {Promise<any>} promise
 * @param {string[]} secrets
 * @returns {Promise<import("./expected.js").Told>}
 */
export async function heard(promise, secrets) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("nothing was said for 20 seconds")), HUNG);
  });
  try {
    const placed = await Promise.race([promise, late]);
    const { state, callIds } = placed;
    // A step of a call that is followed is heard here, too.
    if (callIds !== undefined) assert(isOf(PLACED, placed), JSON.stringify(placed));
    hidesAll(JSON.stringify(placed), secrets);
    return { state, callIds };
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert(error instanceof QuickcallError, `${error}`);
    const { code, outcome } = error;
    for (const [name, rule] of Object.entries(FAILED)) {
      const value = /** @type {any} */ (error)[name];
      const isMissing = value === undefined && !["code", "outcome", "message", "issues"].includes(name);
      assert(isMissing || rule(value), `${name}: ${JSON.stringify(value)} in ${JSON.stringify(error)}`);
    }
    hidesAll(JSON.stringify(error) + String(error), secrets);
    return { code, outcome };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} text
 * @param {string[]} secrets
 */
export function hidesAll(text, secrets) {
  for (const secret of secrets) assert(!text.includes(secret), `${secret} in ${text.slice(0, 2_000)}`);
}
