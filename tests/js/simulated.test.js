import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { startSimulator } from "./harness/simulator.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const DEVICE = "dddddddddddddddddddddddddddddddd";
const TOKEN = "canary-token-77";
const OPTIONS = JSON.parse(readFileSync(new URL("../vectors/option.json", import.meta.url), "utf8"));

for (const release of /** @type {const} */ (["4.3", "5"])) {
  /** @type {Awaited<ReturnType<typeof startSimulator>>} */
  let simulator;
  /** @type {Quickcall} */
  let quickcall;

  before(async () => {
    await init();
    simulator = await startSimulator({ release, rateLimit: false, speed: 20, token: TOKEN });
    quickcall = new Quickcall({ baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN });
  });
  after(() => simulator.stop());

  test(`release ${release}: the demo's number is dialled exactly once`, async () => {
    await simulator.clear();
    const { state, callIds, originate } = await quickcall.call({ device: DEVICE, number: "(415) 555-0100" });
    assert.equal(state, "started");
    assert.equal(callIds.length, 1);
    assert.equal(originate.route, "4155550100");
    const calls = await simulator.calls();
    assert.deepEqual(
      calls.map(({ dialled }) => dialled),
      ["4155550100"],
    );
  });

  for (const blocking of [true, false]) {
    test(`release ${release}: every option arrives as given, blocking ${blocking}`, async () => {
      await simulator.clear();
      const { state } = await quickcall.call({
        device: DEVICE,
        number: "#31#+1 415 555 0100",
        blocking,
        autoAnswer: false,
        cidName: "A+B 100% é %41",
        cidNumber: "+14155550199",
        ignoreEarlyMedia: false,
        media: "bypass",
        targetCallId: "abc%41@10.0.0.1",
        timeout: 20,
        customApplicationVars: { crm: "a b%41&c+d/é", n: 5, yes: true },
      });
      assert.equal(state, blocking ? "started" : "accepted");
      const [call, ...others] = await simulator.calls();
      assert.equal(others.length, 0);
      assert.equal(call.dialled, "#31#+14155550100");
      const { custom_application_vars: vars, ...options } = call.options;
      assert.deepEqual(options, {
        auto_answer: false,
        cid_name: "A+B 100% é %41",
        cid_number: "+14155550199",
        ignore_early_media: false,
        media: "bypass",
        target_call_id: "abc%41@10.0.0.1",
        timeout: 20,
      });
      const own = { crm: vars.crm, n: vars.n, yes: vars.yes };
      assert.deepEqual(own, { crm: "a b%41&c+d/é", n: "5", yes: "true" });
      // A POST adds nothing but what 4.3 reads from the query only.
      if (blocking) assert.deepEqual(Object.keys(vars), ["crm", "n", "yes", "auto_answer"]);
    });
  }

  for (const { name, call, arrives, dialled } of OPTIONS) {
    test(`release ${release}: ${name} arrives as given`, async () => {
      await simulator.clear();
      await quickcall.call(call, { again: true });
      const [received, ...others] = await simulator.calls();
      assert.equal(others.length, 0);
      assert.equal(received.dialled, dialled);
      for (const [key, expected] of Object.entries(arrives ?? {})) {
        const read = received.options[key];
        if (key !== "custom_application_vars") assert.deepEqual(read, expected);
        else for (const [name, value] of Object.entries(expected)) assert.equal(read[name], value);
      }
    });
  }

  /** Last four digits, code, outcome, whether the simulator dialled. @type {[string, string, string, number][]} */
  const scenarios = [
    ["0101", "originate_failed", "not_placed", 0],
    ["0102", release === "5" ? "server_error" : "unconfirmed", "unknown", 1],
    ["0103", "originate_failed", "not_placed", 0],
    ["0107", "network", "unknown", 1],
    ["0108", "bad_response", "unknown", 1],
    ["0110", "bad_response", "unknown", 1],
    ["0111", "bad_response", "unknown", 1],
    ["0112", "server_error", "unknown", 0],
    ["0113", "server_error", "unknown", 0],
    ["0114", "bad_response", "unknown", 0],
    ["0115", "server_error", "unknown", 1],
    ["0116", "rate_limited", "not_placed", 0],
    ["0117", "forbidden", "not_placed", 0],
    ["0118", "server_error", "unknown", 0],
    ["0128", "server_error", "unknown", 1],
  ];
  for (const [digits, code, outcome, dials] of scenarios) {
    test(`release ${release}: a number that ends in ${digits} gives ${code}, asked once`, async () => {
      await simulator.clear();
      const number = `+1415555${digits}`;
      const call = { device: DEVICE, number, timeout: 4 };
      const error = await quickcall.call(call, { again: true }).then(
        () => assert.fail("placed"),
        (error) => error,
      );
      assert(error instanceof QuickcallError);
      assert.deepEqual([error.code, error.outcome], [code, outcome]);
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /canary/i);
      const calls = await simulator.calls();
      assert.equal(calls.length, 1);
      assert.equal(calls.filter(({ dialled }) => dialled === number).length, dials);
    });
  }

  test(`release ${release}: a user without a device, an unknown id, a wrong token`, async () => {
    const fails = (/** @type {Promise<unknown>} */ call) =>
      call.then(
        () => "placed",
        (error) => error.code,
      );
    const number = "+14155550199";
    assert.equal(await fails(quickcall.call({ user: "0".repeat(32), number })), "no_endpoints");
    assert.equal(await fails(quickcall.call({ user: "1".repeat(32), number })), "not_found");
    const wrong = { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: "wrong" };
    assert.equal(await fails(new Quickcall(wrong).call({ device: DEVICE, number })), "unauthorized");
  });
}
