/**
 * Characters that mean something to a path, a query, a header, JSON or a switch, in every field. What is sent is parsed where
 * it arrives: it must say what was given, and nothing more.
 * @module
 */

import assert from "node:assert/strict";
import { init, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { handlerConfig, ORIGIN, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { startArrivals } from "./harness/arrivals.js";
import { ACCOUNT, checkHeaders, DEVICE, parsed, pieces, RIGHT, TOKEN, tried } from "./harness/injected.js";
import { random } from "./harness/random.js";
import { argumentsOf } from "./harness/shell.js";
import { paste, read } from "./harness/switch_command.js";
import { tryElsewhere } from "./injection_elsewhere.js";

/** @import { Arrival } from "./harness/arrivals.js" */
/** @import { Server } from "./harness/injected.js" */
/** @import { Random } from "./harness/random.js" */

/**
 * A call with such pieces in some of its fields.
 * @param {Random} chance
 */
function nasty(chance) {
  const piece = () => pieces(chance);
  /** Most fields are right, so that what is wrong in one of them is not hidden by another. */
  const field = (/** @type {unknown} */ right) => (chance.below(4) === 0 ? piece() : right);
  const some = (/** @type {() => unknown} */ make) => (chance.below(3) === 0 ? make() : undefined);
  return {
    device: chance.below(8) === 0 ? piece() : DEVICE,
    number: field("(415) 555-0100"),
    numberFilter: some(() => chance.one([true, false, "(.+)", "([^/]+)"])),
    blocking: chance.below(2) === 0,
    autoAnswer: some(() => chance.below(2) === 0),
    ignoreEarlyMedia: some(() => chance.below(2) === 0),
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
 * Tries nasty calls, and nasty values wherever else one can be given.
 * @param {{ count: number, seed?: number }} how
 * @returns {Promise<{ tried: number, sent: number, refused: number, understood: number, handled: number, elsewhere: number, commands: number }>}
 *   How many calls were sent and parsed where they arrived; how many were refused before; how many of the sent ones were given to a
 *   switch, too. How many came through a handler; how many values of other kinds were tried; how many curl commands.
 */
export async function runInjection({ count, seed = 5 }) {
  await init();
  const chance = random(seed);
  const server = await startArrivals();
  const simulator = await startSimulator({ speed: 50, token: TOKEN, rateLimit: false });
  const baseUrl = `http://${server.host}/v2`;
  const client = (/** @type {string} */ baseUrl) =>
    new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN });
  const raw = client(baseUrl);
  const simulated = client(simulator.baseUrl);
  const found = { tried: 0, sent: 0, refused: 0, understood: 0, handled: 0, elsewhere: 0, commands: 0 };
  try {
    await simulated.call(RIGHT);
    const plain = shape((await simulator.calls())[0].originate);
    /** @type {{ built: import("#quickcall").Request, command: string }[]} */
    const curls = [];
    for (; found.tried < count; found.tried++) {
      const call = /** @type {any} */ (nasty(chance));
      const arrived = await tried(raw, call, server);
      if (!arrived) {
        found.refused += 1;
        continue;
      }
      const built = raw.build(call);
      check(call, built.number, arrived);
      found.sent += 1;
      if (found.sent % 10 === 0 || found.sent < 40) {
        curls.push({ built, command: Quickcall.toCurl(built) });
        await simulator.clear();
        await simulated.call(call, { again: true }).catch(() => {});
        found.understood += checkUnderstood(call, built.number, await simulator.calls(), plain);
      }
    }
    assert(found.understood > 0.02 * count, "enough was given to a switch");
    found.commands = checkCurls(curls) + checkCurls(odd(chance, 50));
    found.handled = await throughHandler(chance, Math.ceil(count / 5), server);
    found.elsewhere = await tryElsewhere(chance, Math.ceil(count / 10), server, await simulator.about());
  } finally {
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

/** A value of a query or a body is decoded once more by the server, where it is a caller id. @param {string | undefined} value */
const twice = (value) => value?.replaceAll("%", "%25");

/**
 * The options that were given, under the documented names, in the documented order.
 * @param {any} call
 * @returns {[string, unknown][]}
 */
function options(call) {
  const all = [
    ["auto_answer", call.autoAnswer],
    ["cid-name", twice(call.cidName)],
    ["cid-number", twice(call.cidNumber)],
    ["ignore-early-media", call.ignoreEarlyMedia],
    ["media", call.media],
    ["target_call_id", call.targetCallId],
    ["timeout", call.timeout],
  ];
  return /** @type {[string, unknown][]} */ (all.filter(([, value]) => value !== undefined));
}

/**
 * The pairs of a query, as they stand there.
 * @param {string} url
 */
function pairs(url) {
  const query = url.split("?").slice(1).join("?");
  assert.match(query, /^(?:[\w.!~*'()%-]+=[\w.!~*'()%-]*(?:&|$))*$/, url);
  return query === "" ? [] : query.split("&").map((pair) => pair.split("=").map(decodeURIComponent));
}

/** Digits that are typed without noticing, as those of ASCII. @param {string} text */
const folded = (text) =>
  text.replace(/[\uFF10-\uFF19\u0660-\u0669\u06F0-\u06F9\uFF0B]/g, (one) =>
    one === "\uFF0B" ? "+" : String((one.codePointAt(0) ?? 0) % 16),
  );

/**
 * Fails unless a number is made of what was given, and of characters that mean nothing to a server.
 * @param {any} call
 * @param {string} number
 */
function checkNumber({ number: given, numberFilter }, number) {
  const about = `${number} of ${JSON.stringify(given)}, filter ${numberFilter}`;
  assert.match(number, /^[+0-9A-Za-z*#._-]{1,64}$/, about);
  const text = folded(given);
  if (typeof numberFilter === "string") return assert(text.includes(number), about);
  if (numberFilter === false) return assert.equal(number, given, about);
  assert.equal(
    number,
    text.replaceAll(numberFilter === true ? /[^0-9A-Za-z]/g : /[^0-9A-Za-z+*#_]/g, ""),
    about,
  );
}

/**
 * @param {any} call
 * @param {string} number What is to be dialled.
 * @param {Arrival} arrived
 */
function check(call, number, arrived) {
  checkNumber(call, number);
  const { method, url, body } = arrived;
  const about = JSON.stringify(call);
  const path = (url.split("?")[0] ?? "").split("/").map(decodeURIComponent);
  assert.deepEqual(path, ["", "v2", "accounts", ACCOUNT, "devices", call.device, "quickcall", number], about);
  const given = options(call);
  const vars = Object.entries(call.customApplicationVars ?? {});
  if (call.blocking === false) {
    assert.equal(method, "GET", about);
    checkHeaders(arrived, { "x-auth-token": TOKEN });
    assert.equal(body, "", about);
    const all = [...given, ...vars].map(([name, value]) => [name, String(value)]);
    assert.deepEqual(pairs(url), all, about);
    return;
  }
  assert.equal(method, "POST", about);
  checkHeaders(arrived, { "x-auth-token": TOKEN, "content-type": "application/json" });
  assert.deepEqual(pairs(url), call.autoAnswer === false ? [["auto_answer", "false"]] : [], about);
  const data = {
    ...Object.fromEntries(given),
    ...(vars.length > 0 ? { custom_application_vars: Object.fromEntries(vars) } : {}),
  };
  assert.deepEqual(parsed(body), { data }, about);
}

/**
 * @param {any} call
 * @param {string} number
 * @param {any[]} calls
 * @param {Set<string>} plain What the originate request of a right call names.
 * @returns {number} How many were given to the switch: one, or none where there is no such device.
 */
function checkUnderstood(call, number, calls, plain) {
  const about = JSON.stringify(call);
  assert.equal(calls.length, 1, about);
  const [{ options: understood, dialled, originate }] = calls;
  if (call.device !== DEVICE) {
    assert.equal(dialled, null, about);
    return 0;
  }
  assert.equal(dialled, number, about);
  const vars = call.customApplicationVars ?? {};
  // In a query every option is a var, too.
  const optional = call.blocking === false ? options(call) : [];
  if (call.blocking !== false && call.autoAnswer === false) optional.push(["auto_answer", false]);
  const all = { ...Object.fromEntries(optional.map(([name, value]) => [name, String(value)])), ...vars };
  assert.deepEqual(understood, {
    auto_answer: call.autoAnswer ?? true,
    cid_name: call.cidName ?? null,
    cid_number: call.cidNumber ?? null,
    ignore_early_media: call.ignoreEarlyMedia ?? true,
    media: call.media ?? "process",
    target_call_id: call.targetCallId ?? null,
    timeout: call.timeout ?? 30,
    custom_application_vars: all,
  });
  for (const name of shape(originate)) assert(plain.has(name), `${name}: ${about}`);
  assert.equal(originate.application_data.route, number, about);
  /** @type {[string, string][]} */
  const given = [
    ["origination_caller_id_name", originate.outbound_callee_id_name],
    ["origination_caller_id_number", originate.outbound_callee_id_number],
    ...Object.entries(understood.custom_application_vars).map(
      ([name, value]) => /** @type {[string, string]} */ ([name, String(value)]),
    ),
  ];
  const asked = { vars: given, route: number };
  assert.deepEqual(read(paste({ vars: given, route: originate.application_data.route })), asked, about);
  return 1;
}

/**
 * Requests as no call makes them: each text must arrive at the command as it is.
 * @param {Random} chance
 * @param {number} count
 */
function odd(chance, count) {
  return Array.from({ length: count }, () => {
    const built = /** @type {any} */ ({
      method: chance.one(["GET", "POST"]),
      url: `https://kazoo.example.com/${pieces(chance)}`.replaceAll("\0", ""),
      headers: { "X-Odd": pieces(chance).replaceAll("\0", "") },
      body: chance.one([null, `@/etc/passwd${pieces(chance)}`.replaceAll("\0", "")]),
    });
    return { built, command: Quickcall.toCurl(built) };
  });
}

/**
 * @param {{ built: import("#quickcall").Request, command: string }[]} curls
 * @returns {number}
 */
function checkCurls(curls) {
  const all = argumentsOf(
    curls.map(({ command }) => command),
    TOKEN,
  );
  assert.equal(all.length, curls.length, "each is one command");
  curls.forEach(({ built: { method, url, headers, body } }, index) => {
    const more = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    const expected = ["-X", method, "-H", `X-Auth-Token: ${TOKEN}`, ...more];
    // Nothing but `--data-raw` takes a text that begins with `@` as it is.
    if (body !== null) expected.push("--data-raw", body);
    const said = all[index]?.filter((one) => one !== "--globoff");
    assert.deepEqual(said, [...expected, url]);
  });
  return curls.length;
}

/** What a visitor may set, in this run. */
const VISITORS = [
  "blocking",
  "autoAnswer",
  "cidName",
  "cidNumber",
  "ignoreEarlyMedia",
  "media",
  "targetCallId",
  "timeout",
];

/**
 * Nasty calls through a handler: by the class, and by whoever writes requests by hand.
 * @param {Random} chance
 * @param {number} count
 * @param {Server} server
 * @returns {Promise<number>} How many were sent on.
 */
async function throughHandler(chance, count, server) {
  const handler = await serve(
    createHandler({
      ...handlerConfig({ baseUrl: `http://${server.host}/v2` }, TOKEN, ORIGIN),
      endpoints: { sales: { device: DEVICE } },
      visitorOptions: VISITORS,
    }),
  );
  /** What the class asks the handler. @type {any} */
  let asked;
  const quickcall = new Quickcall({
    handler: handler.url,
    fetch: (/** @type {any} */ url, /** @type {any} */ init) => {
      asked = { url, headers: init.headers, body: init.body };
      return fetch(url, { ...init, headers: { ...init.headers, Origin: ORIGIN } });
    },
  });
  const isRightKey = (/** @type {string} */ key) => /^[A-Za-z0-9_-]{8,128}$/.test(key);
  let sent = 0;
  try {
    for (let index = 0; index < count; index++) {
      const { device: _, numberFilter: __, ...call } = /** @type {any} */ (nasty(chance));
      const number = chance.below(4) === 0 ? call.number : `+1415${pieces(chance)}5550100`;
      const given = { ...call, number: chance.below(3) === 0 ? number : "+14155550100", endpoint: "sales" };
      const key = chance.below(4) === 0 ? pieces(chance) : `injection-${index}`;
      const isKey = isRightKey(key);
      asked = undefined;
      server.take();
      await (chance.below(2) === 0
        ? quickcall.call(given, { again: true, key }).catch(() => {})
        : fetch(handler.url, {
            method: "POST",
            headers: { Origin: ORIGIN, "Content-Type": "application/json", "Idempotency-Key": key },
            body: JSON.stringify(given),
            // A header's value that no request can have is refused here.
          }).catch(() => {}));
      const arrived = server.take();
      assert(arrived.length <= 1);
      if (asked) {
        assert(isKey, `asked under the key ${key}`);
        assert.equal(asked.url, handler.url);
        assert.equal(asked.headers["Idempotency-Key"], key);
        const { endpoint, number, ...rest } = parsed(asked.body);
        assert.equal(endpoint, "sales");
        assert.match(number, /^[+0-9A-Za-z*#._-]+$/);
        // What is so anyway is left out.
        const { blocking, ...others } = { ...given, endpoint: undefined, number: undefined };
        const expected = { ...others, ...(blocking ? {} : { blocking }) };
        assert.deepEqual(rest, JSON.parse(JSON.stringify(expected)));
      }
      if (!arrived[0]) continue;
      // A request drops the white space around a header's value.
      assert(isRightKey(key.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "")), `sent under the key ${key}`);
      const dialled = decodeURIComponent(arrived[0].url.split("?")[0]?.split("/").pop() ?? "");
      assert.match(dialled, /^\+1415[0-9]{0,11}$/);
      check({ ...given, device: DEVICE }, Quickcall.filterNumber(given.number), arrived[0]);
      sent += 1;
    }
  } finally {
    handler.close();
  }
  assert(sent > count / 20, "enough came through the handler");
  return sent;
}
