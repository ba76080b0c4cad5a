/**
 * Attempts to get round the policy, on a real socket: nothing is dialled but what the owner allowed. And a canary: the
 * token is in no byte that the handler sends or logs, whatever the server does.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { freshKey, ORIGIN, press, serve } from "./harness/handler.js";
import { startSimulator } from "./harness/simulator.js";
import { hurry } from "./harness/soon.js";

/** @import { EdgeConfig } from "#quickcall/edge" */

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-edge-97";
const ALLOWED = "+14155550100";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {Awaited<ReturnType<typeof serve>>} */
let handler;
/** One that allows every number and extension but the denied ones. @type {Awaited<ReturnType<typeof serve>>} */
let open;

/**
 * @param {Partial<EdgeConfig>} [more]
 * @returns {EdgeConfig}
 */
const config = (more) => ({
  baseUrl: simulator.baseUrl,
  accountId: ACCOUNT,
  authToken: TOKEN,
  endpoints: { sales: { user: USER } },
  origins: [ORIGIN],
  destinations: { allow: ["+1415", "+44"], deny: ["+1415900", "+4490"] },
  log: () => {},
  ...more,
});

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, rateLimit: false });
  handler = await serve(createHandler(config()));
  const destinations = { allow: ["+"], deny: ["+1415900", "+4490"], extensions: true };
  open = await serve(createHandler(config({ destinations })));
});
after(async () => {
  handler.close();
  open.close();
  await simulator.stop();
});
beforeEach(() => simulator.clear());

const body = (/** @type {string} */ number) => JSON.stringify({ endpoint: "sales", number });
const raw = (/** @type {string} */ more) => `{"endpoint":"sales","number":"${ALLOWED}",${more}}`;

/** What is sent, by what it tries. @type {Record<string, Record<string, string | Uint8Array>>} */
const ATTEMPTS = {
  encodings: {
    "percent-encoded plus": body("%2B15005550100"),
    "percent-encoded digit": body("+1415%35550100/../../x"),
    "twice encoded": body("%252B14155550100"),
    "escapes in JSON": '{"endpoint":"sales","number":"\\u002b15005550100"}',
    "UTF-16": new Uint8Array(Buffer.from(`\ufeff${body("+15005550100")}`, "utf16le")),
    "not UTF-8": new Uint8Array([...Buffer.from('{"endpoint":"sales","number":"+1415'), 0xff, 0x22, 0x7d]),
    "overlong UTF-8": new Uint8Array([
      ...Buffer.from('{"endpoint":"sales","number":"'),
      0xc0,
      0xab,
      0x22,
      0x7d,
    ]),
    "form data": `endpoint=sales&number=${ALLOWED}`,
  },
  "invisible characters": {
    "zero width space in a denied prefix": body("+1415\u200b900\u200b5550"),
    "right-to-left override": body("\u202e0010555 0051+"),
    "soft hyphen": body("+1415\u00ad9005550"),
    "byte order mark": body("\ufeff+15005550100"),
    "nothing else": body("\u200b\u2060"),
    "control character": body("+14155550100\u0000"),
    "line break and header": body("+14155550100\r\nX-Auth-Token: x"),
  },
  "Unicode digits": {
    "full-width, denied": body("\uff0b\uff11\uff14\uff11\uff15\uff19\uff10\uff10\uff15\uff15\uff15\uff10"),
    "Arabic-Indic, not allowed": body("+\u0661\u0665\u0660\u06605550100"),
    Devanagari: body("+1415\u096b550100"),
    mathematical: body("+1415\ud835\udfd3550100"),
    superscript: body("+1415\u2075550100"),
    "half of a pair": '{"endpoint":"sales","number":"+1415\\ud835550100"}',
  },
  filters: {
    "numberFilter: false": raw('"numberFilter":false'),
    "number_filter: a pattern": raw('"number_filter":"([0-9]+)"'),
    "a pattern that finds another":
      '{"endpoint":"sales","number":"+14155550100 +15005550100","numberFilter":"(\\\\+1500.*)"}',
    "two numbers": body("+14155550100 +15005550100"),
  },
  extensions: {
    "an extension, not allowed": body("2001"),
    x12: body("+14155550100x12"),
    "ext. 12": body("+14155550100 ext. 12"),
    ";ext=12": body("+14155550100;ext=12"),
    "#12": body("+14155550100#12"),
  },
  "post-dial digits": {
    comma: body("+14155550100,,9005550100"),
    semicolon: body("+14155550100;9005550100"),
    "p and w": body("+14155550100p900"),
    "star code": body("*7214155550100"),
    "caller id code": body("#31#+14155550100"),
    "star behind": body("+1415555*0100"),
  },
  "+ left out": {
    digits: body("14155550100"),
    "00": body("0014155550100"),
    "011": body("01114155550100"),
    "+00": body("+0014155550100"),
    "+011": body("+01114155550100"),
    national: body("4155550100"),
    "two pluses": body("++14155550100"),
    "plus in the middle": body("+1415+5550100"),
  },
  "trunk zeros": {
    "(0)": body("+44 (0) 900 123 456"),
    "0 before a denied prefix": body("+440901234567"),
    "00 before a denied prefix": body("+4400901234567"),
    "0 behind the country code": body("+10415900555"),
  },
  "prefixes of calls abroad": {
    "011 behind 1": body("+1 011 882 123 4567"),
    "00 behind 44": body("+44 00 882 123 4567"),
    "810 behind 7": body("+7 810 882 123 4567"),
  },
  "emergency numbers": {
    911: body("911"),
    "+911": body("+911"),
    "+1911": body("+1911"),
    "+44999": body("+44999"),
    "+44 112": body("+44 112"),
    "+440999": body("+440999"),
  },
  "own-property tricks": {
    "endpoint __proto__": `{"endpoint":"__proto__","number":"${ALLOWED}"}`,
    "endpoint constructor": `{"endpoint":"constructor","number":"${ALLOWED}"}`,
    "endpoint toString": `{"endpoint":"toString","number":"${ALLOWED}"}`,
    "endpoint hasOwnProperty": `{"endpoint":"hasOwnProperty","number":"${ALLOWED}"}`,
    "__proto__ in the body": raw('"__proto__":{"timeout":600,"user":"x"}'),
    "constructor in the body": raw('"constructor":{"prototype":{}}'),
    "an endpoint's id": `{"endpoint":"${USER}","number":"${ALLOWED}"}`,
    "an endpoint as an object": `{"endpoint":{"user":"${USER}"},"number":"${ALLOWED}"}`,
    "a user": raw(`"user":"${USER}"`),
    "a device": raw('"device":"dddddddddddddddddddddddddddddddd"'),
    "a number with toString": '{"endpoint":"sales","number":{"toString":"+14155550100"}}',
    "a number in a list": `{"endpoint":"sales","number":["${ALLOWED}"]}`,
    "a number as a number": '{"endpoint":"sales","number":14155550100}',
  },
  "duplicate JSON keys": {
    "the wrong number last": raw('"number":"+15005550100"'),
    "the right number last": `{"number":"+15005550100","endpoint":"sales","number":"${ALLOWED}"}`,
    "escaped name": raw('"n\\u0075mber":"+15005550100"'),
    "endpoint twice": raw('"endpoint":"sales"'),
    "two bodies": `${body(ALLOWED)}${body("+15005550100")}`,
  },
  "options that nobody allowed": {
    blocking: raw('"blocking":false'),
    timeout: raw('"timeout":600'),
    autoAnswer: raw('"autoAnswer":true'),
    auto_answer: raw('"auto_answer":true'),
    "cid-number": raw('"cid-number":"+14155550199"'),
    cidName: raw('"cidName":"Bank"'),
    media: raw('"media":"bypass"'),
    targetCallId: raw('"targetCallId":"x"'),
    vars: raw('"customApplicationVars":{"a":"b"}'),
    verb: raw('"verb":"DELETE"'),
    auth_token: raw('"auth_token":"x"'),
    data: raw('"data":{"timeout":600}'),
  },
};

/** Kinds whose numbers are to be refused where everything else is allowed, too: nothing but their own rule refuses them there. */
const REFUSED_ANYWHERE = ["trunk zeros", "prefixes of calls abroad", "emergency numbers"];

for (const [kind, attempts] of Object.entries(ATTEMPTS)) {
  for (const [name, sent] of Object.entries(attempts)) {
    test(`${kind}, ${name}: nothing is dialled`, async () => {
      for (const { url } of REFUSED_ANYWHERE.includes(kind) ? [handler, open] : [handler]) {
        const { status, json } = await press(url, { body: sent });
        assert(status >= 400 && status < 500, String(status));
        assert.equal(json.error.outcome, "not_placed");
        assert.match(json.error.code, /^(bad_request|unknown_endpoint|invalid|destination_refused)$/);
      }
      assert.deepEqual(await simulator.calls(), []);
    });
  }
}

test("forged headers of addresses, methods and origins do not change who asks", async () => {
  const limited = await serve(createHandler(config({ limits: { perVisitor: "1/day" } })));
  try {
    assert.equal((await press(limited.url, { body: body(ALLOWED) })).status, 200);
    for (const name of [
      "x-forwarded-for",
      "forwarded",
      "x-real-ip",
      "cf-connecting-ip",
      "cf-connecting-ipv6",
      "true-client-ip",
      "x-client-ip",
      "fly-client-ip",
      "x-vercel-forwarded-for",
      "x-vercel-ip-country",
      "x-forwarded-host",
      "host",
      "x-http-method-override",
    ]) {
      const forged = { [name]: name === "forwarded" ? "for=192.0.2.7" : "192.0.2.7" };
      const { json } = await press(limited.url, { body: body("+14155550199"), headers: forged });
      assert.equal(json.error.code, "limited", name);
    }
    const origin = "https://evil.example";
    const forged = { origin, referer: `${ORIGIN}/`, "x-forwarded-origin": ORIGIN, host: "www.example.com" };
    const { json } = await press(limited.url, { body: body(ALLOWED), headers: forged });
    assert.equal(json.error.code, "origin_refused");
    assert.equal((await simulator.calls()).length, 1);
  } finally {
    limited.close();
  }
});

test("what is no key stands in no answer, whatever it is made of", async () => {
  const place = createHandler(config());
  for (const key of ['an-own-"key"', '","state":"started","callIds":["a"],"x":"', "$&$`$'$&$&", "short"]) {
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": key };
    const request = { method: "POST", headers, body: JSON.stringify({ endpoint: "sales", number: ALLOWED }) };
    const answer = await place(new Request("https://edge.example.com/call", request));
    const { error, ...more } = /** @type {any} */ (await answer.json());
    assert.deepEqual([answer.status, error.code, more], [400, "bad_request", {}]);
  }
});

test("content types that no preflight guards are refused", async () => {
  for (const type of [
    undefined,
    "",
    "text/plain",
    "text/plain;application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json-patch+json",
    "text/plain, application/json",
  ]) {
    const { status } = await press(handler.url, { body: body(ALLOWED), headers: { "content-type": type } });
    assert.equal(status, 415, type);
  }
  for (const type of ["application/json", "Application/JSON; charset=utf-8", "application/json;x=y"]) {
    const { status } = await press(handler.url, { body: body(ALLOWED), headers: { "content-type": type } });
    assert.equal(status, 200, type);
  }
});

/**
 * What a server in Node answers on a connection, up to its end.
 * @param {string} url
 * @param {(socket: import("node:net").Socket) => void} send
 */
async function answerOn(url, send) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  let answer = "";
  socket.setEncoding("utf8");
  socket.on("data", (text) => {
    answer += text;
  });
  send(socket);
  await new Promise((resolve) => socket.on("close", resolve));
  return answer;
}

test("an endless body is not read to its end", async () => {
  const head = [
    "POST /call HTTP/1.1",
    "Host: x",
    `Origin: ${ORIGIN}`,
    "Content-Type: application/json",
    "Idempotency-Key: endless-0123456789",
    "Transfer-Encoding: chunked",
  ];
  const chunk = `1000\r\n${" ".repeat(4096)}\r\n`;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const answer = await answerOn(handler.url, (socket) => {
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    timer = setInterval(() => socket.write(chunk), 5);
  });
  clearInterval(timer);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  // Whoever keeps connections sends no other request on this one.
  assert.match(answer, /\r\nConnection: close\r\n/i);
});

test("a whole request leaves its connection to the next one", async (context) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  const ask = async () => {
    const headers = { origin: ORIGIN, "content-type": "application/json" };
    const asked = request(handler.url, { method: "POST", agent, headers });
    asked.end("{}");
    const [answer] = await once(asked, "response");
    for await (const _ of answer);
    // What is left undone when an answer has ended is done.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { status: answer.statusCode, isReused: asked.reusedSocket };
  };
  assert.deepEqual(await ask(), { status: 400, isReused: false });
  assert.deepEqual(await ask(), { status: 400, isReused: true });
});

for (const [what, path, host] of [
  ["a path that is no address", "//", "x"],
  ["a host that is none", "/call", "a b"],
  ["no host at all", "/call", ""],
]) {
  test(`a request with ${what} is answered like any other`, { timeout: 120_000 }, async () => {
    const asked = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    assert.match(await answerOn(handler.url, (socket) => socket.write(asked)), /^HTTP\/1\.1 405 /);
  });
}

test("a handler of somebody else that throws leaves nobody waiting", {
  timeout: 120_000,
}, async (context) => {
  const failing = await serve(async () => {
    throw new Error("It is broken.");
  });
  context.after(failing.close);
  const asked = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  assert.equal(await answerOn(failing.url, (socket) => socket.write(asked)), "");
});

test("steps of somebody else's handler that fail leave nobody waiting, and end no process", {
  timeout: 20_000,
}, async (context) => {
  const headers = { "content-type": "text/event-stream" };
  const pull = (/** @type {ReadableStreamDefaultController} */ controller) =>
    controller.error(new Error("It is broken."));
  const failing = await serve(async () => new Response(new ReadableStream({ pull }), { headers }));
  context.after(failing.close);
  const asked = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  await answerOn(failing.url, (socket) => socket.write(asked));
  // What is rejected and looked after by nobody is told by now.
  await new Promise((resolve) => setTimeout(resolve, 50));
});

test("the token, ids and the server's own documents are in no answer and no log, over all scenarios", async () => {
  const { scenarios, endpoints } = await simulator.about();
  /** @type {string[]} */
  const lines = [];
  const aliases = Object.fromEntries(
    endpoints.map((/** @type {any} */ { kind, id }, /** @type {number} */ place) => [
      `e${place}`,
      kind === "users" ? { user: id } : { device: id },
    ]),
  );
  const all = await serve(
    createHandler(
      config({
        endpoints: { ...aliases, nobody: { user: "1".repeat(32) } },
        options: { timeout: 4 },
        deadlineMargin: 1,
        visitorOptions: ["blocking"],
        visitor: () => freshKey(),
        log: (entry) => lines.push(JSON.stringify(entry)),
      }),
    ),
  );
  const wrongToken = await serve(
    createHandler(config({ authToken: `${TOKEN}-wrong`, log: (entry) => lines.push(JSON.stringify(entry)) })),
  );
  try {
    /** @type {[string, any][]} */
    const presses = [[wrongToken.url, { endpoint: "sales", number: ALLOWED }]];
    for (const { digits } of scenarios) {
      for (const blocking of [true, false]) {
        presses.push([all.url, { endpoint: "e1", number: `+1415555${digits}`, blocking }]);
      }
    }
    for (const alias of [...Object.keys(aliases), "nobody"]) {
      presses.push([all.url, { endpoint: alias, number: ALLOWED }]);
    }
    const answers = await Promise.all(presses.map(([url, body]) => press(url, { body })));
    const outcomes = new Map();
    for (const { status, headers, text, json } of answers) {
      const code = json.state ?? json.error.code;
      const outcome = json.error?.outcome ?? "placed";
      assert.equal(status, outcome === "placed" ? 200 : outcome === "not_placed" ? 502 : 504, text);
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      const said = `${JSON.stringify(headers)}${text}`;
      assert.doesNotMatch(said, new RegExp(`canary|${USER}|${ACCOUNT}|user_x|simulated`, "i"));
      if (json.error) {
        const names = ["code", "outcome", "message", "issues", "retryAfter", "hangupCause", "unanswered"];
        assert.deepEqual(
          Object.keys(json.error).filter((name) => !names.includes(name)),
          [],
        );
      }
    }
    const codes = [...outcomes.keys()].sort();
    for (const code of [
      "accepted",
      "bad_response",
      "forbidden",
      "network",
      "no_endpoints",
      "not_found",
      "originate_failed",
      "rate_limited",
      "server_error",
      "started",
      "timeout",
      "unauthorized",
      "unconfirmed",
    ]) {
      assert(codes.includes(code), `no scenario gave ${code}: ${codes}`);
    }
    assert(lines.length >= presses.length);
    assert.doesNotMatch(lines.join("\n"), new RegExp(`canary|${USER}|${ACCOUNT}|user_x|4155550`, "i"));
  } finally {
    all.close();
    wrongToken.close();
  }
});

test("a body that never comes is given up, whatever length was announced", async (context) => {
  const place = createHandler(config());
  let letGo = 0;
  const cancel = () => {
    letGo += 1;
  };
  const ask = (/** @type {Record<string, string>} */ more) => {
    const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
    const body = new ReadableStream({ cancel });
    const request = { method: "POST", headers: { ...headers, ...more }, body, duplex: "half" };
    return place(new Request("https://edge.example.com/call", /** @type {RequestInit} */ (request)));
  };
  // Made ready in real time.
  await place(new Request("https://edge.example.com/call"));
  const work = async () => Promise.all([ask({}), ask({ "content-length": "60" })]);
  const { seconds, value } = await hurry(context, work, 20);
  assert.deepEqual([value.map(({ status }) => status), seconds, letGo], [[400, 400], 10, 2]);
});
