/**
 * How long one `build()` and one `validate()` take in Node, in microseconds.
 *
 * Each round is a loop of many calls; the table shows the rounds' mean times: the least, the middle and the greatest.
 * @module
 */

import { init, Quickcall } from "#quickcall";

const ROUNDS = 15;
const CALLS_A_ROUND = 2_000;

const call = {
  device: "0123456789abcdef0123456789abcdef",
  number: "+1 (415) 555-0100",
  timeout: 20,
  customApplicationVars: { page: "pricing", visitor: "4711" },
};

const wrong = { number: "call me!", timeout: 2, cidName: "" };
const byPattern = {
  ...call,
  number: "tel:+14155550100;phone-context=example",
  numberFilter: "tel:(\\+[0-9]{3,15})",
};

await init();
const quickcall = new Quickcall({
  baseUrl: "https://kazoo.example.com:8443/v2",
  accountId: "0123456789abcdef0123456789abcdef",
  authToken: "a token that is never sent",
});

if (quickcall.validate(wrong).length !== 4) {
  throw new Error("The wrong call has other issues than thought: the figures would be of something else.");
}

/** @type {Record<string, () => unknown>} */
const MEASURED = {
  "build()": () => quickcall.build(call),
  "build(), non-blocking": () => quickcall.build({ ...call, blocking: false }),
  "validate()": () => quickcall.validate(call),
  "validate(), with four issues": () => quickcall.validate(wrong),
  "build(), number by a pattern": () => quickcall.build(byPattern),
};

const table = [];
for (const [name, work] of Object.entries(MEASURED)) {
  const means = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    for (let count = 0; count < CALLS_A_ROUND; count++) {
      work();
    }
    means.push(((performance.now() - start) * 1000) / CALLS_A_ROUND);
  }
  // The first round also compiles.
  means.shift();
  means.sort((a, b) => a - b);
  const [least, middle, greatest] = [means[0], means[ROUNDS >> 1], means[ROUNDS - 1]];
  table.push({ "": name, "min µs": tenths(least), "median µs": tenths(middle), "max µs": tenths(greatest) });
}
console.table(table);

/** @param {number | undefined} value */
function tenths(value) {
  return value === undefined ? undefined : Number(value.toFixed(1));
}
