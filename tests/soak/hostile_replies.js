/**
 * Answers as no server should give them, to everything here that reads a server's bytes: the class, the class before a
 * handler, the handler, `apiToken`, `follow`, a watcher and `watch`. What is said of each is held against what was sent.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { WebSocket } from "ws";
import { apiToken, init, Quickcall, QuickcallError } from "#quickcall";
import { createHandler } from "#quickcall/edge";
import { follow, watch } from "#quickcall/events";
import { freshKey, handlerConfig, ORIGIN, press, serve } from "../js/harness/handler.js";
import { startSimulator } from "../js/harness/simulator.js";
import { damaged, damagedSomewhere, isDeciding } from "./harness/damaged.js";
import {
  HANDLERS_DOCUMENTS,
  PASSWORD,
  STEPS,
  serversDocuments,
  TOKENS_DOCUMENT,
} from "./harness/documents.js";
import { ofChannels, ofHandler, ofServer, ofStream, ofTokens, refusalOf } from "./harness/expected.js";
import { heard, hidesAll } from "./harness/heard.js";
import { random } from "./harness/random.js";
import { runMessages } from "./hostile_messages.js";
import { runSizes } from "./hostile_sizes.js";

/** @import { Document } from "./harness/documents.js" */
/** @import { Told } from "./harness/expected.js" */
/** @import { Random } from "./harness/random.js" */

const ACCOUNT = "fedcba9876543210fedcba9876543210";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-replies";
const SECRETS = [TOKEN, PASSWORD];
/** How many read the answers on sockets. */
const READERS = 6;
/** How many are asked for together. */
const TOGETHER = 50;
const BASE_URL = "https://kazoo.example.com/v2";
const HANDLER = "https://edge.example.com/call";
/** Texts that are nearly the id of a call. */
const NEARLY_IDS = [
  ...['"x-quickcall"', '"-quickcall"', `"${"0".repeat(35)}-quickcall"`, `"${"0".repeat(37)}-quickcall"`],
  ...[`"${"A".repeat(36)}-quickcall"`, `"${"g".repeat(36)}-quickcall"`, `"${"0".repeat(36)}-quickcall\\n"`],
];
/** What is said where nothing is known. @type {Told} */
const UNKNOWN = { outcome: "unknown" };
const ENDPOINT = { endpoint: "sales", number: "+14155550100" };

/**
 * An answer as it is sent: its bytes, and what of it arrives. `body`: what a reader gets, nothing where it is cut off;
 * each of several where it depends on the reader.
 * @typedef {{ status: number, bytes: Buffer, bodies: (Buffer | undefined)[], isStream: boolean }} Sent
 */

/**
 * Fails unless what was said is what was to be said.
 * @param {Told} said
 * @param {Told[]} expected One of them.
 * @param {() => string} about
 */
function isToldOf(said, expected, about) {
  const isRight = expected.some((one) => {
    const wanted = Object.entries(one);
    return (
      wanted.every(
        ([name, value]) => JSON.stringify(value) === JSON.stringify(said[/** @type {"code"} */ (name)]),
      ) && "state" in one === (said.state !== undefined)
    );
  });
  assert(isRight, `${JSON.stringify(said)}, not ${JSON.stringify(expected)}: ${about()}`);
}

/**
 * One wrong place in each documented answer, for each reader.
 * @param {Document[]} documents
 * @param {number} every Each so-many-th is tried, of all that there are.
 */
async function inEveryPlace(documents, every) {
  const found = { tried: 0, confirmed: 0 };
  /** @type {{ status: number, body: Buffer }} */
  let answer = { status: 0, body: Buffer.alloc(0) };
  const fetch = async () => new Response(new Uint8Array(answer.body), { status: answer.status });
  const quickcall = new Quickcall({ baseUrl: BASE_URL, accountId: ACCOUNT, authToken: TOKEN, fetch });
  const handler = createHandler({ ...config(BASE_URL), fetch });
  let turn = 0;
  const isTurn = () => turn++ % every === 0;
  const more = [`"x ${TOKEN} x"`, ...NEARLY_IDS];

  for (const { blocking, status, body } of documents) {
    const isTelling = status < 300 || status === 500;
    for (const { place, text } of damaged(body, more)) {
      if (!isTurn() && !(isTelling && isDeciding(place))) continue;
      answer = { status, body: Buffer.from(text) };
      const about = () => `${place.join(".")} of a ${status}: ${text.slice(0, 2_000)}`;
      const expected = ofServer({ ...answer, blocking });
      const call = { user: USER, number: "15005000", blocking };
      isToldOf(await heard(quickcall.call(call, { again: true }), SECRETS), [expected], about);
      if (blocking) isToldOf(await ask(handler, `+1415${1000000 + found.tried}`), [expected], about);
      found.tried += 1;
      if (expected.state) found.confirmed += 1;
    }
  }
  const token = (/** @type {string} */ key) => apiToken({ baseUrl: BASE_URL, apiKey: key, fetch });
  for (const { place, text } of damaged(TOKENS_DOCUMENT, more)) {
    if (!isTurn()) continue;
    for (const status of [201, 401]) {
      answer = { status, body: Buffer.from(text) };
      const given = await token("k".repeat(64))("call").catch((error) => {
        assert(error instanceof Error, String(error));
        hidesAll(String(error), ["kkkk", "another-token"]);
      });
      assert.equal(given, ofTokens(answer), `${place.join(".")}: ${text}`);
    }
    found.tried += 1;
  }
  await Promise.all([...handlersAnswers(isTurn, found), ...streams(isTurn, random(5), found)]);
  return found;
}

/** @param {string} baseUrl */
const config = (baseUrl) => ({ ...handlerConfig({ baseUrl }, TOKEN, ORIGIN), accountId: ACCOUNT });

/**
 * Asks a handler in this process.
 * @param {(request: Request) => Promise<Response>} handler
 * @param {string} number
 */
async function ask(handler, number) {
  const headers = { origin: ORIGIN, "content-type": "application/json", "idempotency-key": freshKey() };
  const answer = await handler(
    new Request(HANDLER, { method: "POST", headers, body: JSON.stringify({ ...ENDPOINT, number }) }),
  );
  return handlersWords(answer.status, await answer.text());
}

/**
 * What a handler said, which fits its status.
 * @param {number} status
 * @param {string} text
 * @returns {Told}
 */
function handlersWords(status, text) {
  hidesAll(text, [...SECRETS, ACCOUNT, USER]);
  const { state, callIds, error } = JSON.parse(text);
  if (status === 200) return { state, callIds };
  assert.equal(status, error.outcome === "not_placed" ? 502 : 504, text);
  return { code: error.code, outcome: error.outcome };
}

/**
 * A handler's answers with one wrong place, to the class and to `follow`.
 * @param {() => boolean} isTurn
 * @param {{ tried: number, confirmed: number }} found
 */
function* handlersAnswers(isTurn, found) {
  let next = 0;
  for (const { status, body } of HANDLERS_DOCUMENTS) {
    for (const { place, text } of damaged(body)) {
      if (!isTurn()) continue;
      const answer = { status, body: Buffer.from(text) };
      const about = () => `${place.join(".")} of a ${status}: ${text.slice(0, 2_000)}`;
      yield handlersAnswer(answer, `+1415${1000000 + next++}`, about);
      found.tried += 1;
      if (ofHandler(answer).state) found.confirmed += 1;
    }
  }
}

/**
 * @param {{ status: number, body: Buffer }} answer
 * @param {string} number
 * @param {() => string} about
 */
async function handlersAnswer(answer, number, about) {
  const controller = new AbortController();
  let asked = 0;
  const fetch = async () => {
    // It asks again what told nothing. Once is enough here.
    if (++asked > 1) controller.abort();
    return new Response(new Uint8Array(answer.body), { status: answer.status });
  };
  const quickcall = new Quickcall({ handler: HANDLER, fetch });
  const { signal } = controller;
  const said = await heard(quickcall.call({ endpoint: "sales", number }, { signal }), []);
  isToldOf(said, [ofHandler(answer)], about);
  const followed = follow({ handler: HANDLER, call: ENDPOINT, key: freshKey(), fetch }).next();
  const refused = ofFollow(answer) ?? { code: "bad_response", outcome: "unknown" };
  isToldOf(await heard(followed, []), [refused], about);
}

/**
 * What a refusal to follow says of the call: nothing, unless it is the record's or what each time is refused.
 * @param {{ status: number, body: Buffer | undefined }} answer
 */
function ofFollow({ status, body }) {
  const refused = refusalOf(body);
  const always = ["invalid", "destination_refused", "unknown_endpoint", "dry_run"];
  const isOfTheCall = status === 502 || always.includes(refused?.code ?? "");
  return refused && !isOfTheCall ? { ...refused, outcome: "unknown" } : refused;
}

/**
 * Streams with one wrong step.
 * @param {() => boolean} isTurn
 * @param {Random} chance
 * @param {{ tried: number }} found
 */
function* streams(isTurn, chance, found) {
  for (const [index, step] of STEPS.entries()) {
    for (const { text } of damaged(step)) {
      if (!isTurn()) continue;
      found.tried += 1;
      const lines = STEPS.map((step) => JSON.stringify(step));
      lines[index] = text;
      // Now and then one is told twice, or too late.
      const early = chance.below(2) ? [STEPS[1], STEPS[0], STEPS[1]] : [];
      const all = [...early.map((step) => JSON.stringify(step)), ...lines];
      const body = Buffer.from(all.map((line) => `data: ${line}\n\n`).join(""));
      yield followed(async () => streamOf(body)).then(({ states }) => {
        assert.deepEqual(states, ofStream(body), String(body));
      });
    }
  }
}

/** @param {Uint8Array} body */
const streamOf = (body) =>
  new Response(new Uint8Array(body), { headers: { "Content-Type": "text/event-stream" } });

/**
 * What `follow` tells.
 * @param {typeof globalThis.fetch | undefined} fetch
 * @param {string} [handler]
 * @param {string} [number]
 * @returns {Promise<{ states: string[], refused?: Told }>}
 */
async function followed(fetch, handler = HANDLER, number = ENDPOINT.number) {
  const call = { ...ENDPOINT, number };
  const states = [];
  const steps = follow({ handler, call, key: freshKey(), ...(fetch ? { fetch } : {}) });
  for (;;) {
    const next = steps.next();
    /** @type {Told | undefined} */
    let refused;
    const step = await next.catch(async () => {
      refused = await heard(next, []);
    });
    if (refused) return { states, refused };
    if (!step || step.done) return { states };
    const { state, hangupCause, seconds } = step.value;
    assert(hangupCause === undefined || typeof hangupCause === "string");
    assert(seconds === undefined || (Number.isFinite(seconds) && seconds >= 0));
    states.push(state);
  }
}

/**
 * All bytes of an answer, head and body, by chance.
 * @param {Random} chance
 * @param {Document[]} documents
 * @returns {Sent}
 */
function answerOf(chance, documents) {
  // Half of them could confirm a call.
  const document = chance.one(chance.below(2) ? documents : documents.filter(({ status }) => status === 200));
  const bodyOf = () => Buffer.from(damagedSomewhere(chance, document.body));
  const body = chance.one([
    bodyOf,
    bodyOf,
    bodyOf,
    () => Buffer.from(JSON.stringify(document.body)),
    () => Buffer.from(Array.from({ length: chance.below(400) }, () => chance.below(256))),
    () =>
      Buffer.concat([
        Buffer.from('{"status":"success","data":"'),
        Buffer.from([0xff, 0xc0, 0xed, 0xa0, 0x80]),
        Buffer.from('"}'),
      ]),
    () =>
      Buffer.from(
        `data: ${damagedSomewhere(chance, chance.one(STEPS))}\n\ndata: ${JSON.stringify(chance.one(STEPS))}\n\n`,
      ),
  ])();
  // The document's own status, most times.
  const others = [200, 201, 202, 204, 302, 304, 307, 400, 401, 404, 408, 429, 500, 503, 599, 600, 99];
  const status = chance.below(3) > 0 ? document.status : chance.one(others);
  const line = `HTTP/1.1 ${String(status).padStart(3, "0")} x`;
  const isStream = chance.below(4) === 0;
  const type = isStream ? "text/event-stream" : chance.one(["application/json", "text/html", "\u00e9"]);
  const sent = (/** @type {string} */ head, /** @type {(Buffer | undefined)[]} */ ...bodies) => ({
    status,
    isStream,
    bytes: Buffer.concat([
      Buffer.from(`${head}Content-Type: ${type}\r\nConnection: close\r\n\r\n`, "latin1"),
      body,
    ]),
    // These have no body, whatever follows.
    bodies: status === 204 || status === 304 ? [undefined] : bodies,
  });
  // What is behind the announced end is lost, or makes the whole answer void.
  const less = Math.max(0, body.length - 1);
  return chance.one([
    () => sent(`${line}\r\nContent-Length: ${body.length}\r\n`, body),
    () => sent(`${line}\r\nContent-Length: ${body.length}\r\n`, body),
    () => sent(`${line}\r\nContent-Length: ${body.length + 1}\r\n`, undefined),
    () => sent(`${line}\r\nContent-Length: ${less}\r\n`, body.subarray(0, less), undefined),
    () => sent(`${line}\r\n`, body),
    () => {
      const retry = chance.one(["-1", "1e9", "x", "99999999999"]);
      return sent(
        `${line}\r\nX-Request-ID: ${"x".repeat(chance.below(9_000))}\r\nRetry-After: ${retry}\r\n`,
        body,
      );
    },
    // What cannot be unpacked is broken, or nothing, as a runtime likes.
    () =>
      sent(
        `${line}\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n`,
        undefined,
        Buffer.alloc(0),
      ),
    () => sent(`${line.replace("1.1", "1.0")}\r\nSet-Cookie: a=b\r\n`, body),
    () => ({
      ...sent(`${chance.one(["HTTP/9", "ICY", "\0", "HTTP/1.1 abc"])} ${status}\r\n`, undefined),
      status: 0,
    }),
  ])();
}

/** Which call a request is of: the number, also in the id of a leg, or the API key. */
const OF = /\/quickcall\/(?:%2B)?(\d+)|"number":"\+?(\d+)"|"api_key":"(\w+)"|\/channels\/0*(\d+)-quickcall/;

/**
 * A server that has an answer for each call.
 * @param {Map<string, Sent>} answers
 */
async function startServer(answers) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
      if (end < 0 || text.length < end + 4 + length) return;
      const [, inPath, inBody, key, leg] = OF.exec(text) ?? [];
      socket.end(answers.get(inPath ?? inBody ?? key ?? leg ?? "")?.bytes ?? "");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/**
 * Answers on a real socket, whose heads and lengths are wrong, too.
 * @param {Document[]} documents
 * @param {Random} chance
 * @param {number} count
 * @param {{ events: string, accountId: string }} about Where a watcher hears of calls, and of whose.
 */
async function onSockets(documents, chance, count, { events, accountId }) {
  /** @type {Map<string, Sent>} */
  const answers = new Map();
  const server = await startServer(answers);
  const baseUrl = `${server.origin}/v2`;
  const handler = await serve(createHandler(config(baseUrl)));
  const quickcall = new Quickcall({ baseUrl, accountId: ACCOUNT, authToken: TOKEN });
  const url = `${server.origin}/call`;
  const before = new Quickcall({ handler: url });
  const watching = { url: events, baseUrl, accountId, authToken: TOKEN, WebSocket };
  const watcher = await watch(watching).catch((error) => {
    handler.close();
    server.close();
    throw error;
  });
  let confirmed = 0;
  let next = 0;
  /** What each of the bodies that can have arrived means. @type {(sent: Sent, of: (body: Buffer | undefined) => Told) => Told[]} */
  const any = ({ bodies }, of) => bodies.map(of);
  /** @type {((sent: Sent, number: string) => Promise<Told | undefined>)[]} */
  const readers = [
    async (sent, number) => {
      const blocking = Number(number) % 2 === 0;
      const said = await heard(quickcall.call({ user: USER, number, blocking }), SECRETS);
      const about = () => `${blocking} ${sent.bytes.toString("latin1").slice(0, 3_000)}`;
      isToldOf(
        said,
        any(sent, (body) => network(sent, ofServer({ status: sent.status, body, blocking }))),
        about,
      );
      return said;
    },
    async (sent, number) => {
      const { status, text } = await press(handler.url, {
        body: { endpoint: "sales", number: `+${number}` },
      });
      const said = handlersWords(status, text);
      const blocking = true;
      const about = () => sent.bytes.toString("latin1").slice(0, 3_000);
      isToldOf(
        said,
        any(sent, (body) => network(sent, ofServer({ status: sent.status, body, blocking }))),
        about,
      );
      return said;
    },
    async (sent, number) => {
      const signal = AbortSignal.timeout(1_000);
      const said = await heard(before.call({ endpoint: "sales", number: `+${number}` }, { signal }), []);
      const told = any(sent, (body) =>
        network(sent, body ? ofHandler({ status: sent.status, body }) : UNKNOWN),
      );
      // A machine that is slow may not have had the answer by then.
      isToldOf(said, [...told, { code: "aborted", outcome: "unknown" }], () => sent.bytes.toString("latin1"));
      return said;
    },
    async (sent, number) => {
      const key = number.padStart(64, "k");
      answers.set(key, sent);
      const given = await apiToken({ baseUrl, apiKey: key })("call").catch((error) => {
        assert(error instanceof Error && !error.message.includes("kkkk"), String(error));
        return undefined;
      });
      const told = sent.bodies.map((body) => ofTokens({ status: sent.status, body }));
      assert(told.includes(given), `${given}: ${sent.bytes}`);
      return undefined;
    },
    async (sent, number) => {
      const { states, refused } = await followed(undefined, url, `+${number}`);
      const isStream = sent.isStream && sent.status >= 200 && sent.status < 300 && sent.status !== 204;
      const [body] = sent.bodies;
      if (!isStream) {
        assert.deepEqual(states, []);
        const told = any(sent, (body) => network(sent, ofFollow({ status: sent.status, body }) ?? UNKNOWN));
        assert(refused, sent.bytes.toString("latin1"));
        // A redirect is not followed: the connection failed, as far as a page learns.
        if (sent.status < 300 || sent.status > 399)
          isToldOf(refused, told, () => sent.bytes.toString("latin1"));
      } else if (refused === undefined && sent.bodies.length === 1 && body) {
        assert.deepEqual(states, ofStream(body), String(body));
      }
      return undefined;
    },
    async (sent, number) => {
      const leg = `${number.padStart(36, "0")}-quickcall`;
      const asked = Number(number) % 2 === 0 ? watcher.status(leg) : watcher.hangup(leg);
      const told = await asked.catch((error) => {
        assert(error instanceof QuickcallError, String(error));
        assert.equal(error.outcome, "unknown");
        hidesAll(`${JSON.stringify(error)} ${error.stack}`, SECRETS);
        return error.code;
      });
      const expected = sent.bodies.map((body) => ofChannels({ status: sent.status, body }));
      const isNoStatus = sent.status < 200 || sent.status > 599;
      const isRight = expected.includes(told) || (isNoStatus && told === "bad_response");
      assert(isRight, `${told}, not ${expected}: ${sent.bytes.toString("latin1").slice(0, 3_000)}`);
      return undefined;
    },
  ];
  assert.equal(readers.length, READERS);
  const one = async () => {
    const sent = answerOf(chance, documents);
    const number = `1415${5000000 + next++}`;
    answers.set(number, sent);
    const said = await chance.one(readers)(sent, number);
    answers.delete(number);
    if (said?.state) confirmed += 1;
  };
  try {
    for (let from = 0; from < count; from += TOGETHER) {
      await Promise.all(Array.from({ length: Math.min(TOGETHER, count - from) }, one));
    }
  } finally {
    watcher.close();
    handler.close();
    server.close();
  }
  return confirmed;
}

/**
 * What is said where a runtime reads a head in its own way: it may refuse what is no status and no HTTP.
 * @param {Sent} sent
 * @param {Told} told
 * @returns {Told}
 */
function network({ status }, told) {
  return status < 200 || status > 599 ? UNKNOWN : told;
}

/**
 * Tries hostile answers.
 * @param {{ count: number, every?: number, pages?: boolean, seed?: number }} how How many on sockets; each so-many-th wrong
 *   place of the documented answers; whether a page reads large ones, too.
 * @returns {Promise<{ places: number, answers: number, messages: number, sizes: number, confirmed: number, readers: number }>} How many wrong
 *   places, answers on sockets, messages and sizes were tried, how many of the answers were still those of a confirmed call, and
 *   by how many different readers those on sockets were read.
 */
export async function runHostileReplies({ count, every = 1, pages = false, seed = 3 }) {
  await init();
  /** @type {import("../js/harness/simulator.js").Simulator[]} */
  const simulators = [];
  const tried = async () => {
    for (const release of /** @type {const} */ (["4.3", "5"])) {
      simulators.push(await startSimulator({ release, speed: 1_000, token: TOKEN, rateLimit: false }));
    }
    const documents = await serversDocuments(simulators, TOKEN);
    const places = await inEveryPlace(documents, every);
    const all = [...documents, ...HANDLERS_DOCUMENTS];
    return { places, confirmed: await onSockets(all, random(seed), count, await simulators[0]?.about()) };
  };
  const { places, confirmed } = await tried().finally(() =>
    Promise.all(simulators.map((simulator) => simulator.stop())),
  );
  assert(confirmed > 0 && places.confirmed > 0, "some answers are right");
  return {
    places: places.tried,
    answers: count,
    messages: await runMessages({ every }),
    sizes: await runSizes({ pages }),
    confirmed: confirmed + places.confirmed,
    readers: READERS,
  };
}
