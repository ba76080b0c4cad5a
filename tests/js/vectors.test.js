import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { init, Quickcall, QuickcallError } from "#quickcall";

const server = {
  baseUrl: "https://kazoo.example.com:8443/v2",
  accountId: "0123456789abcdef0123456789abcdef",
};

/** @param {string} name */
const cases = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

/** @param {() => unknown} attempt */
function thrown(attempt) {
  try {
    attempt();
  } catch (error) {
    assert(error instanceof QuickcallError);
    return error;
  }
  assert.fail("nothing was thrown");
}

/** @param {{ code: string, path: string[] }[]} [issues] Absent: none. */
const sorted = (issues = []) => issues.map(({ code, path }) => JSON.stringify([code, path])).sort();

/** @param {import("#quickcall").Issue[]} issues @param {"error" | "warning"} kind */
const only = (issues, kind) => issues.filter(({ severity }) => severity === kind);

before(() => init());

for (const { number, filter, dialled, issue, warns } of cases("number")) {
  test(`number ${JSON.stringify(number)} with filter ${JSON.stringify(filter)}`, () => {
    if (dialled !== undefined) assert.equal(Quickcall.filterNumber(number, filter), dialled);
    else assert.equal(thrown(() => Quickcall.filterNumber(number, filter)).issues[0]?.code, issue);
    const call = { user: server.accountId, number, ...(filter !== undefined && { numberFilter: filter }) };
    const issues = new Quickcall(server).validate(call);
    assert.deepEqual(sorted(only(issues, "warning")), sorted(warns && [{ code: warns, path: ["number"] }]));
  });
}

test("a RegExp finds what is written, which is what JavaScript finds, or is refused", () => {
  for (const { pattern, flags, number, group, issue } of cases("regexp")) {
    const filter = new RegExp(pattern, flags);
    const told = `${filter} in ${JSON.stringify(number)}`;
    if (issue === undefined) assert.equal(filter.exec(number)?.[1] ?? null, group, told);
    let found;
    try {
      found = Quickcall.filterNumber(number, filter);
    } catch (error) {
      assert(error instanceof QuickcallError);
      const code = error.issues[0]?.code;
      if (group) assert.equal(code, "undialable", told);
      else assert.equal(code, issue ?? "number_filter_no_match", told);
      continue;
    }
    assert.equal(found, group, told);
  }
});

test("calls of one instance never meet the pattern of an earlier call", () => {
  const quickcall = new Quickcall({ ...server, options: { numberFilter: "(\\d{3})X" } });
  /** @type {{ number: string, filter: string | RegExp }[]} */
  const given = cases("number").filter((/** @type {any} */ { filter }) => typeof filter === "string");
  assert(given.length > 20);
  for (const flags of ["i", "", "gi", "d"])
    given.push({ number: "tel:1415x2", filter: new RegExp("(\\d+)X", flags) });
  // Forwards and backwards, so that each has others before it, and each twice: the second time it is the last one.
  for (const { number, filter } of [...given, ...given.toReversed()]) {
    const call = { user: server.accountId, number, numberFilter: filter };
    let dialled;
    try {
      dialled = Quickcall.filterNumber(number, filter);
    } catch (error) {
      assert(error instanceof QuickcallError);
      const codes = error.issues.map(({ code }) => code);
      for (const issues of [thrown(() => quickcall.build(call)).issues, quickcall.validate(call)]) {
        assert.deepEqual(
          only(issues, "error").map(({ code }) => code),
          codes,
        );
      }
      continue;
    }
    for (let times = 0; times < 2; times++) assert.equal(quickcall.build(call).number, dialled);
    // The pattern of the configuration is met again, too.
    assert.equal(quickcall.build({ user: server.accountId, number: "4155X" }).number, "155");
  }
});

for (const { name, call, method, url, body, issues, warnings } of [...cases("request"), ...cases("option")]) {
  test(`request: ${name}`, () => {
    const quickcall = new Quickcall(server);
    if (issues) {
      const error = thrown(() => quickcall.build(call));
      assert.equal(error.code, "invalid");
      assert.deepEqual(sorted(only(error.issues, "error")), sorted(issues));
      assert.deepEqual(sorted(only(error.issues, "warning")), sorted(warnings));
      return;
    }
    const request = quickcall.build(call);
    assert.equal(request.method, method);
    assert.equal(request.url, url);
    assert.deepEqual(request.body === null ? null : JSON.parse(request.body), body);
    assert.deepEqual(sorted(request.warnings), sorted(warnings));
    assert.deepEqual(quickcall.validate(call), request.warnings);
  });
}

for (const { baseUrl, allowInsecure, url, issue } of cases("base_url")) {
  test(`base URL ${baseUrl}, insecure ${allowInsecure ?? false}`, () => {
    const config = { ...server, baseUrl, allowInsecure };
    if (issue) {
      const { issues } = thrown(() => new Quickcall(config));
      assert.deepEqual(
        issues.map(({ code, path }) => [code, path]),
        [[issue, ["baseUrl"]]],
      );
      return;
    }
    const request = new Quickcall(config).build({ user: server.accountId, number: "1" });
    assert.equal(request.url.split("/accounts/")[0], url);
    // What a browser makes of it leads to the same place.
    assert.equal(new URL(request.url).href.split("/accounts/")[0], url);
  });
}

for (const { name, blocking, status, body, state, callIds, code, outcome, hangupCause } of cases("reply")) {
  test(`reply: ${name}`, async () => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    // An answer with such a status cannot be made with a body.
    const answer = new Response(status === 304 ? null : text, { status });
    const quickcall = new Quickcall({ ...server, authToken: "token", fetch: async () => answer });
    const call = { device: "dddddddddddddddddddddddddddddddd", number: "1001", blocking };
    const placed = quickcall.call(call, { again: true });
    if (state) {
      const result = await placed;
      assert.deepEqual([result.state, result.callIds], [state, callIds]);
      assert.doesNotMatch(JSON.stringify(result), /CANARY/);
      return;
    }
    await assert.rejects(placed, (error) => {
      assert(error instanceof QuickcallError);
      assert.deepEqual([error.code, error.outcome, error.hangupCause], [code, outcome, hangupCause]);
      assert.doesNotMatch(JSON.stringify(error), /CANARY/);
      return true;
    });
  });
}
