/**
 * Every error code, produced on a real socket where it can be, and what was dialled counted at the simulator.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { apiToken, init, Quickcall, QuickcallError } from "#quickcall";
import { startSimulator } from "./harness/simulator.js";
import { hurry } from "./harness/soon.js";

/** @import { Call, Config } from "#quickcall" */

const TOKEN = "canary-token-8d21";
const DEVICE = "dddddddddddddddddddddddddddddddd";
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const INDEX = new URL("../../pkg/dist/index.js", import.meta.url).href;
const SLIM = new URL("../../pkg/dist/slim.js", import.meta.url).href;

/** @type {import("./harness/simulator.js").Simulator} */
let simulator;
/** Codes that were produced. @type {Set<string>} */
const produced = new Set();
let next = 1000;

before(async () => {
  await init();
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
});
after(() => simulator.stop());
beforeEach(() => simulator.clear());

/** @param {Partial<Config>} [config] */
const client = (config = {}) =>
  new Quickcall(
    /** @type {Config} */ ({
      baseUrl: simulator.baseUrl,
      accountId: ACCOUNT,
      authToken: TOKEN,
      device: DEVICE,
      ...config,
    }),
  );

/**
 * @param {string} code
 * @param {string} outcome
 * @param {number} dials How often the number was dialled.
 * @param {() => Promise<unknown>} attempt
 */
async function gives(code, outcome, dials, attempt) {
  const error = await attempt().then(
    () => assert.fail("placed"),
    (error) => error,
  );
  assert(error instanceof QuickcallError, String(error));
  assert.deepEqual([error.code, error.outcome], [code, outcome]);
  assert.match(error.message, /placed|sent|connected/, "it says what it means for the call");
  const calls = await simulator.calls();
  assert.ok(calls.length <= 1, "asked once at most");
  assert.equal(calls.filter(({ dialled }) => dialled !== null).length, dials);
  const said = [error.message, error.stack, String(error), JSON.stringify(error), String(error.cause)];
  assert.doesNotMatch(said.join(), /canary/i);
  produced.add(code);
  return error;
}

/** Code, outcome, dials, the number's last four digits, more. @type {[string, string, number, string, Partial<Call>, object][]} */
const SCENARIOS = [
  ["forbidden", "not_placed", 0, "0117", {}, { status: 403 }],
  ["rate_limited", "not_placed", 0, "0116", {}, { status: 429 }],
  ["not_found", "not_placed", 0, "0100", { device: "f".repeat(32) }, { status: 404 }],
  ["no_endpoints", "not_placed", 0, "0100", { device: "d0000000000000000000000000000001" }, { status: 500 }],
  ["originate_failed", "not_placed", 0, "0101", {}, { status: 500, hangupCause: "USER_BUSY" }],
  ["originate_failed", "not_placed", 0, "0105", {}, { status: 500, hangupCause: "NO_ANSWER" }],
  ["server_error", "unknown", 0, "0112", {}, { status: 503 }],
  ["server_error", "unknown", 0, "0118", {}, { status: 408 }],
  ["server_error", "unknown", 1, "0115", {}, { status: 502, requestId: undefined }],
  ["unconfirmed", "unknown", 1, "0102", { timeout: 20 }, { status: 200, unanswered: undefined }],
  ["bad_response", "unknown", 1, "0110", {}, { status: 200 }],
  ["bad_response", "unknown", 1, "0108", {}, {}],
  ["bad_response", "unknown", 1, "0111", {}, { status: 200 }],
  ["bad_response", "unknown", 1, "0126", {}, { status: 200 }],
  ["bad_response", "unknown", 0, "0114", {}, {}],
  ["bad_response", "unknown", 0, "0125", {}, {}],
  ["network", "unknown", 1, "0107", {}, {}],
  ["network", "unknown", 0, "0119", {}, {}],
  ["network", "unknown", 1, "0120", {}, {}],
];
for (const [code, outcome, dials, digits, more, expected] of SCENARIOS) {
  test(`${code}: a number with ${digits} ${JSON.stringify(more)}`, async () => {
    const call = { number: `+1415${++next}${digits}`, ...more };
    const error = await gives(code, outcome, dials, () => client().call(call));
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(/** @type {any} */ (error)[name], value, name);
    }
  });
}

test("unconfirmed after the whole ring time: most likely nobody answered", async () => {
  const slow = await startSimulator({ speed: 1, token: TOKEN });
  try {
    const quickcall = client({ baseUrl: slow.baseUrl });
    const error = await quickcall.call({ number: "+14155550102", timeout: 4 }).then(
      () => assert.fail("placed"),
      (error) => error,
    );
    assert.deepEqual([error.code, error.outcome, error.unanswered], ["unconfirmed", "unknown", true]);
  } finally {
    await slow.stop();
  }
});

test("rejected: a method that the server refuses", async () => {
  /** @type {typeof fetch} */
  const asPut = (url, options) => fetch(url, { ...options, method: "PUT" });
  const error = await gives("rejected", "not_placed", 0, () =>
    client({ fetch: asPut }).call({ number: "1" }),
  );
  assert.equal(error.status, 405);
});

test("a base URL that is not the API's is told in the message", async () => {
  const { origin, port } = new URL(simulator.baseUrl);
  /** @type {[string, string, string][]} */
  const wrong = [
    [origin, "rejected", "not_placed"],
    [`${origin}/api/v2`, "rejected", "not_placed"],
    [`${origin}/v2/accounts`, "not_found", "not_placed"],
    // No server answers there.
    ["http://127.0.0.1:9/v2", "network", "unknown"],
  ];
  for (const [baseUrl, code, outcome] of wrong) {
    const error = await gives(code, outcome, 0, () => client({ baseUrl }).call({ number: `${next++}` }));
    assert.match(error.message, /check the base URL/i, `${baseUrl} ${error.status}`);
  }
  const authToken = apiToken({ baseUrl: `http://127.0.0.1:${port}`, apiKey: "a".repeat(64) });
  const error = await gives("token_failed", "not_placed", 0, () =>
    client({ authToken }).call({ number: `${next++}` }),
  );
  assert.match(error.message, /Check the key and the base URL/);
});

test("unauthorized: a wrong token", async () => {
  const error = await gives("unauthorized", "not_placed", 0, () =>
    client({ authToken: "wrong" }).call({ number: "1" }),
  );
  assert.equal(error.status, 401);
});

test("invalid: the call and the configuration", async () => {
  const error = await gives("invalid", "not_placed", 0, () => client().call({ number: "users", timeout: 1 }));
  assert.deepEqual(error.issues.map(({ code }) => code).sort(), ["too_small", "undialable"]);
  assert.throws(() => client({ accountId: "1", baseUrl: "ftp://x" }), { code: "invalid" });
  /** @type {[string, any][]} */
  const wrong = [
    ["fetch", "nope"],
    ["fetch", {}],
    ["fetch", null],
    ["authToken", 5],
    ["authToken", null],
    ["authToken", Promise.resolve(TOKEN)],
    ["authToken", { token: TOKEN }],
    ["allowTokenInBrowser", "yes"],
  ];
  for (const [key, value] of wrong) {
    assert.throws(
      () => client({ [key]: value }),
      (error) => {
        assert(error instanceof QuickcallError);
        assert.deepEqual(
          [error.code, error.issues.map(({ code, path }) => [code, ...path])],
          ["invalid", [["wrong_type", key]]],
        );
        assert.doesNotMatch(JSON.stringify(error), new RegExp(TOKEN));
        return true;
      },
    );
  }
});

test("a token that cannot be sent is wrong at once, and no part of it is told", async () => {
  for (const authToken of [
    `${TOKEN}\n`,
    `\ufeff${TOKEN}`,
    `Bearer ${TOKEN}`,
    `${TOKEN}\u00e9`,
    TOKEN.repeat(500),
  ]) {
    assert.throws(
      () => client({ authToken }),
      (error) => {
        assert(error instanceof QuickcallError);
        assert.deepEqual(
          [error.code, error.issues.map(({ code, path }) => [code, ...path])],
          ["invalid", [["not_allowed", "authToken"]]],
        );
        assert.doesNotMatch(inspect(error), /canary|Bearer/);
        return true;
      },
    );
  }
  assert.deepEqual(client({ authToken: "!~0".repeat(2730) }).validate({ number: "1" }), []);
});

/** @type {[string, any][]} */
const TOKENS = [
  ["throws", () => Promise.reject(new Error(TOKEN.replace("canary", "c")))],
  ["throws at once", () => JSON.parse("{")],
  ["gives nothing", () => undefined],
  ["gives an empty text", () => ""],
  ["gives a number", () => 5],
  ["gives a line break", () => "a\r\nX-Evil: 1"],
];
for (const [name, authToken] of TOKENS) {
  test(`token_failed: a token that ${name}`, async () => {
    await gives("token_failed", "not_placed", 0, () => client({ authToken }).call({ number: "1" }));
  });
}

test("token_failed: no token within 10 s", async (context) => {
  const authToken = () => new Promise(() => {});
  const work = () =>
    client({ authToken })
      .call({ number: "1" })
      .catch((error) => error);
  const { seconds, value } = await hurry(context, work, 60);
  context.mock.timers.reset();
  assert.equal(seconds, 10);
  await gives("token_failed", "not_placed", 0, () => Promise.reject(value));
});

test("duplicate: pressed twice, one dial", async () => {
  const call = { number: "+14155550106" };
  const first = client().call(call);
  const second = client()
    .call(call)
    .catch((error) => error);
  assert.deepEqual([(await first).state, (await second).code], ["started", "duplicate"]);
  assert.equal((await simulator.calls()).length, 1);
  produced.add("duplicate");
});

test("timeout: no answer within ring time and margin", async () => {
  const started = Date.now();
  const call = { number: "+14155550109", timeout: 4 };
  await gives("timeout", "unknown", 1, () => client({ deadlineMargin: 0.2 }).call(call));
  const took = Date.now() - started;
  // Without that margin it would be 14 seconds.
  assert.ok(took >= 4_100 && took < 13_000, `${took} ms`);
});

test("aborted: before sending no call exists, after it nobody knows", async () => {
  const call = { number: "+1415555010901" };
  const signal = AbortSignal.abort("a reason of its own");
  await gives("aborted", "not_placed", 0, () => client().call(call, { signal }));
  const controller = new AbortController();
  const waiting = client().call({ number: "+14165550109" }, { signal: controller.signal });
  while ((await simulator.calls()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort("text");
  await gives("aborted", "unknown", 1, () => waiting);
});

/**
 * Runs a script in a process of its own, where the module is not loaded yet.
 * @param {string} script
 * @param {string} [entry]
 */
function inNewProcess(script, entry = INDEX) {
  const source = `import { init, Quickcall } from ${JSON.stringify(entry)}; ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    encoding: "utf8",
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

const SHOW = "error => console.log(JSON.stringify(error))";
const CONFIG = `{ baseUrl: "https://kazoo.example.com/v2", accountId: "${ACCOUNT}", authToken: "t" }`;

test("not_ready: used before init()", () => {
  const uses = [
    `new Quickcall(${CONFIG}).validate({})`,
    `new Quickcall(${CONFIG}).build({})`,
    "Quickcall.filterNumber('1')",
    "Quickcall.toCurl({})",
  ];
  for (const use of uses) {
    const { code, outcome } = inNewProcess(`try { ${use} } catch (error) { (${SHOW})(error) }`);
    assert.deepEqual([code, outcome], ["not_ready", "not_placed"]);
  }
  produced.add("not_ready");
});

test("what is logged of an error is what it is made of, whatever somebody added to it", () => {
  const issue = {
    severity: "error",
    code: "too_small",
    path: ["timeout"],
    message: "m",
    expected: "3",
    received: "2",
  };
  const failure = /** @type {any} */ ({
    code: "originate_failed",
    outcome: "not_placed",
    message: "m",
    issues: [issue],
    status: 500,
    requestId: "r",
    hangupCause: "USER_BUSY",
    retryAfter: 5,
    unanswered: true,
    callIds: ["c"],
  });
  const error = /** @type {any} */ (new QuickcallError(failure));
  error.cause = { token: TOKEN };
  error.config = { token: TOKEN, error };
  assert.deepEqual(error.toJSON(), { name: "QuickcallError", ...failure });
  assert.doesNotMatch(JSON.stringify(error), new RegExp(TOKEN));
  const bare = new QuickcallError({ code: "network", outcome: "unknown", message: "m" });
  assert.deepEqual(bare.toJSON(), {
    name: "QuickcallError",
    code: "network",
    outcome: "unknown",
    message: "m",
    issues: [],
  });
});

test("load_failed: the WebAssembly cannot be had; tried again afterwards", () => {
  const script = `
    const { Module } = WebAssembly;
    WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("refused"); } };
    const codes = [];
    const quickcall = new Quickcall({ ...${CONFIG}, fetch: () => { codes.push("sent"); } });
    await quickcall.call({ device: "${DEVICE}", number: "1" }).catch(({ code, outcome }) => codes.push(code, outcome));
    await init().catch(({ code }) => codes.push(code));
    WebAssembly.Module = Module;
    await Promise.all([init(), init(), init()]);
    codes.push(Quickcall.filterNumber("1 2"));
    console.log(JSON.stringify(codes));`;
  assert.deepEqual(inNewProcess(script), ["load_failed", "not_placed", "load_failed", "12"]);
  // What to do is said.
  const { message } = inNewProcess(`await init().catch(${SHOW});`, SLIM);
  assert.match(message, /give `quickcall\/quickcall\.wasm` to `init\(\)`/);
  produced.add("load_failed");
});

test("a module that never comes: the call ends with its signal, and after a minute", () => {
  const script = `
    const said = [];
    const tell = ({ code, outcome, cause }) => said.push([code, outcome, cause?.message ?? ""]);
    const { setTimeout: inTime } = globalThis;
    globalThis.setTimeout = (work, milliseconds) => inTime(work, milliseconds / 200);
    init(new Promise(() => {}));
    const quickcall = new Quickcall(${CONFIG});
    const controller = new AbortController();
    const call = { device: "${DEVICE}", number: "1" };
    const stopped = quickcall.call(call, { signal: controller.signal }).catch(tell);
    // Its key may have been sent before.
    const handled = new Quickcall({ handler: "http://127.0.0.1:9/call", endpoint: "sales" });
    const asked = handled.call({ number: "1" }, { signal: controller.signal, key: "a-key-of-mine" }).catch(tell);
    controller.abort();
    await Promise.all([stopped, asked]);
    await quickcall.call(call).catch(tell);
    console.log(JSON.stringify(said));`;
  const late = ["load_failed", "not_placed", "It was not there within 60 seconds."];
  const aborted = [
    ["aborted", "not_placed", ""],
    ["aborted", "unknown", ""],
  ];
  assert.deepEqual(inNewProcess(script, SLIM), [...aborted, late]);
});

test("every code of the README was produced, but the one of pages", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const table = readme.slice(readme.indexOf("## Outcomes"), readme.indexOf("## Security"));
  const codes = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell]) =>
    [...(cell ?? "").matchAll(/`(\w+)`/g)].map(([, code]) => code),
  );
  assert.ok(codes.length > 15);
  // In a page: see page.test.js.
  assert.deepEqual(
    codes.filter((code) => !produced.has(code ?? "")),
    ["token_in_browser"],
  );
});

test("an error has and prints only what is known of it", async () => {
  const error = await client({ authToken: "wrong" })
    .call({ number: "+14155550100" })
    .then(
      () => assert.fail("placed"),
      (error) => error,
    );
  assert.equal(error.code, "unauthorized");
  assert.deepEqual(Object.keys(error), ["code", "outcome", "issues", "status", "requestId"]);
  assert.doesNotMatch(inspect(error), /undefined/);
});

test("an error is of a class that is made of QuickcallError only where it was made so", () => {
  class OwnError extends QuickcallError {}
  const failure = /** @type {const} */ ({ code: "timeout", outcome: "unknown", message: "Nobody knows." });
  const [own, plain] = [new OwnError(failure), new QuickcallError(failure)];
  assert.deepEqual(
    [own, plain].map((error) => [error instanceof QuickcallError, error instanceof OwnError]),
    [
      [true, true],
      [true, false],
    ],
  );
  for (const other of [null, undefined, 1, "x", {}, new Error("x")])
    assert.ok(!(other instanceof QuickcallError));
});
