/**
 * `apiToken`: tokens that are asked for with an API key.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { apiToken, init, Quickcall } from "#quickcall";
import { answerWith, baseUrl, client, fails, fresh, received, started } from "./harness/answering_server.js";
import { hurry } from "./harness/soon.js";

test("apiToken asks once for calls at the same time, and again after a 401", async () => {
  let asked = 0;
  answerWith((request, response) => {
    if (request.url === "/v2/api_auth") {
      asked += 1;
      response.end(JSON.stringify({ auth_token: `token-${asked}`, status: "success" }));
      return;
    }
    response.writeHead(request.headers["x-auth-token"] === "token-2" ? 200 : 401);
    response.end(JSON.stringify(started));
  });
  const authToken = apiToken({ baseUrl, apiKey: "k".repeat(64) });
  await Promise.all([1, 2, 3].map(() => client({ authToken }).call(fresh())));
  assert.equal(asked, 2);
});

test("apiToken says why there is no token, and the call says it", async () => {
  const apiKey = "canary-key";
  answerWith((_, response) => {
    response.writeHead(403);
    response.end("{}");
  });
  const refused = await fails(
    client({ authToken: apiToken({ baseUrl, apiKey }) }).call(fresh()),
    "token_failed",
    "not_placed",
  );
  assert.match(refused.message, /none for the API key. Its status was 403/);
  const nobody = { baseUrl: "http://127.0.0.1:9/v2", apiKey };
  const unheard = await fails(
    client({ authToken: apiToken(nobody) }).call(fresh()),
    "token_failed",
    "not_placed",
  );
  assert.match(unheard.message, /could not be asked/);
  // As some libraries do it.
  const fetch = (/** @type {unknown} */ _, /** @type {unknown} */ init) =>
    Promise.reject(Object.assign(new Error("away"), { config: init }));
  const away = await fails(
    client({ authToken: apiToken({ ...nobody, fetch }) }).call(fresh()),
    "token_failed",
    "not_placed",
  );
  assert.doesNotMatch(inspect([refused, unheard, away], { depth: 9, showHidden: true }), /canary/);
});

test("apiToken asks over http of a public name with `allowInsecure` only", async () => {
  const server = { baseUrl: "http://kazoo.example.com/v2", apiKey: "k" };
  const insecure = await fails(
    client({ authToken: apiToken(server) }).call(fresh()),
    "token_failed",
    "not_placed",
  );
  assert.match(insecure.message, /baseUrl: With http/);
  /** @type {string[]} */
  const asked = [];
  const fetch = async (/** @type {unknown} */ url) => {
    asked.push(String(url));
    return Response.json({ auth_token: "token" }, { status: 201 });
  };
  assert.equal(await apiToken({ ...server, fetch, allowInsecure: true })("call"), "token");
  assert.deepEqual(asked, ["http://kazoo.example.com/v2/api_auth"]);
});

test("apiToken keeps no token that cannot be one", async () => {
  const tokens = ["", "a b", "good-token"];
  answerWith((request, response) => {
    const isToken = request.method === "PUT";
    response.writeHead(isToken ? 201 : 200);
    response.end(JSON.stringify(isToken ? { auth_token: tokens.shift(), status: "success" } : started));
  });
  const authToken = apiToken({ baseUrl, apiKey: "k".repeat(64) });
  for (let rest = 2; rest > 0; rest--) {
    await fails(client({ authToken }).call(fresh()), "token_failed", "not_placed");
  }
  assert.equal((await client({ authToken }).call(fresh())).state, "started");
  assert.equal(received.at(-1)?.headers["x-auth-token"], "good-token");
});

test("apiToken takes no token of an answer that is a refusal", async () => {
  answerWith((_, response) => {
    response.writeHead(403);
    response.end(JSON.stringify({ auth_token: "token", status: "error" }));
  });
  const asked = apiToken({ baseUrl, apiKey: "k".repeat(64) })("call");
  await fails(asked, "token_failed", "not_placed");
});

test("apiToken gets a new token also where it is not told which one was refused", async () => {
  let given = 0;
  answerWith((_, response) => {
    given += 1;
    response.writeHead(201);
    response.end(JSON.stringify({ auth_token: `token-${given}`, status: "success" }));
  });
  const token = apiToken({ baseUrl, apiKey: "k".repeat(64) });
  assert.deepEqual([await token("call"), await token("call")], ["token-1", "token-1"]);
  assert.equal(await token("unauthorized"), "token-2");
});

test("apiToken with nothing, or with what is no text, is invalid, and the core goes on", async () => {
  const apiKey = "k".repeat(64);
  const wrong = /** @type {any[]} */ ([
    [undefined, "baseUrl", "required"],
    [{ apiKey }, "baseUrl", "required"],
    [{ apiKey, baseUrl: new URL(baseUrl) }, "baseUrl", "wrong_type"],
    [{ apiKey, baseUrl: { length: 2 ** 31 } }, "baseUrl", "wrong_type"],
    [{ baseUrl }, "apiKey", "required"],
    [{ baseUrl, apiKey: undefined }, "apiKey", "required"],
    [{ baseUrl, apiKey: "" }, "apiKey", "required"],
    [{ baseUrl, apiKey: null }, "apiKey", "wrong_type"],
    [{ baseUrl, apiKey: 1n }, "apiKey", "wrong_type"],
  ]);
  for (const [config, path, code] of wrong) {
    const { issues } = await fails(apiToken(config)("call"), "invalid", "not_placed");
    assert.deepEqual([issues[0]?.path, issues[0]?.code], [[path], code]);
  }
  assert.equal(Quickcall.filterNumber("(415) 555-0100"), "4155550100");
  assert.equal(received.length, 0);
});

test("a server that never answers gives no token after nine seconds: before a call has given up waiting for one", async (context) => {
  await init();
  const fetch = /** @type {any} */ (() => new Promise(() => {}));
  const token = apiToken({ baseUrl: "https://kazoo.example.com/v2", apiKey: "canary-key", fetch });
  const { seconds, value } = await hurry(context, () => token("call").catch((error) => error), 60);
  assert.deepEqual([seconds, value.code, value.outcome], [9, "token_failed", "not_placed"]);
  assert.match(value.message, /could not be asked/);
});
