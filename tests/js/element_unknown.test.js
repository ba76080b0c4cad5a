/**
 * A button after an unknown outcome, in Chromium: only what is said of that very call ends the doubt.
 */

import assert from "node:assert/strict";
import { it } from "node:test";
import {
  button,
  dialled,
  inner,
  open,
  openDirect,
  page,
  press,
  pressAgain,
  reached,
  said,
  told,
} from "./harness/button_page.js";

const state = () => page.getAttribute("quickcall-button", "data-state");

/** Presses until the button is asked to call after its question. */
async function pressAndConfirm() {
  await press();
  await reached("confirming");
  await said();
  await pressAgain();
}

/** @param {Record<string, unknown> | undefined} options */
const setOptions = (options) =>
  page.evaluate((options) => {
    /** @type {any} */ (document.querySelector("quickcall-button")).options = options;
  }, options);

/**
 * Answers in the place of handlers, one answer after the other.
 * @param {{ status: number, code: string, outcome: string }[]} answers
 * @returns {Promise<(string | undefined)[][]>} Where each request went, with which key.
 */
async function answer(answers) {
  /** @type {(string | undefined)[][]} */
  const requests = [];
  await page.route("**/call", (route) => {
    const request = route.request();
    const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    if (request.method() !== "POST") return route.fulfill({ headers });
    const { status, ...error } = answers[requests.length] ?? { status: 500 };
    requests.push([new URL(request.url()).pathname, request.headers()["idempotency-key"]]);
    return route.fulfill({ status, headers, json: { error: { ...error, message: "No." } } });
  });
  return requests;
}
const UNKNOWN = { status: 504, code: "unknown", outcome: "unknown" };
const ERROR = { ...UNKNOWN, message: "Nobody knows." };

/**
 * Answers in the place of whatever stands before a handler.
 * @param {{ status: number, body: string, wait?: number }[]} answers The last one again and again. `wait`: what \`Retry-After\` says.
 * @returns {Promise<(string | undefined)[]>} The key of each request.
 */
async function answerAsProxy(answers) {
  /** @type {(string | undefined)[]} */
  const keys = [];
  await page.route("**/call", (route) => {
    const request = route.request();
    const open = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    if (request.method() !== "POST") return route.fulfill({ headers: open });
    const { status, body, wait } = answers[Math.min(keys.length, answers.length - 1)] ?? {
      status: 500,
      body: "",
    };
    keys.push(request.headers()["idempotency-key"]);
    const headers = { ...open, "access-control-expose-headers": "retry-after" };
    return route.fulfill({
      status,
      headers: wait === undefined ? headers : { ...headers, "retry-after": String(wait) },
      body,
    });
  });
  return keys;
}
const FORBIDDEN = { status: 403, body: "<html>" };
const AWAY = { status: 503, body: '{"error":{"code":"unavailable","outcome":"not_placed","message":"No."}}' };
const PLACED = {
  status: 200,
  body: JSON.stringify({ state: "started", callIds: [`${"a".repeat(36)}-quickcall`] }),
};

for (const [
  name,
  answers,
  state,
  code,
] of /** @type {[string, { status: number, body: string }[], string, string][]} */ ([
  ["refuses what is not its own", [FORBIDDEN], "unknown", "forbidden"],
  ["limits requests", [{ status: 429, body: "Slow down." }], "unknown", "rate_limited"],
  ["names a call where it refuses", [{ status: 404, body: PLACED.body }], "unknown", "not_found"],
  ["cannot look up a key", [AWAY], "unknown", "unavailable"],
  ["refuses once", [FORBIDDEN, PLACED], "started", ""],
])) {
  // A browser sends a request again by itself, and shows only what it is told of the repeat.
  it(`who ${name} does not say what became of a request that a page does not see`, async () => {
    await open(button());
    const keys = await answerAsProxy(answers);
    await press();
    await reached(state);
    assert.equal(keys.length, 2);
    assert.equal(new Set(keys).size, 1);
    const last = await page.evaluate(() => /** @type {any} */ (globalThis).told.at(-1));
    if (code !== "") assert.deepEqual(last, ["error", code]);
  });
}

for (const [who, answer] of /** @type {[string, { status: number, body: string }][]} */ ([
  ["a proxy", { status: 429, body: "Slow down." }],
  ["a handler without its memory", AWAY],
])) {
  it(`a call that ${who} keeps waiting for long does not ring later`, async () => {
    await open(button());
    const keys = await answerAsProxy([{ ...answer, wait: 5 }, PLACED]);
    await press();
    await reached("unknown");
    assert.equal(keys.length, 1);
  });
}

it("what cannot be read is doubted once, whatever was said before", async () => {
  const CUT = {
    status: 400,
    body: '{"error":{"code":"bad_request","outcome":"not_placed","message":"No."}}',
  };
  await open(button());
  const keys = await answerAsProxy([FORBIDDEN, CUT, PLACED]);
  await press();
  await reached("started");
  assert.equal(keys.length, 3);
});

it("what stands before a handler ends no key", async () => {
  await open(button());
  const keys = await answerAsProxy([{ status: 422, body: "<html>" }]);
  await press();
  await reached("unknown");
  for (const requests of [4, 6]) {
    await pressAndConfirm();
    while (keys.length < requests) await page.waitForTimeout(20);
    await reached("unknown");
  }
  assert.equal(new Set(keys).size, 1);
});

it("an answer is awaited for ten seconds over the ring time, and 40 where there is none that a call can have", async () => {
  for (const [timeout, seconds] of /** @type {[unknown, number][]} */ ([
    ["20", 30],
    [3, 40],
    [601, 40],
  ])) {
    await open(button());
    await setOptions({ timeout });
    await page.route("**/call", () => {});
    await page.evaluate(() => {
      const scope = /** @type {any} */ (globalThis);
      scope.waits = [];
      const inTruth = window.setTimeout;
      scope.setTimeout = (/** @type {() => void} */ work, /** @type {number} */ wait) => {
        scope.waits.push(wait);
        return inTruth(work, wait);
      };
    });
    await press();
    await reached("calling");
    await page.waitForFunction(
      (seconds) =>
        /** @type {any} */ (globalThis).waits.some(
          (/** @type {number} */ wait) => wait > 1000 * (seconds - 1) && wait <= 1000 * seconds,
        ),
      seconds,
    );
    assert.ok(await page.evaluate(() => Math.max(.../** @type {any} */ (globalThis).waits) <= 60_000));
    await page.context().close();
  }
  await open("");
});

it("a button that is reset while a call is under way shows no rest before it is known what became of it", async () => {
  await open(button());
  await page.route("**/call", () => {});
  await Promise.all([page.waitForRequest("**/call"), press()]);
  await page.evaluate(() => /** @type {any} */ (document.querySelector("quickcall-button")).reset());
  await reached("unknown");
  assert.deepEqual(await told(), [
    ["before", "+14155550100"],
    ["state", "calling"],
    ["state", "unknown"],
    ["error", "aborted"],
  ]);
});

it("a repeat that was never sent forgets nothing", async () => {
  await openDirect('number="4155550109"');
  await press();
  while ((await dialled()).length === 0) await page.waitForTimeout(20);
  await page.keyboard.press("Escape");
  await reached("unknown");
  await page.evaluate(() => {
    const scope = /** @type {any} */ (globalThis);
    /** @type {any} */ (document.querySelector("quickcall-button")).authToken = () => {
      scope.isAsked = true;
      return new Promise(() => {});
    };
  });
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).isAsked);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[0] === "error");
  assert.equal(await state(), "unknown");
  assert.match((await said()) ?? "", /Your phone may ring all the same/);
  await press();
  await page.waitForTimeout(200);
  assert.equal(await state(), "confirming");
  assert.deepEqual(await dialled(), ["4155550109"]);
});

it("a repeat asks about the call that was sent, whatever the options are since", async () => {
  /** @type {(string | null)[][]} */
  const sent = [];
  await open(button('number="+14155550107"'));
  page.on("request", (request) => {
    if (request.method() !== "POST") return;
    sent.push([request.headers()["idempotency-key"] ?? "", request.postData()]);
  });
  await press();
  await reached("unknown");
  await setOptions({ timeout: 3 });
  await pressAndConfirm();
  while (sent.length < 2) await page.waitForTimeout(20);
  await reached("unknown");
  assert.deepEqual(sent[1], sent[0]);
  assert.match((await said()) ?? "", /could not confirm/);
  assert.deepEqual(await dialled(), ["+14155550107"]);
});

it("a repeat has a verification of its own, because one is good for one request only", async () => {
  /** @type {any[]} */
  const bodies = [];
  await open(button());
  await answer([UNKNOWN, UNKNOWN]);
  page.on("request", (request) => request.method() === "POST" && bodies.push(request.postDataJSON()));
  await setOptions({ timeout: 20, verification: "first" });
  await press();
  await reached("unknown");
  await setOptions({ timeout: 3, verification: "second" });
  await pressAndConfirm();
  while (bodies.length < 2) await page.waitForTimeout(20);
  assert.deepEqual(
    bodies.map(({ timeout, verification }) => [timeout, verification]),
    [
      [20, "first"],
      [20, "second"],
    ],
  );
});

it("a repeat that is taken back or cannot be written, and was never sent, forgets nothing", async () => {
  for (const how of ["abort", "write"]) {
    await open(button());
    const requests = await answer([UNKNOWN, UNKNOWN]);
    await press();
    await reached("unknown");
    await page.evaluate(async (how) => {
      const button = /** @type {any} */ (document.querySelector("quickcall-button"));
      if (how === "write") button.options = { verification: 1n };
      const called = button.call();
      if (how === "abort") button.abort();
      await called.catch(() => {});
    }, how);
    assert.equal(await state(), "unknown", how);
    await setOptions(undefined);
    await pressAndConfirm();
    while (requests.length < 2) await page.waitForTimeout(20);
    const [first = [], second = []] = requests;
    assert.equal(second[1], first[1]);
    await page.context().close();
  }
  await open("");
});

it("a repeat that a listener stops forgets nothing", async () => {
  await open(button());
  const requests = await answer([UNKNOWN]);
  await press();
  await reached("unknown");
  await page.evaluate(() =>
    addEventListener("quickcall-before", (event) => event.preventDefault(), { once: true }),
  );
  await pressAndConfirm();
  await reached("unknown");
  await press();
  await reached("confirming");
  assert.equal(requests.length, 1);
});

it("a repeat while a script calls the same is told nothing of the first call", async () => {
  await open(button());
  await answer([UNKNOWN]);
  await press();
  await reached("unknown");
  await page.unroute("**/call");
  // No answer comes.
  await page.route("**/call", () => {});
  const sent = page.waitForRequest("**/call");
  await page.evaluate(async () => {
    const { handler, endpoint, number } = /** @type {any} */ (document.querySelector("quickcall-button"));
    const { Quickcall } = await import(String("/quickcall/dist/index.js"));
    new Quickcall({ handler }).call({ endpoint, number }, { again: true }).catch(() => {});
  });
  // The script's call is under way before the button asks.
  await sent;
  const outcome = await page.evaluate(() => {
    const button = /** @type {any} */ (document.querySelector("quickcall-button"));
    return button.call().catch((/** @type {any} */ { code, outcome }) => [code, outcome]);
  });
  assert.deepEqual(outcome, ["duplicate", "unknown"]);
  assert.equal(await state(), "unknown");
  await press();
  await reached("confirming");
});

it("what a repeat is told of its key says nothing of the call, and the next one has a key of its own", async () => {
  await open(button());
  const mismatch = { status: 422, code: "key_mismatch", outcome: "not_placed" };
  const refused = { status: 403, code: "destination_refused", outcome: "not_placed" };
  const requests = await answer([UNKNOWN, mismatch, refused]);
  await press();
  await reached("unknown");
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[1] === "key_mismatch");
  assert.equal(await state(), "unknown");
  assert.match((await said()) ?? "", /could not confirm/);
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[1] === "destination_refused");
  const keys = requests.map(([, key]) => key);
  assert.equal(keys[1], keys[0]);
  assert.notEqual(keys[2], keys[0]);
});

it("a refusal of another number leaves the first call as unknown as it was", async () => {
  await open(button('number="+14155550109"'));
  await press();
  while ((await dialled()).length === 0) await page.waitForTimeout(20);
  await page.keyboard.press("Escape");
  await reached("unknown");
  await page.evaluate(() =>
    document.querySelector("quickcall-button")?.setAttribute("number", "+19005550100"),
  );
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[1] === "destination_refused");
  assert.equal(await state(), "unknown");
  assert.equal(
    await said(),
    "This number cannot be called from here. If it has no +, write it with + and the country code.",
  );
  await press();
  assert.equal(await state(), "confirming");
});

it("a repeat asks about the call that was sent, however the number is written since", async () => {
  /** @type {(string | null)[][]} */
  const sent = [];
  // A number of its own: the handler refuses another call to one of which it does not know whether it still rings.
  await open(button('number="+1-415-666-0107"'));
  page.on("request", (request) => {
    if (request.method() !== "POST") return;
    sent.push([request.headers()["idempotency-key"] ?? "", request.postData()]);
  });
  await press();
  await reached("unknown");
  await page.evaluate(() =>
    document.querySelector("quickcall-button")?.setAttribute("number", "+1 (415) 666.0107"),
  );
  await pressAndConfirm();
  while (sent.length < 2) await page.waitForTimeout(20);
  await reached("unknown");
  assert.deepEqual(sent[1], sent[0]);
  assert.deepEqual(await dialled(), ["+14156660107"]);
});

for (const [what, answer, state] of /** @type {[string, { status: number, body: string }, string][]} */ ([
  [
    "that it failed",
    { status: 502, body: '{"error":{"code":"originate_failed","outcome":"not_placed","message":"No."}}' },
    "failed",
  ],
  ["that it was placed", PLACED, "started"],
])) {
  it(`what is said of the call ends the doubt, and the next press is a call of its own: ${what}`, async () => {
    await open(button('number="+14155550100" cooldown="0"'));
    const keys = await answerAsProxy([{ status: 504, body: JSON.stringify({ error: ERROR }) }, answer]);
    await press();
    await reached("unknown");
    await pressAndConfirm();
    await reached(state);
    await page.waitForFunction(
      () => /** @type {any} */ (document.querySelector("quickcall-button")).state !== "started",
    );
    await pressAgain();
    await page.waitForFunction(
      () =>
        /** @type {any} */ (globalThis).told.filter((/** @type {string[]} */ [name]) => name === "before")
          .length === 3,
    );
    await reached(state);
    assert.equal(keys.length, 3);
    assert.ok(keys[1] === keys[0] && keys[2] !== keys[0], keys.join());
    assert.equal(
      (await told()).filter((/** @type {string[]} */ [, detail]) => detail === "confirming").length,
      1,
    );
  });
}

it("a button that is reset asks no more, and the same call is refused while the first may ring", async () => {
  await open(button());
  const requests = await answer([UNKNOWN]);
  await press();
  await reached("unknown");
  await page.evaluate(() => /** @type {any} */ (document.querySelector("quickcall-button")).reset());
  await reached("idle");
  await press();
  await reached("failed");
  assert.deepEqual((await told()).at(-1), ["error", "duplicate"]);
  assert.equal(requests.length, 1);
});

it("another button refuses the same call while the first may ring", async () => {
  await open(button() + button());
  const requests = await answer([UNKNOWN]);
  await press();
  await reached("unknown");
  await page.locator(inner).nth(1).click();
  await reached("failed");
  assert.deepEqual((await told()).at(-1), ["error", "duplicate"]);
  assert.equal(requests.length, 1);
});

it("a refusal that speaks of no phone is not said where an earlier one may ring", async () => {
  await open(button());
  await answer([UNKNOWN, { status: 429, code: "limited", outcome: "not_placed" }]);
  await press();
  await reached("unknown");
  await page.evaluate(() => {
    /** @type {any} */ (document.querySelector("quickcall-button")).number = "+14155550199";
  });
  await pressAndConfirm();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).told.at(-1)[1] === "limited");
  assert.equal(await state(), "unknown");
  assert.match((await said()) ?? "", /could not confirm/);
});

it("an old key is sent to its own handler only", async () => {
  await open('<quickcall-button handler="call" endpoint="sales" number="+14155550100"></quickcall-button>');
  const requests = await answer([UNKNOWN, UNKNOWN]);
  await press();
  await reached("unknown");
  await page.evaluate(() => history.pushState(null, "", "/deep/page.html"));
  await pressAndConfirm();
  while (requests.length < 2) await page.waitForTimeout(20);
  const [first = [], second = []] = requests;
  assert.deepEqual([first[0], second[0]], ["/call", "/deep/call"]);
  assert.notEqual(second[1], first[1]);
});
