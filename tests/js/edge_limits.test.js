/**
 * The limits of a handler: whom each one keeps away, and for how long.
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createHandler } from "#quickcall/edge";
import { config, freshNumber, log, right, USER } from "./harness/checked_handler.js";
import { press, serve } from "./harness/handler.js";

test("a limit says when to come again, a refused request is not counted, and the window slides", async () => {
  const limited = await serve(
    createHandler(config({ limits: { perVisitor: "2/s" }, visitor: () => "one", verify: () => true })),
  );
  try {
    const ask = () => press(limited.url, { body: { endpoint: "sales", number: freshNumber() } });
    const start = Date.now();
    assert.equal((await ask()).status, 200);
    assert.equal((await ask()).status, 200);
    let refused = 0;
    for (;;) {
      const { status, json, headers } = await ask();
      if (status === 200) break;
      refused += 1;
      assert.deepEqual([status, json.error.code, headers["retry-after"]], [429, "limited", "1"]);
      assert.equal(json.error.retryAfter, 1);
      assert.equal(headers["access-control-expose-headers"], "Retry-After");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert(refused > 5);
    const passed = Date.now() - start;
    assert(passed >= 1000 && passed < 1600, `${passed} ms`);
  } finally {
    limited.close();
  }
});

for (const [name, first, second] of /** @type {[string, any, any][]} */ ([
  ["perDestination", { number: "+14155558001" }, { number: "+1 415 555 8001" }],
  ["perDestination", { number: "+14155558001" }, { number: "+104155558001" }],
  ["perEndpoint", { number: "+14155558002" }, { number: "+14155558003" }],
  ["total", { number: "+14155558004" }, { number: "+14155558005", endpoint: "support" }],
])) {
  test(`the limit ${name} holds whoever asks`, async () => {
    const endpoints = { sales: { user: USER }, support: { user: USER } };
    const destinations = { allow: ["+1"] };
    const limits = { [name]: "1/day" };
    const limited = await serve(createHandler(config({ endpoints, destinations, limits })));
    try {
      const ask = (/** @type {any} */ more) => press(limited.url, { body: { ...right(), ...more } });
      assert.equal((await ask(first)).status, 200);
      assert.equal((await ask(second)).json.error.code, "limited");
      assert.equal(log.at(-1)?.limit, name.replace("per", "").toLowerCase());
      if (name !== "total") {
        const other = { number: "+14155558006", endpoint: "support" };
        assert.equal((await ask(other)).status, 200);
      }
    } finally {
      limited.close();
    }
  });
}
