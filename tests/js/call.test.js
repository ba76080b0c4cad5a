/**
 * A call on a real socket: what is sent, how often, and what each answer means.
 */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { QuickcallError } from "#quickcall";
import {
  ACCOUNT,
  answerWith,
  client,
  DEVICE,
  fails,
  fresh,
  received,
  reply,
  started,
  TOKEN,
} from "./harness/answering_server.js";
import { CALL_ID } from "./harness/confirmed.js";

test("a blocking call is one POST with the token in its header only", async () => {
  const result = await client().call({
    device: DEVICE,
    number: "(415) 555-0100",
    cidName: "Sales",
    timeout: 20,
  });
  assert.deepEqual(result, {
    state: "started",
    callIds: [CALL_ID],
    requestId: "r1",
    status: 200,
    warnings: [],
    originate: {
      route: "4155550100",
      media: "process",
      timeout: 30,
      ignoreEarlyMedia: true,
      autoAnswer: true,
      customApplicationVars: { crm: "42" },
      callerIdNumber: "4155550100",
    },
  });
  assert.equal(received.length, 1);
  const [request] = received;
  assert.equal(request?.method, "POST");
  assert.equal(request?.url, `/v2/accounts/${ACCOUNT}/devices/${DEVICE}/quickcall/4155550100`);
  assert.equal(request?.headers["x-auth-token"], TOKEN);
  assert.equal(request?.headers["content-type"], "application/json");
  assert.deepEqual(JSON.parse(request?.body ?? ""), { data: { "cid-name": "Sales", timeout: 20 } });
});

test("a non-blocking call is one GET", async () => {
  const result = await client().call({ ...fresh(), blocking: false });
  assert.equal(result.state, "accepted");
  assert.equal(received.length, 1);
  assert.equal(received[0]?.method, "GET");
  assert.equal(received[0]?.headers["content-type"], undefined);
});

for (const [status, code, outcome] of /** @type {[number, string, string][]} */ ([
  [400, "rejected", "not_placed"],
  [401, "unauthorized", "not_placed"],
  [403, "forbidden", "not_placed"],
  [404, "not_found", "not_placed"],
  [405, "rejected", "not_placed"],
  [408, "server_error", "unknown"],
  [413, "rejected", "not_placed"],
  [429, "rate_limited", "not_placed"],
  [500, "server_error", "unknown"],
  [503, "server_error", "unknown"],
  [304, "bad_response", "unknown"],
])) {
  test(`a status of ${status} is ${code}, sent once`, async () => {
    reply(status, status === 304 ? "" : "<html>", { "retry-after": "7" });
    const error = await fails(client().call(fresh()), code, outcome);
    assert.equal(error.status, status);
    assert.equal(error.retryAfter, 7);
    assert.equal(received.length, 1);
  });
}

for (const [name, body] of /** @type {[string, string][]} */ ([
  ["no JSON", "failure in request, contact support"],
  ["an array", "[]"],
  ["larger than a mebibyte", `{"data":"${"x".repeat(1 << 20)}"}`],
  ["nested too deep", `${'{"a":'.repeat(100)}1${"}".repeat(100)}`],
])) {
  test(`a success whose body is ${name} is bad_response`, async () => {
    reply(200, body);
    await fails(client().call(fresh()), "bad_response", "unknown");
    assert.equal(received.length, 1);
  });
}

/** What a header says, and after how many seconds to try again. @type {[string, number | undefined][]} */
const WAITS = [
  ["7", 7],
  ["7 ", 7],
  ["\t7\t", 7],
  ["0", 0],
  ["10, 10", undefined],
  ["1.5", undefined],
  ["-5", undefined],
  ["+5", undefined],
  ["soon", undefined],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 0],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 0],
];
for (const [header, seconds] of WAITS) {
  test(`retry-after ${JSON.stringify(header)}: ${seconds}`, async () => {
    // As some runtimes leave it, with the white space around it.
    const fetch = async () => ({
      status: 429,
      headers: { get: (/** @type {string} */ name) => (name === "retry-after" ? header : null) },
      text: async () => "",
    });
    const { retryAfter } = await fails(
      client({ fetch: /** @type {any} */ (fetch) }).call(fresh()),
      "rate_limited",
      "not_placed",
    );
    assert.equal(retryAfter, seconds);
  });
}

test("what is said of a failed request is told by what the runtime says, not by the name of a server", async () => {
  /** @type {[Error, string][]} */
  const told = [
    [new TypeError("fetch failed", { cause: new Error("unexpected redirect") }), "bad_response"],
    [
      new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND redirect.example.com") }),
      "network",
    ],
    [Object.assign(new Error("UnexpectedRedirect fetching"), { code: "UnexpectedRedirect" }), "bad_response"],
    [
      new Error("uri requested responds with a redirect, redirect mode is set to error: http://x"),
      "bad_response",
    ],
    [
      new TypeError("fetch failed", {
        cause: Object.assign(new Error("Headers Timeout Error"), { code: "UND_ERR_HEADERS_TIMEOUT" }),
      }),
      "timeout",
    ],
  ];
  for (const [error, code] of told) {
    const fetch = () => Promise.reject(error);
    await fails(client({ fetch }).call(fresh()), code, "unknown");
  }
});

test("a redirect is not followed", async () => {
  reply(307, "", { location: "/elsewhere" });
  await fails(client().call(fresh()), "bad_response", "unknown");
  assert.equal(received.length, 1);
});

test("an answer behind a redirect that a fetch followed is no answer to the call", async () => {
  for (const status of [200, 404]) {
    const response = Object.defineProperty(new Response(JSON.stringify(started), { status }), "redirected", {
      value: true,
    });
    await fails(client({ fetch: async () => response }).call(fresh()), "bad_response", "unknown");
  }
});

test("a cut-off body is bad_response", async () => {
  answerWith((_, response) => {
    response.writeHead(200, { "content-length": "5000" });
    response.write('{"status":"succ', () => response.destroy());
  });
  await fails(client().call(fresh()), "bad_response", "unknown");
});

test("a connection that dies before the answer is unknown, and nothing is sent again", async () => {
  answerWith((request) => request.socket.destroy());
  await fails(client().call(fresh()), "network", "unknown");
  assert.equal(received.length, 1);
});

test("an answer that never comes ends at the deadline", async () => {
  answerWith(() => {});
  const call = { ...fresh(), blocking: false };
  await fails(client({ deadlineMargin: 0.2 }).call(call), "timeout", "unknown");
  assert.equal(received.length, 1);
});

test("a body that never ends ends at the deadline", async () => {
  answerWith((_, response) => {
    response.writeHead(200);
    response.write("{");
  });
  await fails(client({ deadlineMargin: 0.2 }).call({ ...fresh(), blocking: false }), "timeout", "unknown");
});

test("what was refused stays refused where nobody waits any more for its body", async () => {
  answerWith((_, response) => {
    response.writeHead(404, { "content-length": 50, "x-request-id": "r404" });
    response.write("{");
  });
  const late = client({ deadlineMargin: 1 }).call({ ...fresh(), blocking: false });
  const { status, requestId } = await fails(late, "not_found", "not_placed");
  assert.deepEqual([status, requestId], [404, "r404"]);
  const controller = new AbortController();
  const call = fresh();
  const ended = client().call(call, { signal: controller.signal });
  setTimeout(() => controller.abort(), 1_000);
  await fails(ended, "not_found", "not_placed");
  // It is none that may still ring.
  reply(200, started);
  assert.equal((await client().call(call)).state, "started");
});

test("a body that is longer than it was announced is read no further than the limit", async () => {
  let given = 0;
  const body = new ReadableStream({
    async pull(stream) {
      given += 1;
      await new Promise((resolve) => setTimeout(resolve));
      stream.enqueue(new Uint8Array(1 << 17).fill(0x20));
    },
  });
  const fetch = async () => new Response(body, { headers: { "content-length": "10" } });
  await fails(client({ fetch, deadlineMargin: 1 }).call(fresh()), "bad_response", "unknown");
  assert.ok(given < 16, String(given));
});

test("a body of empty chunks without end lets the call settle", async () => {
  let given = 0;
  const body = {
    getReader: () => ({
      read: async () => ({ done: ++given > 10_000_000, value: new Uint8Array(0) }),
      cancel: async () => {},
    }),
  };
  const fetch = /** @type {any} */ (async () => ({ status: 200, headers: new Headers(), body }));
  await fails(client({ fetch }).call(fresh()), "bad_response", "unknown");
  assert.ok(given < 20_000, String(given));
});

test("a wait that is very long is told as what a number of 32 bits holds", async () => {
  for (const wait of ["Fri, 31 Dec 9999 23:59:59 GMT", "99999999999", "9".repeat(400)]) {
    reply(429, "", { "retry-after": wait });
    const { retryAfter } = await fails(client().call(fresh()), "rate_limited", "not_placed");
    assert.equal(retryAfter, 999_999_999);
  }
});

test("a 401 renews the token once, for a token function only", async () => {
  /** @type {string[]} */
  const reasons = [];
  answerWith((request, response) => {
    const right = request.headers["x-auth-token"] === "new";
    response.writeHead(right ? 200 : 401);
    response.end(JSON.stringify(started));
  });
  const authToken = (/** @type {string} */ reason) => {
    reasons.push(reason);
    return reason === "unauthorized" ? "new" : "old";
  };
  assert.equal((await client({ authToken }).call(fresh())).state, "started");
  assert.deepEqual(reasons, ["call", "unauthorized"]);
  assert.equal(received.length, 2);
  await fails(client({ authToken: () => "old" }).call(fresh()), "unauthorized", "not_placed");
  assert.equal(received.length, 4);
});

test("a token that cannot be had is token_failed, and nothing is sent", async () => {
  const bad = [
    () => {
      throw new Error(TOKEN);
    },
    () => Promise.reject(TOKEN),
    () => "",
    () => "two\r\nlines: 1",
    () => /** @type {any} */ (undefined),
  ];
  for (const authToken of bad) await fails(client({ authToken }).call(fresh()), "token_failed", "not_placed");
  assert.equal(received.length, 0);
});

test("a call that a sleep of the machine kept back is not sent behind it: nobody expects it any more", async (context) => {
  const now = Date.now.bind(Date);
  let slept = 0;
  context.mock.method(Date, "now", () => now() + slept);
  const authToken = async () => {
    await undefined;
    slept += 3_600_000;
    return TOKEN;
  };
  await fails(client({ authToken }).call(fresh()), "token_failed", "not_placed");
  assert.equal(received.length, 0);
  // It slept before the refusal came: a new token would place the call an hour later.
  const fetch = async () => {
    slept += 3_600_000;
    return new Response("{}", { status: 401 });
  };
  /** @type {string[]} */
  const reasons = [];
  const renewed = (/** @type {string} */ reason) => {
    reasons.push(reason);
    return TOKEN;
  };
  await fails(client({ authToken: renewed, fetch }).call(fresh()), "unauthorized", "not_placed");
  assert.deepEqual(reasons, ["call"]);
});

test("a token that somebody types may take its time where the question keeps the page busy", async (context) => {
  const now = Date.now.bind(Date);
  let typed = 0;
  context.mock.method(Date, "now", () => now() + typed);
  // As `prompt()` does.
  const authToken = () => {
    typed += 120_000;
    return TOKEN;
  };
  assert.equal((await client({ authToken }).call(fresh())).state, "started");
});

test("the same call is refused while it is under way, whatever the instance", async () => {
  const call = fresh();
  const results = await Promise.allSettled([client().call(call), client().call(call, { again: true })]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.equal(received.length, 1);
  await client().call(call);
  assert.equal(received.length, 2);
});

test("the same call is refused in its cool-down, and after an unknown outcome, unless again", async () => {
  const call = fresh();
  await client({ cooldown: 60 }).call(call);
  const error = await fails(client().call(call), "duplicate", "not_placed");
  assert(error.retryAfter && error.retryAfter <= 60);
  await client().call(call, { again: true });
  reply(500, "");
  await fails(client().call(call), "server_error", "unknown");
  await fails(client().call(call), "duplicate", "not_placed");
  assert.equal(received.length, 3);
});

const nonsense = /** @type {[string, any][]} */ ([
  [
    "throws at once",
    () => {
      throw new Error("no");
    },
  ],
  ["returns nothing", () => undefined],
  ["returns a number", () => 7],
  ["rejects with a string", () => Promise.reject("no")],
  ["rejects with nothing", () => Promise.reject()],
  ["answers a plain object", () => ({ ok: true, status: 200, json: async () => ({}) })],
  ["answers a status that is none", () => ({ status: "200", text: async () => "{}" })],
  ["never answers", () => new Promise(() => {})],
]);
for (const [name, fetch] of nonsense) {
  test(`a fetch that ${name}: the call settles, and its outcome is unknown`, async () => {
    const call = { ...fresh(), blocking: false };
    const error = await client({ fetch, deadlineMargin: 0.2 })
      .call(call)
      .catch((/** @type {unknown} */ e) => e);
    assert(error instanceof QuickcallError);
    assert.equal(error.outcome, "unknown");
  });
}

for (const [status, code, outcome = "not_placed"] of /** @type {[number, string, string?][]} */ ([
  [400, "rejected"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [429, "rate_limited"],
  [408, "server_error", "unknown"],
  [503, "server_error", "unknown"],
])) {
  test(`a ${status} is what it says, though its body never ends`, async () => {
    answerWith((_, response) => {
      response.writeHead(status);
      response.write("{");
    });
    const began = performance.now();
    assert.equal((await fails(client().call(fresh()), code, outcome)).status, status);
    assert.ok(performance.now() - began < 30_000);
  });
}

test("a 500 says in its body what it means, so that is awaited for longer", async () => {
  const body = { status: "error", error: "500", message: "quickcall initiation failed" };
  const text = JSON.stringify({ ...body, data: { error_message: "USER_BUSY" } });
  answerWith((_, response) => {
    response.writeHead(500);
    response.write(text.slice(0, 10));
    setTimeout(() => response.end(text.slice(10)), 2_600);
  });
  const { hangupCause } = await fails(client().call(fresh()), "originate_failed", "not_placed");
  assert.equal(hangupCause, "USER_BUSY");
});

for (const [status, code, outcome] of /** @type {[number, string, string][]} */ ([
  [403, "forbidden", "not_placed"],
  [502, "aborted", "unknown"],
])) {
  test(`who ends the waiting for the body of a ${status} is told ${code}`, async () => {
    answerWith((_, response) => {
      response.writeHead(status);
      response.write("{");
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    await fails(client().call(fresh(), { signal: controller.signal }), code, outcome);
  });
}

test("a 401 whose body never ends has a second token asked for", async () => {
  answerWith((request, response) => {
    if (request.headers["x-auth-token"] === TOKEN) {
      response.end(JSON.stringify(started));
    } else {
      response.writeHead(401);
      response.write("{");
    }
  });
  const authToken = async (/** @type {string} */ reason) => (reason === "call" ? "an-old-token" : TOKEN);
  assert.equal((await client({ authToken }).call(fresh())).state, "started");
});

for (const [slow, from] of /** @type {const} */ ([
  ["call", "when the call was sent, not from when it was asked for"],
  ["unauthorized", "when it was sent last, not from when its first token was refused"],
])) {
  test(`the same call waits for the ring time from ${from}`, async () => {
    const now = performance.now.bind(performance);
    let passed = 0;
    mock.method(performance, "now", () => now() + passed);
    try {
      const authToken = (/** @type {string} */ reason) => {
        if (reason === slow) passed += 9_000;
        return reason === slow ? TOKEN : "an-old-token";
      };
      const call = { ...fresh(), timeout: 30 };
      answerWith((request, response) =>
        request.headers["x-auth-token"] === TOKEN
          ? request.socket.destroy()
          : response.writeHead(401).end("{}"),
      );
      await fails(client({ authToken }).call(call), "network", "unknown");
      const { length } = received;
      passed += 29_500;
      const { retryAfter } = await fails(client({ authToken }).call(call), "duplicate", "not_placed");
      assert.equal(retryAfter, 1);
      assert.equal(received.length, length);
      passed += 1_000;
      await fails(client({ authToken }).call(call), "network", "unknown");
      assert.equal(received.length, 2 * length);
    } finally {
      mock.reset();
    }
  });
}

test("chunks that are no bytes are no answer, whatever they say of their length", async () => {
  const shorter = Object.defineProperty(new Uint8Array(4), "byteLength", { value: -1 });
  const values = [
    { byteLength: -1 },
    { byteLength: Number.NaN },
    "text",
    new ArrayBuffer(4),
    undefined,
    shorter,
  ];
  for (const value of values) {
    const body = {
      getReader: () => ({ read: async () => ({ done: false, value }), cancel: async () => {} }),
    };
    const fetch = /** @type {any} */ (async () => ({ status: 200, headers: new Headers(), body }));
    await fails(client({ fetch, deadlineMargin: 5 }).call(fresh()), "bad_response", "unknown");
  }
});
