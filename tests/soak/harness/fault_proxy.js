/**
 * A proxy on a real socket that does one wrong thing to a request or to its answer, at a byte that was chosen before.
 * @module
 */

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { readReply } from "./reply_says.js";

/** @import { Socket } from "node:net" */

/**
 * What is done at that byte:
 *
 * * `cut`: the connection ends in order. `reset`: it ends at once, by RST.
 * * `stall`: nothing comes any more, and nothing ends.
 * * `delay`: the rest comes a quarter of a second later.
 * * `truncate`: the rest never comes and its direction ends, the other one goes on.
 * * `corrupt`: the lowest bit of the byte is turned over. `lose`: the byte is left out.
 * * `repeat`: all of it comes twice, whatever the byte.
 * @typedef {"cut" | "reset" | "stall" | "delay" | "truncate" | "corrupt" | "lose" | "repeat"} Deed
 *
 * `connect` is before the proxy reads anything. A position is a share of the part (0 is before its first byte, 1 behind its
 * last) or the number of a byte. `once`: only the first request for a number meets it; the second one meets what is `then`.
 * @typedef {{ side: "connect" | "request" | "reply", part: Part, at: number, deed: Deed, once?: boolean, then?: Fault }} Fault
 * @typedef {"line" | "head" | "body" | "all"} Part `all` counts bytes from the start, the others shares.
 */

/** One request for a call, and what was given back for it. */
export class Exchange {
  /** Its id, as its client sent it. @type {string | undefined} */
  id;
  /** The key of its call, as its client sent it. @type {string | undefined} */
  key;
  /** The answer as it came. @type {Buffer | undefined} */
  reply;
  /** What its client was given of it. @type {Buffer} */
  given = Buffer.alloc(0);
  /** When that was, in milliseconds since 1970. */
  at = 0;
  /** Whether a reset came behind it, which may overtake what is under way. */
  isReset = false;
  /**
   * What a client reads for it that takes the answers on a connection in their order: that to a request before, where one was
   * repeated. @type {Buffer | undefined}
   */
  read;
}

/** What the proxy knows of one call. */
class Seen {
  /** The requests for it that came. @type {Exchange[]} */
  exchanges = [];
  /** Whether one of them met its fault. */
  met = false;
  /** What was to be dialled by those that were passed on: a byte that is turned over can be one of the number's. */
  numbers = new Set();
}

const DELAY = 250;
/** How long what was written may take to its reader, in milliseconds. */
const CLOSING = 50;
/** The number in a path or in the body that a page sends to a handler. */
const NUMBER = /\/quickcall\/(?:%2B)?(\d+)|"number":"\+(\d+)"/;

/**
 * @typedef {object} FaultProxy
 * @property {string} origin
 * @property {Map<string, Fault>} faults What is done to the requests for a number, without its `+`.
 * @property {Map<string, Seen>} seen By number.
 * @property {() => number} connections How many were opened to it.
 * @property {() => void} close
 */

/**
 * Starts a proxy before `target`.
 * @param {string} target An origin.
 * @param {Fault} [first] A fault of every connection, for the side `connect`.
 * @returns {Promise<FaultProxy>}
 */
export async function startFaultProxy(target, first) {
  const { hostname, port } = new URL(target);
  /** @type {Map<string, Fault>} */
  const faults = new Map();
  /** @type {Map<string, Seen>} */
  const seen = new Map();
  /** @type {Set<Socket>} */
  const sockets = new Set();
  let connections = 0;

  const own = (/** @type {Socket} */ socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    return socket;
  };
  const upstream = () => own(connect({ host: hostname, port: Number(port), allowHalfOpen: true }));

  const server = createServer({ allowHalfOpen: true }, async (client) => {
    own(client);
    connections += 1;
    if (first) {
      if (first.deed === "cut") client.end();
      if (first.deed === "reset") client.resetAndDestroy();
      if (first.deed !== "delay") return;
      await new Promise((resolve) => setTimeout(resolve, DELAY));
    }
    // Asked one by one: leaving a loop would destroy the socket, and some faults keep it.
    const requests = messages(client);
    /** What was given back and is not read yet. @type {Buffer[]} */
    const unread = [];
    for (let next = await requests.next(); next.value; next = await requests.next()) {
      const request = next.value;
      const text = request.toString("latin1");
      // What a browser asks before its request is passed on as it is.
      const number = text.startsWith("OPTIONS") ? undefined : numberIn(text);
      const known = (number === undefined ? undefined : seen.get(number)) ?? new Seen();
      const given = number === undefined ? undefined : faults.get(number);
      const before = known.exchanges.length;
      const fault = given?.once && before > 0 ? (before === 1 ? given.then : undefined) : given;
      const exchange = new Exchange();
      exchange.id = requestId(text);
      exchange.key = /^idempotency-key: *(.*)\r$/im.exec(text)?.[1];
      if (number !== undefined) {
        seen.set(number, known);
        known.exchanges.push(exchange);
        known.numbers.add(toBeDialled(toRequest(request, fault).toString("latin1")) ?? `+${number}`);
        known.met ||= fault?.side === "request";
      }
      const goesOn = await pass(client, upstream, request, fault, exchange);
      known.met ||= fault?.side === "reply" && exchange.reply !== undefined;
      unread.push(exchange.given);
      if (fault?.side === "reply" && fault.deed === "repeat") unread.push(exchange.given);
      exchange.read = unread.shift();
      if (!goesOn) return;
    }
    client.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${address.port}`,
    faults,
    seen,
    connections: () => connections,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * Passes one request on, and its answer back.
 * @param {Socket} client
 * @param {() => Socket} open
 * @param {Buffer} request
 * @param {Fault | undefined} fault
 * @param {Exchange} exchange Is told what comes of it.
 * @returns {Promise<boolean>} Whether the connection serves another one.
 */
async function pass(client, open, request, fault, exchange) {
  const server = open();
  if (fault?.side === "request") {
    if (fault.deed === "repeat") {
      const second = open();
      second.end(request);
      second.resume();
    }
    if (!(await send(server, request, fault, client))) return false;
  } else {
    server.write(request);
  }
  const { value: reply } = await messages(server).next();
  server.destroy();
  if (!reply) {
    close(client);
    return false;
  }
  exchange.reply = reply;
  const isGone = client.destroyed;
  const goesOn = await giveBack(client, reply, fault);
  if (!isGone) exchange.given = fault?.side === "reply" ? asGiven(reply, fault) : reply;
  exchange.isReset = fault?.side === "reply" && fault.deed === "reset";
  exchange.at = Date.now();
  return goesOn;
}

/**
 * @param {Socket} client
 * @param {Buffer} reply
 * @param {Fault | undefined} fault
 */
async function giveBack(client, reply, fault) {
  if (fault?.side !== "reply") {
    client.write(reply);
    if (readReply(reply).isWhole) return !client.destroyed;
    // It lasted until its connection ended.
    close(client);
    return false;
  }
  if (fault.deed === "repeat") client.write(reply);
  return send(client, reply, fault, client);
}

/**
 * What of an answer is given to the client.
 * @param {Buffer} reply
 * @param {Fault} fault
 */
function asGiven(reply, fault) {
  const isPart = ["cut", "reset", "stall", "truncate"].includes(fault.deed);
  return isPart ? reply.subarray(0, position(reply, fault)) : changed(reply, fault);
}

/**
 * Sends bytes with a fault within.
 * @param {Socket} to
 * @param {Buffer} bytes
 * @param {Fault} fault
 * @param {Socket} client
 * @returns {Promise<boolean>} Whether it goes on.
 */
async function send(to, bytes, fault, client) {
  const at = position(bytes, fault);
  switch (fault.deed) {
    case "repeat":
      to.write(bytes);
      return true;
    case "corrupt":
    case "lose":
      to.write(changed(bytes, fault));
      return true;
    case "delay":
      to.write(bytes.subarray(0, at));
      await new Promise((resolve) => setTimeout(resolve, DELAY));
      to.write(bytes.subarray(at));
      return true;
    case "truncate":
      to.end(bytes.subarray(0, at));
      return to !== client;
    case "stall":
      to.write(bytes.subarray(0, at));
      return false;
    default:
      await new Promise((resolve) => to.write(bytes.subarray(0, at), resolve));
      // What was written must be there before the end is.
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const socket of new Set([to, client])) {
        if (fault.deed === "reset") socket.resetAndDestroy();
        else close(socket);
      }
      return false;
  }
}

/**
 * Ends a connection as a program does that closes it: what comes afterwards is refused.
 * @param {Socket} socket
 */
function close(socket) {
  socket.end();
  setTimeout(() => socket.destroy(), CLOSING);
}

/**
 * The request as it is passed on.
 * @param {Buffer} bytes
 * @param {Fault | undefined} fault
 */
function toRequest(bytes, fault) {
  return fault?.side === "request" ? changed(bytes, fault) : bytes;
}

/**
 * @param {Buffer} bytes
 * @param {Fault} fault
 */
function changed(bytes, fault) {
  const at = Math.min(position(bytes, fault), bytes.length - 1);
  if (fault.deed === "lose") return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  if (fault.deed !== "corrupt") return bytes;
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/**
 * Which byte it is.
 * @param {Buffer} bytes
 * @param {Fault} fault
 */
function position(bytes, { part, at }) {
  const line = bytes.indexOf("\r\n") + 2;
  const head = bytes.indexOf("\r\n\r\n") + 4;
  const from = { line: 0, head: line, body: head, all: 0 }[part];
  const to = { line, head, body: bytes.length, all: bytes.length }[part];
  return part === "all" ? at % (to + 1) : Math.round(from + (to - from) * at);
}

/**
 * The id of a request, or the one that an answer repeats.
 * @param {string} text
 */
export function requestId(text) {
  return /^x-request-id: *(.*)\r$/im.exec(text)?.[1];
}

/** @param {string} text */
function numberIn(text) {
  const found = NUMBER.exec(text);
  return found?.[1] ?? found?.[2];
}

/**
 * The number as it is dialled.
 * @param {string} text
 */
function toBeDialled(text) {
  const [, inPath, inBody] = /\/quickcall\/([^ ?]+)|"number":"([^"]*)"/.exec(text) ?? [];
  return inPath === undefined ? inBody : decoded(decoded(inPath));
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The messages of HTTP/1.1 on a connection, each whole; what is unfinished at its end is the last one.
 * @param {Socket} socket
 * @returns {AsyncGenerator<Buffer, undefined>}
 */
async function* messages(socket) {
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      rest = Buffer.concat([rest, chunk]);
      for (let end = wholeMessage(rest); end > 0; end = wholeMessage(rest)) {
        yield rest.subarray(0, end);
        rest = rest.subarray(end);
      }
    }
  } catch {
    // It ended otherwise than in order. What came is what there is.
  }
  if (rest.length > 0) yield rest;
}

/**
 * Where the first message ends, or 0 where it has not ended.
 * @param {Buffer} bytes
 */
function wholeMessage(bytes) {
  const behind = bytes.indexOf("\r\n\r\n");
  if (behind < 0) return 0;
  const head = bytes.subarray(0, behind).toString("latin1");
  const body = behind + 4;
  if (/^transfer-encoding:.*chunked/im.test(head)) {
    const last = bytes.indexOf("0\r\n\r\n", body);
    return last < 0 ? 0 : last + 5;
  }
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  // An answer without a length lasts until its connection ends.
  if (length === undefined && head.startsWith("HTTP/") && !/^HTTP\/\S+ (?:204|304)/.test(head)) return 0;
  const end = body + Number(length ?? 0);
  return bytes.length < end ? 0 : end;
}
