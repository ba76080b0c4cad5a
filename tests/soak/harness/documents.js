/**
 * What servers and handlers say when all is well, as they say it.
 * @module
 */

import { readFileSync } from "node:fs";
import { CALL_ID } from "../../js/harness/confirmed.js";

/** @import { Simulator } from "../../js/harness/simulator.js" */

/**
 * An answer: whose call it is of, its status and what it says.
 * @typedef {{ blocking: boolean, status: number, body: any }} Document
 */

/** What stands in the documents where a server puts the token, and a SIP password. */
export const PASSWORD = "canary-password";

/** @type {Document[]} */
const VECTORS = JSON.parse(readFileSync(new URL("../../vectors/reply.json", import.meta.url), "utf8"));

/**
 * What servers of each release answer to a call: as the simulator answers, field by field, and what it never says. Each kind once.
 * @param {Simulator[]} simulators
 * @param {string} token
 * @returns {Promise<Document[]>}
 */
export async function serversDocuments(simulators, token) {
  const all = await Promise.all(simulators.map((simulator) => answersOf(simulator, token)));
  const known = new Set();
  const kinds = [...all.flat(), ...OTHERS].filter(({ blocking, status, body }) => {
    const kind = `${blocking} ${status} ${Object.keys(body)} ${Object.keys(Object(body.data))} ${body.message} ${body.data?.endpoints?.length}`;
    if (known.has(kind)) return false;
    known.add(kind);
    return true;
  });
  return kinds.map(({ blocking, status, body }) => {
    const sip = body.data?.sip;
    const data = sip ? { ...body.data, sip: { ...sip, password: PASSWORD } } : body.data;
    return { blocking, status, body: { ...body, data, auth_token: token } };
  });
}

/** What servers are known to say besides. @type {Document[]} */
const OTHERS = [
  ...VECTORS.filter(({ body, status }) => Object(body) === body && status >= 400).map(
    ({ blocking, status, body }) => ({ blocking: blocking ?? true, status, body }),
  ),
  {
    blocking: true,
    status: 400,
    body: {
      auth_token: "",
      status: "error",
      message: "validation error",
      error: "400",
      data: { "a.b": { required: { message: "Field is required", target: 5 } } },
      request_id: "r1",
    },
  },
];

/**
 * @param {Simulator} simulator
 * @param {string} token
 * @returns {Promise<Document[]>}
 */
async function answersOf(simulator, token) {
  const { accountId } = await simulator.about();
  const users = { one: "a".repeat(32), three: "b".repeat(32), none: "0".repeat(32) };
  /** @type {[string, string, boolean][]} */
  const asked = [
    [users.one, "15005000", false],
    [users.one, "15005000", true],
    [users.three, "15005000", true],
    [users.none, "15005000", true],
    // The phone is busy; nobody answers, which is the false success.
    [users.one, "15000101", true],
    [users.one, "15000102", true],
  ];
  const answers = asked.map(async ([user, number, blocking]) => {
    const answer = await fetch(
      `${simulator.baseUrl}/accounts/${accountId}/users/${user}/quickcall/${number}?cid-name=A&page=p`,
      { method: blocking ? "POST" : "GET", headers: { "X-Auth-Token": token } },
    );
    return { blocking, status: answer.status, body: await answer.json() };
  });
  return Promise.all(answers);
}

/** What a handler answers. @type {Document[]} */
export const HANDLERS_DOCUMENTS = [
  { blocking: true, status: 200, body: { state: "started", callIds: [CALL_ID], requestId: "r1" } },
  { blocking: false, status: 200, body: { state: "accepted", callIds: [CALL_ID, CALL_ID] } },
  {
    blocking: true,
    status: 429,
    body: {
      error: { code: "limited", outcome: "not_placed", message: "Too many.", issues: [], retryAfter: 3 },
    },
  },
  {
    blocking: true,
    status: 400,
    body: {
      error: {
        code: "invalid",
        outcome: "not_placed",
        message: "Wrong.",
        issues: [
          { severity: "error", code: "required", path: ["number"], message: "Give one.", expected: "x" },
        ],
      },
    },
  },
  {
    blocking: true,
    status: 502,
    body: {
      error: { code: "originate_failed", outcome: "not_placed", message: "Busy.", hangupCause: "USER_BUSY" },
    },
  },
  {
    blocking: true,
    status: 504,
    body: { error: { code: "unconfirmed", outcome: "unknown", message: "Unknown.", unanswered: true } },
  },
];

/** What a server answers to an API key. */
export const TOKENS_DOCUMENT = {
  auth_token: "another-token",
  data: { account_id: "0123456789abcdef0123456789abcdef", apps: [], is_admin: true, language: "en-us" },
  status: "success",
  request_id: "r1",
};

/** The steps of a handler's stream. */
export const STEPS = [
  { state: "ringing" },
  { state: "answered" },
  { state: "connected" },
  { state: "ended", hangupCause: "NORMAL_CLEARING", seconds: 12 },
];
