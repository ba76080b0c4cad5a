/**
 * Characters that mean something to a path, a query, a header, JSON or a switch, in every field. What is sent is parsed where
 * it arrives: it must say what was given, and nothing more.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { init, Quickcall, QuickcallError } from "#quickcall";
import { startSimulator } from "../js/harness/simulator.js";
import { random } from "./harness/random.js";

/** @import { Random } from "./harness/random.js" */

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const DEVICE = "d".repeat(32);
const TOKEN = "canary-token-injection";
const PIECES = [
  ...[
    "/",
    "..",
    "../",
    "%2e%2e%2f",
    "%2F",
    "\\",
    "?",
    "#",
    "&",
    "=",
    ";",
    "%",
    "%00",
    "%0d%0a",
    "+",
    " ",
    "@",
    ":",
  ],
  ...[
    "\r\nX-Evil: 1",
    "\n",
    "\0",
    '"',
    "'",
    "`",
    "$(id)",
    "{",
    "}",
    "[",
    "]",
    "^",
    "<",
    ">",
    "|",
    ",",
    "^^",
    "!",
  ],
  ...[
    '","number_filter":"',
    "&timeout=1",
    "verb=delete",
    "sofia/",
    "originate",
    "\u2028",
    "\u202e",
    "é",
    "😀",
  ],
  ...["415", "5550100", "+1", "a", "Sales", "x"],
];
/** A call with every option. */
const RIGHT = {
  device: DEVICE,
  number: "4155550100",
  autoAnswer: false,
  cidName: "Sales",
  cidNumber: "+14155550199",
  ignoreEarlyMedia: true,
  media: /** @type {const} */ ("bypass"),
  targetCallId: "abc@10.0.0.1",
  timeout: 20,
  customApplicationVars: { page: "a" },
};
/** What a query or the body may name besides vars. */
const OPTIONS = new Set([
  ...["auto_answer", "cid-name", "cid-number", "ignore-early-media", "media", "target_call_id", "timeout"],
]);
/** What the client sends, and what a fetch adds by itself. */
const HEADERS = new Set([
  ...["x-auth-token", "content-type", "content-length", "host", "connection", "accept", "accept-language"],
  ...["sec-fetch-mode", "user-agent", "accept-encoding", "cache-control", "pragma"],
]);

/**
 * A call with such pieces in some of its fields.
 * @param {Random} chance
 */
function nasty(chance) {
  const piece = () => Array.from({ length: 1 + chance.below(3) }, () => chance.one(PIECES)).join("");
  /** Most fields are right, so that what is wrong in one of them is not hidden by another. */
  const field = (/** @type {unknown} */ right) => (chance.below(4) === 0 ? piece() : right);
  const some = (/** @type {() => unknown} */ make) => (chance.below(3) === 0 ? make() : undefined);
  return {
    device: chance.below(8) === 0 ? piece() : DEVICE,
    number: field("(415) 555-0100"),
    numberFilter: some(() => chance.one([true, false, "(.+)", "([^/]+)"])),
    blocking: chance.below(2) === 0,
    cidName: some(() => field("Sales")),
    cidNumber: some(() => field("+14155550199")),
    media: some(() => field("process")),
    targetCallId: some(() => field("abc@10.0.0.1")),
    timeout: some(() => 20),
    customApplicationVars: some(() => ({
      [String(field("page"))]: field("a b"),
      [`k${chance.below(9)}`]: piece(),
    })),
  };
}

/**
 * Tries nasty calls.
 * @param {{ count: number, seed?: number }} how
 * @returns {Promise<{ tried: number, sent: number, refused: number, understood: number }>} How many were sent and parsed
 *   where they arrived; how many were refused before; how many of the sent ones were given to a switch, too.
 */
export async function runInjection({ count, seed = 5 }) {
  await init();
  const chance = random(seed);
  /** @type {{ method: string | undefined, url: string, headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
  const arrived = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    arrived.push({ method: request.method, url: request.url ?? "", headers: request.headers, body });
    response.writeHead(404);
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const simulator = await startSimulator({ speed: 50, token: TOKEN, rateLimit: false });
  const client = (/** @type {string} */ baseUrl) =>
    new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN });
  const raw = client(`http://127.0.0.1:${port}/v2`);
  const simulated = client(simulator.baseUrl);
  const found = { tried: 0, sent: 0, refused: 0, understood: 0 };
  try {
    await simulated.call(RIGHT);
    const plain = shape((await simulator.calls())[0].originate);
    for (; found.tried < count; found.tried++) {
      const call = /** @type {any} */ (nasty(chance));
      arrived.length = 0;
      const error = await raw.call(call, { again: true }).then(
        () => assert.fail("a 404 is no call"),
        (/** @type {any} */ error) => error,
      );
      assert(error instanceof QuickcallError, String(error));
      if (error.code === "invalid") {
        assert.equal(arrived.length, 0, "what is refused is not sent");
        found.refused += 1;
        continue;
      }
      assert.equal(error.code, "not_found", JSON.stringify(call));
      assert.equal(arrived.length, 1);
      if (arrived[0]) check(call, raw.build(call).number, arrived[0]);
      found.sent += 1;
      if (found.sent % 10 === 0) {
        await simulator.clear();
        await simulated.call(call, { again: true }).catch(() => {});
        checkUnderstood(call, raw.build(call).number, await simulator.calls(), plain);
        found.understood += 1;
      }
    }
  } finally {
    server.closeAllConnections();
    server.close();
    await simulator.stop();
  }
  return found;
}

/**
 * The names in a switch's command, of vars only that there are some.
 * @param {any} originate
 * @param {string} [path]
 * @returns {Set<string>}
 */
function shape(originate, path = "") {
  if (originate === null || typeof originate !== "object" || path.endsWith("custom_application_vars")) {
    return new Set([path]);
  }
  return new Set(Object.entries(originate).flatMap(([name, value]) => [...shape(value, `${path}/${name}`)]));
}

/**
 * @param {any} call
 * @param {string} number What is to be dialled.
 * @param {{ method: string | undefined, url: string, headers: import("node:http").IncomingHttpHeaders, body: string }} arrived
 */
function check(call, number, { method, url, headers, body }) {
  const about = JSON.stringify(call);
  const { pathname, searchParams } = new URL(url, "http://kazoo.example.com");
  const path = pathname.split("/").map(decodeURIComponent);
  assert.deepEqual(path, ["", "v2", "accounts", ACCOUNT, "devices", call.device, "quickcall", number], about);
  assert.equal(method, call.blocking ? "POST" : "GET", about);
  for (const name of Object.keys(headers)) assert(HEADERS.has(name), `${name}: ${about}`);
  assert.equal(headers["x-auth-token"], TOKEN);
  const vars = call.customApplicationVars ?? {};
  const data = call.blocking ? JSON.parse(body) : undefined;
  if (call.blocking) assert.deepEqual(Object.keys(data), ["data"], about);
  else assert.equal(body, "", about);
  const { custom_application_vars: sent = {}, ...options } = call.blocking
    ? data.data
    : { ...Object.fromEntries(searchParams), custom_application_vars: undefined };
  if (call.blocking) {
    assert.deepEqual(sent, vars, about);
    assert.equal([...searchParams].length, 0, about);
  }
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (OPTIONS.has(key)) continue;
    assert.equal(value, vars[key], `${key}: ${about}`);
  }
  const given = {
    "cid-name": call.cidName,
    "cid-number": call.cidNumber,
    media: call.media,
    target_call_id: call.targetCallId,
  };
  for (const [key, value] of Object.entries(given)) {
    const arrivedValue = options[key];
    // A caller id is decoded once more by the server.
    const once =
      key.startsWith("cid-") && arrivedValue !== undefined ? decodeURIComponent(arrivedValue) : arrivedValue;
    assert.equal(once, value, `${key}: ${about}`);
  }
}

/**
 * @param {any} call
 * @param {string} number
 * @param {any[]} calls
 * @param {Set<string>} plain What the command of a right call names.
 */
function checkUnderstood(call, number, calls, plain) {
  const about = JSON.stringify(call);
  assert.equal(calls.length, 1, about);
  const [{ options, dialled, originate }] = calls;
  assert(dialled === null || dialled === number, `${dialled}: ${about}`);
  if (!options) return;
  for (const [ours, theirs] of [
    ["cidName", "cid_name"],
    ["cidNumber", "cid_number"],
    ["targetCallId", "target_call_id"],
  ]) {
    if (call[ours ?? ""] !== undefined) assert.equal(options[theirs ?? ""], call[ours ?? ""], about);
  }
  for (const name of shape(originate)) assert(plain.has(name), `${name}: ${about}`);
  const route = originate?.application_data?.route;
  if (route !== undefined) assert.equal(route, number, about);
}
