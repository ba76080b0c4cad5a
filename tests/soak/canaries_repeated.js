/**
 * Secrets searched for where a server or a websocket repeats the token in all it says.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { WebSocket } from "ws";
import { apiToken, Quickcall } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { watch } from "#quickcall/events";
import { startEngine, workerFolder } from "../edge/harness/engine.js";
import { startEventServer } from "../js/harness/event_server.js";
import { handlerConfig, ORIGIN, press, serve } from "../js/harness/handler.js";
import { ACCOUNT, TOKEN, USER, WRONG_KEY } from "./harness/search.js";

/** @import { Search } from "./harness/search.js" */

/**
 * Every shape of an answer, with a secret wherever a text can be.
 * @param {string} secret
 * @returns {[number, unknown][]}
 */
const shapes = (secret) => [
  [
    200,
    { status: "success", auth_token: secret, data: { application_response: secret, endpoints: [secret] } },
  ],
  [200, { status: "success", request_id: secret, data: confirmed(secret) }],
  [
    400,
    {
      status: "error",
      message: secret,
      data: { message: secret, [secret]: { required: { message: secret } } },
    },
  ],
  [401, { status: "error", message: `invalid ${secret}`, auth_token: secret }],
  [403, { error: secret, message: secret }],
  [404, { data: { message: "not found", cause: secret } }],
  [429, { message: secret }],
  [500, { data: { error_message: secret, message: secret }, message: secret }],
  [500, refusal("quickcall initiation failed", secret)],
  [500, refusal("unspecified_fault", secret)],
  [500, { message: "NO_ANSWER", data: { message: `error ${secret}` } }],
  [503, secret],
  [302, secret],
];

/**
 * A refusal in the server's own words, with a secret for its reason.
 * @param {string} message
 * @param {string} secret
 */
const refusal = (message, secret) => ({
  status: "error",
  error: "500",
  message,
  request_id: secret,
  auth_token: secret,
  data: { error_message: secret, message: secret, request: confirmed(secret) },
});

/**
 * A server that repeats everything it is sent, in its body, headers and status text, in each shape of an answer.
 * @param {Search} search
 */
async function startParrot(search) {
  /** How often each token was in its header. @type {Map<string, number>} */
  const tokens = new Map();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { "x-auth-token": token, ...headers } = request.headers;
    const key = request.url?.endsWith("/api_auth") ? JSON.parse(body).data?.api_key : undefined;
    if (key === undefined) search.look("what was sent", [request.method, request.url, headers, body]);
    const secret = String(token ?? key);
    tokens.set(secret, (tokens.get(secret) ?? 0) + 1);
    const all = shapes(secret);
    // The number says which shape, so that everybody gets each.
    const shape = all[Number(/(\d{4})(?:\?|$)/.exec(request.url ?? "")?.[1] ?? 0) % all.length];
    const [status, said] = key === undefined ? (shape ?? []) : [401, refusal("invalid", secret)];
    response.writeHead(Number(status), secret.replace(/[^ -~]/g, ""), {
      "x-request-id": secret,
      "retry-after": secret,
      location: `/elsewhere?token=${secret}`,
    });
    response.end(JSON.stringify(said));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    baseUrl: `http://127.0.0.1:${port}/v2`,
    tokens,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param {string} secret */
const confirmed = (secret) => ({
  application_name: "transfer",
  application_response: "SUCCESS",
  application_data: { route: secret },
  media: secret,
  outbound_caller_id_name: secret,
  custom_application_vars: { a: secret, [secret]: "b" },
  endpoints: [{ outbound_call_id: "0123456789abcdef0123456789abcdef0123-quickcall", [secret]: secret }],
});

/**
 * A server that repeats the token in all it says.
 * @param {Search} search
 * @param {string} token
 */
export async function repeated(search, token) {
  // Each token has numbers of its own: what is unknown is not called again.
  const numbers = token === TOKEN ? "+141566" : "+141567";
  const parrot = await startParrot(search);
  const { baseUrl } = parrot;
  const handler = await serve(
    createHandler({
      ...handlerConfig({ baseUrl }, token, ORIGIN),
      log: (entry) => search.look("the handler's log", JSON.stringify(entry)),
    }),
  );
  const folder = await workerFolder();
  const config = handlerConfig({ baseUrl }, "", ORIGIN);
  const CONFIG = { ...config, authToken: undefined, log: undefined };
  const engine = await startEngine(folder.folder, {
    given: { CONFIG, TOKEN: token },
    asking: { CONFIG, API_KEY: WRONG_KEY },
  });
  const count = 2 * shapes("").length;
  try {
    const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: token });
    for (let index = 0; index < count; index++) {
      const number = `${numbers}6${1000 + index}`;
      await search.settled(
        "a server that repeats",
        quickcall.call({ user: USER, number, blocking: index % 3 > 0 }),
      );
      for (const url of [handler.url, String(engine.direct.given)]) {
        const { headers, text } = await press(url, {
          body: { endpoint: "sales", number: `${numbers}7${1000 + index}` },
        });
        search.look("a handler before a server that repeats", [headers, text]);
      }
    }
    // Who has a function for a token asks once more after a 401.
    assert((parrot.tokens.get(token) ?? 0) >= 3 * count, "the token was sent in its header");
    const authToken = apiToken({ baseUrl, apiKey: WRONG_KEY });
    await search.settled(
      "an API key that is repeated",
      new Quickcall({ baseUrl, accountId: ACCOUNT, authToken }).call({
        user: USER,
        number: `${numbers}69999`,
      }),
    );
    const { headers, text } = await press(String(engine.direct.asking), {
      body: { endpoint: "sales", number: `${numbers}79999` },
    });
    search.look("a handler whose key is repeated", [headers, text]);
    assert.equal(parrot.tokens.get(WRONG_KEY), 2, "the key was sent in its place");
    const lines = () => engine.output().match(/"event":"call"/g)?.length ?? 0;
    // What it writes comes later than its answers.
    for (let rest = 50; rest > 0 && lines() < count + 1; rest--) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(lines(), count + 1, "workerd logs each call");
    search.look("the console of workerd", engine.output());
  } finally {
    handler.close();
    await engine.stop();
    await folder.remove();
    parrot.close();
  }
}

/**
 * A websocket that repeats the token in all it tells.
 * @param {Search} search
 * @param {string} token
 */
export async function repeatedEvents(search, token) {
  const events = await startEventServer();
  const leg = `${"e".repeat(36)}-quickcall`;
  try {
    const watching = { baseUrl: "http://127.0.0.1:9/v2", accountId: ACCOUNT, WebSocket };
    const watcher = await watch({ ...watching, url: events.url, authToken: token });
    const followed = watcher.follow([leg]);
    const vars = { custom_application_vars: { quickcall_id: token, more: token } };
    for (const [name, state] of [
      ["CHANNEL_CREATE", "ringing"],
      ["CHANNEL_ANSWER", "answered"],
      ["CHANNEL_BRIDGE", "connected"],
      ["CHANNEL_DESTROY", "ended"],
    ]) {
      events.tell(String(name), { call_id: leg, other_leg_call_id: token, hangup_cause: token, ...vars });
      const { value } = await followed.next();
      assert.equal(value?.state, state, "the events are told");
      search.look("a step of a websocket that repeats", JSON.stringify(value));
    }
    watcher.close();
  } finally {
    events.stop();
  }
}
