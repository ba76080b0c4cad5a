/**
 * Hostile messages on a websocket: what is watched goes on, and says what is right. They are the server's own messages, each
 * with one wrong place.
 * @module
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { Quickcall } from "#quickcall";
import { watch } from "#quickcall/events";
import { startSimulator } from "../js/harness/simulator.js";
import { damaged, isDeciding } from "./harness/damaged.js";
import { padded } from "./hostile_sizes.js";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const USER = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN = "canary-token-messages";
const MIB = 1 << 20;
/** How many are said at most behind each right message. */
const AT_ONCE = 400;

const EVENTS = ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_DESTROY"];

/**
 * Stands between watcher and simulator, and says much besides.
 * @param {string} events
 * @param {(text: string) => (string | Buffer)[]} say What is said instead of a message.
 */
async function startBetween(events, say) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    const upstream = new WebSocket(events);
    upstream.on("open", () => {
      socket.on("message", (text) => upstream.send(String(text)));
      upstream.on("message", (text) => {
        for (const message of say(String(text))) socket.send(message);
      });
      socket.resume();
    });
    socket.on("close", () => upstream.close());
    socket.pause();
  });
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `ws://127.0.0.1:${port}`,
    close() {
      server.close();
      for (const socket of server.clients) socket.terminate();
    },
  };
}

/**
 * Tries them.
 * @param {{ every: number }} how Each so-many-th is tried, of all that there are.
 * @returns {Promise<number>} How many were said.
 */
export async function runMessages({ every }) {
  const simulator = await startSimulator({ speed: 1_000, token: TOKEN, rateLimit: false });
  const { events } = await simulator.about();
  let said = 0;
  /** The wrong messages that are still to be said. @type {(string | Buffer)[]} */
  const waiting = [];
  /** Which message is made how large. @type {{ name: string, size: number } | undefined} */
  let large;
  /** Those of the call that is watched now. @type {any[]} */
  let own = [];
  /**
   * How many wrong copies of each event of the leg itself were said while it was watched. @type {Map<string, number>}
   */
  const live = new Map();

  /**
   * Wrong copies of a message of the leg itself. What of them can be understood tells what the right one tells. But a leg of
   * another name would be one more leg.
   * @param {any} message
   */
  const copies = (message) => {
    const from = live.get(message.name);
    if (from === undefined || !String(message.data.call_id).endsWith("-quickcall")) return [];
    const all = [...damaged(message)].filter(
      ({ place }, index) => place.at(-1) !== "call_id" && (index % every === 0 || isDeciding(place)),
    );
    const some = all.slice(from, from + AT_ONCE).map(({ text }) => text);
    if (some.length < AT_ONCE) live.delete(message.name);
    else live.set(message.name, from + some.length);
    said += some.length;
    return some;
  };

  const between = await startBetween(events, (text) => {
    const message = JSON.parse(text);
    own.push(message);
    const right = large && large.name === message.name ? padded(message, large.size) : text;
    const wrong = waiting.splice(0, AT_ONCE);
    said += wrong.length;
    const more = copies(message);
    // An end tells a cause, too, so that a wrong one must not come first.
    const before = message.name === "CHANNEL_DESTROY" ? [] : more;
    return [...wrong, ...before, right, ...more];
  });
  const options = { baseUrl: simulator.baseUrl, accountId: ACCOUNT, authToken: TOKEN };
  const watcher = await watch({ ...options, url: between.url, WebSocket });
  const quickcall = new Quickcall(options);
  let next = 0;

  /** The steps of one call, from beginning to end. */
  const steps = async () => {
    own = [];
    const { progress } = await watcher.call(quickcall, { user: USER, number: `+1415555${2000 + next++}` });
    const told = [];
    for await (const step of progress) {
      assert(!JSON.stringify(step).includes(TOKEN), "a step holds no token");
      told.push([step.state, step.hangupCause, typeof step.seconds]);
    }
    return told;
  };
  try {
    const right = await steps();
    assert.deepEqual(
      right.map(([state]) => state),
      ["ringing", "answered", "connected", "ended"],
    );
    // Replies come once, at the beginning; a second one says nothing new, whatever it says.
    const bases = [
      ...own,
      { action: "reply", request_id: "r1", status: "success", data: { subscribed: ["call.*.*"] } },
      { response: "pong" },
      { action: "event", name: "CHANNEL_HOLD", data: { call_id: "x", event_name: "CHANNEL_HOLD" } },
    ];
    const kinds = new Map(
      bases.map((base) => [`${base.name} ${base.data?.other_leg_call_id === undefined}`, base]),
    );
    let turn = 0;
    for (const base of kinds.values()) {
      for (const { place, text } of damaged(base, [`"${TOKEN}"`])) {
        if (turn++ % every > 0 && !isDeciding(place)) continue;
        waiting.push(turn % 5 === 0 ? Buffer.from(text) : text);
      }
    }
    while (waiting.length > 0) assert.deepEqual(await steps(), right);
    // Now those of the call that is watched.
    for (const name of EVENTS) live.set(name, 0);
    while (live.size > 0) assert.deepEqual(await steps(), right);
    for (const name of EVENTS) {
      large = { name, size: MIB };
      assert.deepEqual(await steps(), right, `${name} of ${MIB} bytes`);
      said += 1;
      // An end that is not read is found ten seconds later, in long runs.
      if (name === "CHANNEL_DESTROY" && every > 1) continue;
      // One byte more is not read: a step can be missing then, and none is wrong.
      large = { name, size: MIB + 1 };
      const states = (await steps()).map(([state]) => String(state));
      const known = right.map(([state]) => String(state));
      assert.deepEqual(
        states,
        known.filter((state) => states.includes(state)),
        `${name} of ${MIB + 1} bytes`,
      );
      assert.equal(states.at(-1), "ended");
      said += 1;
    }
    return said;
  } finally {
    watcher.close();
    between.close();
    await simulator.stop();
  }
}
