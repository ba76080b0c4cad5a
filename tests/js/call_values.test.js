/**
 * Calls whose values no JSON holds, or that are made to cost much: they are issues, and never a crash.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { init, Quickcall } from "#quickcall";
import { client, DEVICE } from "./harness/answering_server.js";

test("a number that is undefined is needed, for the filter alone, too", async () => {
  await init();
  for (const numberFilter of [undefined, true, "([0-9]+)"]) {
    /** @type {any} */
    const nothing = undefined;
    assert.throws(
      () => Quickcall.filterNumber(nothing, numberFilter),
      ({ issues }) => issues.length === 1 && issues[0].code === "required" && issues[0].path[0] === "number",
    );
  }
});

test("values that no JSON holds are issues, never a crash", () => {
  const quickcall = client();
  const throwing = {
    device: DEVICE,
    get number() {
      throw new Error("no");
    },
  };
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("no");
      },
    },
  );
  /** @type {any} */
  const cyclic = { device: DEVICE, number: "1001", customApplicationVars: {} };
  cyclic.customApplicationVars.self = cyclic;
  const bad = [undefined, null, 7, "x", [], new Map(), Symbol("x"), 1n, () => {}, throwing, proxy, cyclic];
  for (const call of /** @type {any[]} */ (bad)) {
    const errors = quickcall.validate(call).filter(({ severity }) => severity === "error");
    assert(errors.length > 0, String(call?.toString));
  }
  for (const value of [Number.NaN, 1n, Symbol("x"), () => {}, "\ud800", new Date(), ["a"]]) {
    const call = /** @type {any} */ ({ device: DEVICE, number: "1001", cidName: value });
    const errors = quickcall.validate(call).filter(({ severity }) => severity === "error");
    assert.equal(errors[0]?.path[0], "cidName");
  }
  assert.equal(quickcall.build({ device: DEVICE, number: "1001" }).number, "1001");
});

test("an object around a string is not called a string", () => {
  /** @param {object} call */
  const said = (call) => {
    const [issue] = client().validate(/** @type {any} */ ({ device: DEVICE, number: "1001", ...call }));
    return [issue?.code, issue?.message, issue?.received];
  };
  for (const [value, named] of /** @type {[object, string][]} */ ([
    [new String("x"), "String object"],
    [new Number(5), "Number object"],
    [new Boolean(true), "Boolean object"],
    [{ [Symbol.toStringTag]: "Function" }, "Function object"],
    [new Date(), "date"],
    [new Map(), "map"],
  ])) {
    const message = `This must be of type string, not ${named}.`;
    assert.deepEqual(said({ cidName: value }), ["wrong_type", message, named]);
  }
  assert.equal(said({ timeout: new Number(20) })[1], "This must be of type number, not Number object.");
  const authToken = /** @type {any} */ (new String("x"));
  assert.throws(
    () => client({ authToken }),
    ({ code, issues }) => code === "invalid" && issues[0].received === "String object",
  );
});

test("a configuration that cannot be read is an issue, never a crash", () => {
  const no = () => {
    throw new RangeError("no");
  };
  for (const name of ["baseUrl", "authToken", "handler", "fetch", "options", "colour"]) {
    const config = Object.defineProperty({}, name, { get: no, enumerable: true });
    assert.throws(
      () => new Quickcall(/** @type {any} */ (config)),
      ({ code, issues }) => code === "invalid" && issues[0].path[0] === name,
      name,
    );
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const config of [proxy, new Proxy({}, { ownKeys: no })]) {
    assert.throws(
      () => new Quickcall(/** @type {any} */ (config)),
      ({ code }) => code === "invalid",
    );
  }
});

test("an empty token is none", () => {
  assert.throws(
    () => client({ authToken: "" }),
    ({ code, issues }) =>
      code === "invalid" &&
      issues.length === 1 &&
      issues[0].code === "required" &&
      issues[0].path[0] === "authToken",
  );
});

test("a name that means something to objects is a name like any other", () => {
  for (const name of ["__proto__", "constructor", "toJSON", "toString", "valueOf", "hasOwnProperty"]) {
    const call = JSON.parse(`{"device":"${DEVICE}","number":"1001","${name}":{"timeout":20}}`);
    const [issue] = client().validate(call);
    assert.deepEqual([issue?.code, issue?.path], ["unknown_key", [name]]);
    const vars = JSON.parse(`{"${name}":"x"}`);
    const { body } = client().build({ device: DEVICE, number: "1001", customApplicationVars: vars });
    assert(body?.includes(`{"${name}":"x"}`), body ?? "");
  }
});

test("a library that gives every array and object a toJSON changes nothing", () => {
  const prototypes = /** @type {any[]} */ ([Array.prototype, Object.prototype]);
  /** @type {(() => unknown)[]} */
  const ways = [
    () => "1001",
    () => ["1001"],
    () => {
      throw new Error("no");
    },
  ];
  const wrong = [["1001"], () => 1, 1n, undefined, Number.NaN, new Map(), Symbol("x"), { a: 1 }];
  for (const prototype of prototypes) {
    for (const toJSON of ways) {
      Object.defineProperty(prototype, "toJSON", { value: toJSON, configurable: true });
      try {
        for (const number of /** @type {any[]} */ (wrong)) {
          for (const numberFilter of [true, "(\\d+)"]) {
            const { code } = client().validate({ device: DEVICE, number, numberFilter })[0] ?? {};
            assert.equal(code, number === undefined ? "required" : "wrong_type");
          }
        }
        const numberFilter = /(\d+)x/i;
        assert.equal(client().build({ device: DEVICE, number: "1001X", numberFilter }).number, "1001");
      } finally {
        delete prototype.toJSON;
      }
    }
  }
});

test("a call that fills the stack leaves the instance as it was", () => {
  const quickcall = client();
  const call = { device: DEVICE, number: "call 1001", numberFilter: "([0-9]+)" };
  const deep = () => {
    try {
      quickcall.build(call);
    } catch {
      // The stack is full somewhere within.
    }
    deep();
  };
  assert.throws(deep, RangeError);
  assert.equal(quickcall.build(call).number, "1001");
  assert.deepEqual(quickcall.validate(call), []);
});

test("a call that is longer than the core has room for, or than a text can be, is refused", async () => {
  const text = "x".repeat(2 ** 28);
  for (const call of [
    { device: DEVICE, number: "1001", customApplicationVars: { a: text, b: text, c: text } },
    { device: DEVICE, number: `${text}1` },
    { device: DEVICE, number: "1001", [text]: 1 },
    { device: DEVICE, number: "x".repeat(10_000_000) },
  ]) {
    const [issue] = client().validate(call);
    assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "more than 10,000,000 characters"]);
    await assert.rejects(client().call(call), { code: "invalid", outcome: "not_placed" });
  }
  const [issue] = client().validate({ device: DEVICE, number: "x".repeat(9_900_000) });
  assert.equal(issue?.code, "too_long");
});

test("a list that claims to be very long is refused unread", () => {
  let asked = 0;
  const endless = new Proxy(/** @type {number[]} */ ([]), {
    get: () => ({ valueOf: () => (asked++ === 0 ? 1 : Number.POSITIVE_INFINITY) }),
  });
  assert.equal(
    client().validate(/** @type {any} */ ({ device: DEVICE, number: endless }))[0]?.code,
    "wrong_type",
  );
  const began = performance.now();
  const number = Object.assign([], { length: 4_000_000_000 });
  const [issue] = client().validate(/** @type {any} */ ({ device: DEVICE, number }));
  assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "array of over 10,000"]);
  assert(performance.now() - began < 30_000);
});

test("values that are many only because they stand in one another are not looked into without end", async () => {
  /** @type {unknown[]} */
  const cyclic = [];
  for (let place = 0; place < 5_000; place++) cyclic.push(cyclic);
  /** @type {Record<string, unknown>} */
  const wide = {};
  for (let place = 0; place < 20_001; place++) wide[`key${place}`] = 1;
  // A list of its own making, which would never end.
  const endless = Object.assign([1], {
    *[Symbol.iterator]() {
      for (;;) yield 1;
    },
  });
  const started = performance.now();
  for (const number of [cyclic, endless]) {
    const [issue] = client().validate(/** @type {any} */ ({ device: DEVICE, number }));
    assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "array"]);
  }
  const [issue] = client().validate(/** @type {any} */ (wide));
  assert.deepEqual([issue?.code, issue?.received], ["wrong_type", "more than 20,000 values"]);
  assert.ok(performance.now() - started < 30_000);
});
