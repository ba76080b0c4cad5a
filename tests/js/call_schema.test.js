import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { callSchema, init } from "#quickcall";

/** @import { StandardSchemaV1 } from "@standard-schema/spec" */
/** @import { Call } from "#quickcall" */

/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

const isValid = new Ajv2020({ allErrors: true, strict: false }).compile(
  json("../../pkg/dist/call.schema.json"),
);
const user = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** Codes of what a JSON Schema cannot tell: what a filter makes of a number, and how long a URL becomes. */
const BEYOND_JSON_SCHEMA = /^(undialable|number_filter_|too_long$)/;

/** @param {unknown} value */
const standard = (value) => callSchema["~standard"].validate(value);

/** Asked before anything calls `init`. */
const first = standard({ user, number: "4155550100" });

describe("callSchema", () => {
  it("waits for init() by itself", async () => {
    assert.ok(first instanceof Promise);
    assert.deepEqual(await first, { value: { user, number: "4155550100" } });
  });

  it("is a Standard Schema of a call", () => {
    /** @type {StandardSchemaV1<Call, Call>} */
    const schema = callSchema;
    assert.deepEqual([schema["~standard"].version, schema["~standard"].vendor], [1, "quickcall"]);
  });

  it("gives the value that it was given, at once when it can", async () => {
    await init();
    const call = { user, number: "call 4155550100", numberFilter: /(\d+)/ };
    assert.equal(/** @type {any} */ (standard(call)).value, call);
  });

  it("tells errors with their path, and no warnings", async () => {
    await init();
    const issues = /** @type {any} */ (standard({ user: "unusual", number: "users", timeout: 2 })).issues;
    assert.deepEqual(
      issues.map((/** @type {any} */ issue) => [issue.code, issue.path]),
      [
        ["undialable", ["number"]],
        ["too_small", ["timeout"]],
      ],
    );
    for (const { message } of issues) assert.match(message, /\w/);
    assert.equal(/** @type {any} */ (standard({ user: "unusual", number: "1" })).issues, undefined);
  });

  it("takes any value", async () => {
    await init();
    for (const value of [undefined, null, 1, "text", [], () => {}, Symbol("s"), 1n, new Map()]) {
      assert.equal(/** @type {any} */ (standard(value)).issues?.[0].code, "wrong_type");
    }
  });
});

describe("the schemas and the vectors agree", async () => {
  await init();
  for (const { name, call, issues = [] } of json("../vectors/request.json")) {
    it(name ?? JSON.stringify(call), () => {
      const found = /** @type {any} */ (standard(call)).issues ?? [];
      const told = (/** @type {any[]} */ list) =>
        list.map((issue) => `${issue.code} ${issue.path.join(".")}`).sort();
      assert.deepEqual(told(found), told(issues));
      const expressible = issues.filter((/** @type {any} */ issue) => !BEYOND_JSON_SCHEMA.test(issue.code));
      if (issues.length === 0 || expressible.length > 0) assert.equal(isValid(call), issues.length === 0);
    });
  }
});

describe("the lists of the JSON Schema", async () => {
  await init();
  const schema = json("../../pkg/dist/call.schema.json");
  const { endpointId, customApplicationVars } = schema.$defs;
  const inAQuery = schema.allOf.find((/** @type {any} */ rule) => rule.$comment).then.properties;
  const cases = [
    ["nouns", endpointId.not.enum, (/** @type {string} */ word) => ({ user: word, number: "1" })],
    [
      "vars that are dropped",
      customApplicationVars.propertyNames.not.enum,
      (/** @type {string} */ word) => ({ user, number: "1", customApplicationVars: { [word]: "v" } }),
    ],
    [
      "vars with a meaning in a query",
      inAQuery.customApplicationVars.propertyNames.not.enum,
      (/** @type {string} */ word) => ({
        user,
        number: "1",
        blocking: false,
        customApplicationVars: { [word]: "v" },
      }),
    ],
  ];
  for (const [name, words, call] of cases) {
    it(`refuse the ${name}, as the core does`, () => {
      assert.ok(words.length > 10);
      for (const word of words) {
        assert.equal(isValid(call(word)), false, word);
        assert.equal(/** @type {any} */ (standard(call(word))).issues?.[0].code, "reserved", word);
      }
    });
  }
});
