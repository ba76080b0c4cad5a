/**
 * What the owner and the runtime give a handler fails, at once or later, or says nothing for ever: no call is placed twice, and
 * each answer is true.
 * @module
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { config, kazoo, request, told } from "./harness/answering_kazoo.js";
import { freshKey, memoryStore } from "./harness/handler.js";
import { slowStore } from "./harness/slow_store.js";
import { hurry } from "./harness/soon.js";

// The module takes real time to load, and most tests have none.
before(async () => {
  assert.equal(
    await told(createHandler(config({ fetch: kazoo().fetch }))(request(freshKey()))),
    "started placed",
  );
});

test("a token of a wrong type, or one that cannot be sent, is told when the handler is made, and nothing is placed", async () => {
  for (const authToken of [7, null, { token: "canary-token" }, ["canary-token"], "canary-token\n"]) {
    /** @type {any[]} */
    const logged = [];
    const { sent, fetch } = kazoo();
    const log = (/** @type {object} */ entry) => logged.push(entry);
    const handler = createHandler(config({ authToken: /** @type {any} */ (authToken), fetch, log }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(logged.length, 1);
    assert.equal(await told(handler(request(freshKey()))), "unavailable not_placed");
    assert.match(logged[0].message, /authToken/);
    assert.doesNotMatch(JSON.stringify(logged), /canary-token/);
    assert.equal(sent.length, 0);
  }
});

test("an environment that throws at a name that nobody set places the call", async () => {
  const { sent, fetch } = kazoo();
  const env = new Proxy(
    { TOKEN: "canary-token" },
    {
      get(names, name) {
        if (!Object.hasOwn(names, name)) throw new Error(`There is no ${String(name)}.`);
        return Reflect.get(names, name);
      },
    },
  );
  const handler = createHandler((/** @type {typeof env} */ { TOKEN }) => config({ authToken: TOKEN, fetch }));
  assert.equal(await told(handler(request(freshKey()), env)), "started placed");
  assert.equal(sent.length, 1);
});

for (const name of ["verify", "visitor"]) {
  test(`a process that stood still in \`${name}\` places no call: its visitor has gone, or has called again`, async (context) => {
    const now = Date.now.bind(Date);
    let stood = 0;
    let seconds = 0;
    context.mock.method(Date, "now", () => now() + stood);
    const { sent, fetch } = kazoo();
    const given = async () => {
      stood += seconds * 1_000;
      return name === "verify" ? true : "192.0.2.9";
    };
    const handler = createHandler(config({ fetch, [name]: given }));
    for (seconds of [51, 3_600]) {
      assert.equal(await told(handler(request(freshKey()))), "unavailable not_placed", `${seconds} s`);
    }
    assert.equal(sent.length, 0);
    // Its visitor still waits.
    seconds = 30;
    assert.equal(await told(handler(request(freshKey()))), "started placed");
  });
}

/** What the owner gave, what is told, and what the log says of it. @type {[string, any, string, RegExp][]} */
const TOLD = [
  [
    "a token function that throws",
    { authToken: () => Promise.reject(new RangeError("canary-token")) },
    "token_failed not_placed",
    /"where":"authToken","name":"RangeError"}/,
  ],
  [
    "a token function that throws what is no error",
    { authToken: () => Promise.reject({ name: "canary-token", message: "canary-token" }) },
    "token_failed not_placed",
    /"where":"authToken","name":"object"}/,
  ],
  [
    "a check that gives the answer of a service in place of a yes",
    { verify: async () => ({ success: true, token: "canary-token" }) },
    "verification_failed not_placed",
    /"where":"verify","message":"`verify` gave neither `true` nor `false`/,
  ],
  [
    "a check that forgets to answer",
    { verify: async () => {} },
    "verification_failed not_placed",
    /"where":"verify","message":"`verify` gave neither/,
  ],
];
for (const [name, more, expected, words] of TOLD) {
  test(`${name}: the log says what is wrong with it, and no secret`, async () => {
    /** @type {string[]} */
    const lines = [];
    const { sent, fetch } = kazoo();
    const log = (/** @type {object} */ entry) => lines.push(JSON.stringify(entry));
    const handler = createHandler(config({ fetch, log, ...more }));
    assert.equal(await told(handler(request(freshKey()))), expected);
    const problems = lines.filter((line) => line.includes('"event":"problem"'));
    assert.equal(problems.length, 1);
    assert.match(problems.join(), words);
    assert.doesNotMatch(lines.join(), /canary/);
    assert.deepEqual(sent, []);
  });
}

test("a token function that never answers is told in the log as such", async (context) => {
  /** @type {any[]} */
  const entries = [];
  const authToken = () => new Promise(() => {});
  const handler = createHandler(config({ authToken, log: (entry) => entries.push(entry) }));
  const { value } = await hurry(context, () => told(handler(request(freshKey()))), 60);
  assert.equal(value, "token_failed not_placed");
  const problems = entries.filter(({ event }) => event === "problem");
  assert.deepEqual(
    problems.map(({ where, name }) => [where, name]),
    [["authToken", "TimeoutError"]],
  );
});

test("a check that says no is no problem", async () => {
  /** @type {any[]} */
  const entries = [];
  const handler = createHandler(config({ verify: () => false, log: (entry) => entries.push(entry) }));
  assert.equal(await told(handler(request(freshKey()))), "verification_failed not_placed");
  assert.deepEqual(
    entries.filter(({ event }) => event === "problem"),
    [],
  );
});

/** Logs that fail. @type {[string, () => unknown][]} */
const LOGS = [
  ["rejects", () => Promise.reject(new Error("full"))],
  ["rejects later", () => new Promise((_, reject) => setTimeout(reject, 1))],
  [
    "gives what throws when it is looked at",
    () =>
      new Proxy(
        {},
        {
          get() {
            throw new Error("full");
          },
        },
      ),
  ],
];
for (const [name, log] of LOGS) {
  test(`a log that ${name} ends no process`, async () => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch, log }));
    assert.equal(await told(handler(request(freshKey()))), "started placed");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(sent.length, 1);
  });
}

/** Contexts that fail. @type {[string, any][]} */
const CONTEXTS = [
  [
    "throws",
    {
      waitUntil() {
        throw new TypeError("Illegal invocation");
      },
    },
  ],
  ["rejects", { waitUntil: () => Promise.reject(new Error("over")) }],
  ["is no function", { waitUntil: 5 }],
];
for (const [name, context] of CONTEXTS) {
  test(`a call goes on where \`waitUntil\` ${name}`, async () => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch }));
    const key = freshKey();
    assert.equal(await told(handler(request(key), {}, context)), "started placed");
    assert.equal(await told(handler(request(key), {}, context)), "started placed");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(sent.length, 1);
  });
}

test("a visitor of whom `visitor` gives no text is unknown, and is called", async () => {
  for (const given of [undefined, null, 5, {}]) {
    /** @type {any[]} */
    const logged = [];
    const { sent, fetch } = kazoo();
    const visitor = /** @type {any} */ (() => given);
    const handler = createHandler(config({ fetch, visitor, log: (entry) => logged.push(entry) }));
    assert.equal(await told(handler(request(freshKey()))), "started placed");
    assert.deepEqual([sent.length, logged.at(-1).visitor], [1, "unknown"]);
  }
});

const never = () => new Promise(() => {});

/** @param {number} place */
const hangsAt = (place) => slowStore((step) => (step === place ? never() : undefined));

test("a call that is there is told where the process stood still meanwhile", async (context) => {
  const now = Date.now.bind(Date);
  let stood = 0;
  context.mock.method(Date, "now", () => now() + stood);
  const { sent, fetch } = kazoo();
  let stands = false;
  const visitor = async () => {
    if (stands) stood += 3_600_000;
    return "somebody";
  };
  const handler = createHandler(config({ fetch, visitor }));
  const key = freshKey();
  assert.equal(await told(handler(request(key))), "started placed");
  stands = true;
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(await told(handler(request(freshKey()))), "unavailable not_placed");
  assert.equal(sent.length, 1);
});

test("a call that is there is told where `visitor` fails meanwhile, also one that is under way", async () => {
  const { sent, fetch: answer } = kazoo();
  const fetch = async (/** @type {any} */ url) => {
    const given = await answer(url);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return given;
  };
  let fails = false;
  const visitor = () => {
    if (fails) throw new Error("The session is away.");
    return "somebody";
  };
  const handler = createHandler(config({ fetch, visitor }));
  const key = freshKey();
  const first = told(handler(request(key)));
  while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
  fails = true;
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(await first, "started placed");
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(await told(handler(request(freshKey()))), "unavailable not_placed");
  assert.equal(sent.length, 1);
});

const hostile = {
  get [Symbol.for("quickcall.error")]() {
    throw new Error("canary-token");
  },
};
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
for (const [name, thrown] of /** @type {[string, unknown][]} */ ([
  ["has a getter that throws", hostile],
  ["cannot be looked at", revoked],
])) {
  test(`what ${name} may be thrown by whatever the owner gave`, async (context) => {
    const { sent, fetch } = kazoo();
    context.mock.method(console, "log", () => {});
    const throws = () => {
      throw thrown;
    };
    /** @type {any[]} */
    const logged = [];
    const log = (/** @type {object} */ entry) => logged.push(entry);
    const cases = /** @type {[any, string, string][]} */ ([
      [{ visitor: throws }, "unavailable not_placed", "visitor"],
      [{ guard: { update: throws } }, "unavailable not_placed", "guard"],
      [{ guard: { update: async () => throws() } }, "unavailable not_placed", "guard"],
      [{ verify: throws }, "verification_failed not_placed", "verify"],
      [{ verify: async () => throws() }, "verification_failed not_placed", "verify"],
    ]);
    for (const [more, expected, where] of cases) {
      logged.length = 0;
      const handler = createHandler(config({ fetch, log, ...more }));
      assert.equal(await told(handler(request(freshKey()))), expected);
      assert.deepEqual(
        logged.filter(({ event }) => event === "problem").map(({ where }) => where),
        [where],
      );
    }
    // A page that follows its call.
    logged.length = 0;
    const following = createHandler(config({ fetch, log, guard: { update: throws } }));
    const asked = request(freshKey());
    asked.headers.set("accept", "text/event-stream");
    assert.match(await told(following(asked)), /^not_followed unknown$/);
    assert.deepEqual(logged.map(({ where }) => where).filter(Boolean), ["guard"]);
    const unmade = createHandler(/** @type {any} */ (throws));
    assert.equal(await told(unmade(request(freshKey()))), "unavailable not_placed");
    assert.deepEqual(sent, []);
    assert.doesNotMatch(JSON.stringify(logged), /canary/);
  });
}

test("bytes that are no text are no JSON, and counted as they are", async () => {
  const { sent, fetch } = kazoo();
  const handler = createHandler(config({ fetch }));
  const body = (/** @type {number} */ length, /** @type {number} */ byte) => {
    const [head, tail] = ['{"endpoint":"sales","number":"+14155550100","verification":"', '"}'];
    const bytes = new Uint8Array(length).fill(byte);
    bytes.set(new TextEncoder().encode(head));
    bytes.set(new TextEncoder().encode(tail), length - tail.length);
    return /** @type {any} */ (bytes);
  };
  const ask = (/** @type {any} */ body) => told(handler(request(freshKey(), body)));
  assert.equal(await ask(body(100, 0xff)), "bad_request not_placed");
  assert.equal(await ask(body(4_096, 0xff)), "bad_request not_placed");
  assert.equal(await ask(body(4_097, 0xff)), "too_large not_placed");
  assert.equal(await ask(body(4_097, 0x61)), "too_large not_placed");
  assert.equal(await ask(body(4_096, 0x61)), "started placed");
  assert.equal(sent.length, 1);
});

/** What says nothing for ever: how long the answer takes, what it is, what is dialled. @type {[string, any, number, string, number][]} */
const SILENT = [
  ["`verify`", { verify: never }, 10, "verification_failed not_placed", 0],
  ["`visitor`", { visitor: never }, 10, "unavailable not_placed", 0],
  ["the guard, of a key", { guard: hangsAt(1), verify: () => true }, 10, "unavailable not_placed", 0],
  ["the guard, when the call is reserved", { guard: hangsAt(1) }, 10, "unavailable not_placed", 0],
  ["the guard, when an answer is kept", { guard: hangsAt(2) }, 10, "started placed", 1],
  [
    "the guard, whenever an answer is kept",
    { guard: slowStore((step) => (step > 1 ? never() : undefined)) },
    10,
    "started placed",
    1,
  ],
];
for (const [name, more, most, expected, dialled] of SILENT) {
  test(`${name}: what says nothing for ever is not waited for`, async (context) => {
    const { sent, fetch } = kazoo();
    const handler = createHandler(config({ fetch, ...more }));
    const { seconds, value } = await hurry(context, () => told(handler(request(freshKey()))), 60);
    assert.equal(value, expected);
    assert(seconds <= most && seconds >= most - 2, `${seconds} s`);
    assert.equal(sent.length, dialled);
  });
}

test("a configuration that never comes is asked for again", async (context) => {
  const { sent, fetch } = kazoo();
  let asked = 0;
  context.mock.method(console, "log", () => {});
  const handler = createHandler(() => {
    asked += 1;
    return asked === 1 ? /** @type {any} */ (never()) : config({ fetch });
  });
  const { seconds, value } = await hurry(context, () => told(handler(request(freshKey()))), 60);
  assert.deepEqual([seconds, value], [10, "unavailable not_placed"]);
  const key = freshKey();
  assert.equal(await told(handler(request(key))), "started placed");
  assert.equal(await told(handler(request(key))), "started placed");
  assert.deepEqual([asked, sent.length], [2, 1]);
});

test("a repeat of a call that is under way is answered where the guard says nothing any more", async (context) => {
  const { fetch } = kazoo();
  const guard = slowStore((step) => (step > 2 ? never() : undefined));
  const handler = createHandler(config({ fetch, guard, authToken: /** @type {any} */ (never) }));
  const key = freshKey();
  const first = handler(request(key));
  first.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { value } = await hurry(context, () => told(handler(request(key))), 120);
  assert.equal(value, "in_progress unknown");
});

test("a repeat that is refused otherwise waits 40 seconds for the call that is under way, and is told so", async (context) => {
  const guard = memoryStore();
  let sent = 0;
  const fetch = () => {
    sent += 1;
    return /** @type {any} */ (never());
  };
  const first = createHandler(config({ guard, fetch, options: { timeout: 120 } }));
  // Its owner has taken the endpoint away since: how long the call may take is not known there.
  const since = createHandler(config({ guard, fetch, endpoints: { support: { user: "b".repeat(32) } } }));
  const key = freshKey();
  const work = async () => {
    first(request(key)).catch(() => {});
    while (sent === 0) await new Promise((resolve) => setImmediate(resolve));
    return told(since(request(key)));
  };
  const { seconds, value } = await hurry(context, work, 200, { apis: ["setTimeout", "Date"] });
  assert.deepEqual([seconds, value, sent], [40, "in_progress unknown", 1]);
  assert.equal(await told(since(request(freshKey()))), "unknown_endpoint not_placed");
});

test("a repeat is told soon what came of the call that was under way, however long that was", async (context) => {
  const { sent, fetch } = kazoo();
  const slow = async (/** @type {any} */ url) => {
    const answer = fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    return answer;
  };
  const handler = createHandler(config({ fetch: slow }));
  const key = freshKey();
  const work = async () => {
    handler(request(key)).catch(() => {});
    while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return told(handler(request(key)));
  };
  const { seconds, value } = await hurry(context, work, 60, { apis: ["setTimeout", "Date"], measured: true });
  assert.deepEqual([value, sent.length], ["started placed", 1]);
  assert(seconds >= 20 && seconds <= 22, `${seconds} s`);
});

test("a repeat waits for the call that is under way as long as that may take", async (context) => {
  let sent = 0;
  const fetch = () => {
    sent += 1;
    return /** @type {any} */ (never());
  };
  const handler = createHandler(config({ fetch, options: { timeout: 120 } }));
  const key = freshKey();
  const work = async () => {
    handler(request(key)).catch(() => {});
    while (sent === 0) await new Promise((resolve) => setImmediate(resolve));
    return told(handler(request(key)));
  };
  const how = { apis: /** @type {("setTimeout" | "Date")[]} */ (["setTimeout", "Date"]), measured: true };
  const { seconds } = await hurry(context, work, 200, how);
  assert.deepEqual([seconds, sent], [130, 1]);
});

test("a byte order mark makes a body no smaller", async () => {
  const { sent, fetch } = kazoo();
  const handler = createHandler(config({ fetch }));
  const body = JSON.stringify({ endpoint: "sales", number: "+14155550100" });
  for (const [marked, expected] of [
    [`\ufeff${body}${" ".repeat(8_192)}`, "too_large not_placed"],
    [`\ufeff${body}${" ".repeat(4_094 - body.length)}`, "too_large not_placed"],
    [`\ufeff${body}${" ".repeat(4_093 - body.length)}`, "bad_request not_placed"],
  ]) {
    assert.equal(await told(handler(request(freshKey(), marked))), expected);
  }
  assert.equal(sent.length, 0);
});

test("where an answer must be given in time, the time runs from the request", async (context) => {
  const edge = /** @type {any} */ (globalThis);
  edge.EdgeRuntime = "edge-runtime";
  try {
    const fetch = /** @type {any} */ (never);
    const verify = () =>
      new Promise((/** @type {(passed: boolean) => void} */ resolve) => setTimeout(resolve, 9_000, true));
    context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.now() });
    const handler = createHandler(config({ fetch, verify, options: { timeout: 20 } }));
    /** @type {string | undefined} */
    let value;
    const done = told(handler(request(freshKey()))).then((answer) => {
      value = answer;
    });
    let seconds = 0;
    for (; value === undefined && seconds < 60; seconds++) {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (value === undefined) context.mock.timers.tick(1_000);
    }
    await done;
    assert.deepEqual([value, seconds - 1], ["in_progress unknown", 24]);
  } finally {
    delete edge.EdgeRuntime;
  }
});

test("where an answer must be given in time, no call is begun after it", async (context) => {
  const edge = /** @type {any} */ (globalThis);
  edge.EdgeRuntime = "edge-runtime";
  try {
    // What passes until the visitor is known, and until there is a token; whether anything is written to the guard.
    for (const [
      passed,
      later,
      expected,
      dialled,
      isReserved,
    ] of /** @type {[number, number, string, number, boolean][]} */ ([
      [23_999, 0, "started placed", 1, true],
      [24_000, 0, "unavailable not_placed", 0, false],
      [12_000, 11_999, "started placed", 1, true],
      [12_000, 12_000, "unavailable not_placed", 0, true],
    ])) {
      const { sent, fetch } = kazoo();
      context.mock.timers.enable({ apis: ["Date"], now: Date.now() });
      const visitor = () => {
        context.mock.timers.tick(passed);
        return "192.0.2.1";
      };
      const authToken = () => {
        context.mock.timers.tick(later);
        return "a-token";
      };
      let steps = 0;
      const guard = slowStore((step) => {
        steps = step;
      });
      const options = { timeout: 20 };
      const handler = createHandler(config({ fetch, visitor, authToken, guard, options }));
      assert.equal(await told(handler(request(freshKey()))), expected);
      assert.deepEqual([sent.length, steps > 0], [dialled, isReserved]);
      context.mock.timers.reset();
    }
  } finally {
    delete edge.EdgeRuntime;
  }
});
