/**
 * Patterns that are known to take JavaScript's own engine forever, and how long it takes.
 * @module
 */

import { Worker } from "node:worker_threads";

/** For how long JavaScript's RegExp is let run, in milliseconds. */
export const GIVEN_UP = 2_000;

const many = "1".repeat(250);

/** A pattern, and a number that it takes long for. @type {[string, string][]} */
export const CATASTROPHIC = [
  ["(1+)+$", `${many}!`],
  ["(1*)*$", `${many}!`],
  ["(1|1)*$", `${many}!`],
  ["(1|11)+$", `${many}!`],
  ["([0-9]+)+#", many],
  ["(\\d+\\d+)+x", many],
  ["(.*)*x", many],
  ["(.*.*.*.*.*)x", many],
  ["^(\\+?(\\d+[ -]?)+)$", `${many}!`],
  ["^((\\d+)-?)+$", `${many}!`],
  ["(\\s*1\\s*)+$", `${" 1".repeat(120)}!`],
  ["((1{1,20}){1,20})+$", `${many}!`],
  ["(1?){100}1{100}x", many],
  ["((((((1*)*)*)*)*)*)x", many],
  ["^(([a-z0-9]+)+.?)+$", `${many}\n!`],
  ["(x+x+)+y", "x".repeat(250)],
  ["(?:1|1|1|1)*(1)x", many],
  ["^(\\w+\\s?)*$", `${many}!`],
  ["(1+1+)+2", many],
  ["(.+)+\\.(.+)+@", many],
  // Those that are made of as many steps as a pattern may have.
  ["(?:(?:(?:1{0,9}){0,9}){0,9})(1)x", many],
  [`(${"(?:1?".repeat(30)}${")?".repeat(30)})*x`, many],
  ["((?:1?){60}(?:[0-9]?){60}(?:\\d?){60})x", many],
];

/**
 * How long JavaScript takes, in milliseconds; `Infinity` when it was ended before.
 * @param {string} pattern
 * @param {string} text
 * @returns {Promise<number>}
 */
export function withRegExp(pattern, text) {
  const source = `
    const { parentPort, workerData: [pattern, text] } = require("node:worker_threads");
    const began = performance.now();
    try {
      new RegExp(pattern).exec(text);
    } catch {}
    parentPort.postMessage(performance.now() - began);`;
  const worker = new Worker(source, { eval: true, workerData: [pattern, text] });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => worker.terminate().then(() => resolve(Infinity)), GIVEN_UP);
    worker.once("error", reject);
    worker.once("message", (took) => {
      clearTimeout(timer);
      resolve(took);
    });
  });
}
