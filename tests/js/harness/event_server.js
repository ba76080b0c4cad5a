/**
 * A websocket of events that says what a test wants, on a real socket.
 * @module
 */

import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { watch } from "#quickcall/events";

/** @typedef {{ action: string, request_id: string }} Message */

/** Starts one. Everything that is asked for is granted, unless a test wants something else. */
export async function startEventServer() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const wanted = {
    /** How many sockets were opened. */
    opened: 0,
    /** What is done with a message; by default it is granted. @type {((socket: import("ws").WebSocket, message: Message) => void) | undefined} */
    take: undefined,
  };
  /**
   * @param {import("ws").WebSocket} socket
   * @param {Message} message
   */
  const grant = (socket, { action, request_id }) => {
    if (action === "ping") socket.send('{"response":"pong"}');
    else socket.send(JSON.stringify({ action: "reply", request_id, status: "success", data: {} }));
  };
  server.on("connection", (socket) => {
    wanted.opened += 1;
    socket.on("error", () => {});
    socket.on("message", (data) => (wanted.take ?? grant)(socket, JSON.parse(String(data))));
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  /** @param {string} text */
  const send = (text) => {
    for (const socket of server.clients) socket.send(text);
  };
  return {
    wanted,
    grant,
    /** How many sockets are there. */
    get sockets() {
      return server.clients.size;
    },
    /** Ends every socket, and takes new ones. */
    cut() {
      for (const socket of server.clients) socket.terminate();
    },
    /** Reads nothing more of any socket, and ends none: as a server whose network is gone. */
    hush() {
      for (const socket of server.clients) socket.pause();
    },
    url: `ws://127.0.0.1:${port}/`,
    /** Sends a text as it is. */
    send,
    /**
     * Tells an event of a leg.
     * @param {string} name
     * @param {Record<string, unknown>} data
     */
    tell: (name, data) =>
      send(JSON.stringify({ action: "event", name, data: { event_name: name, ...data } })),
    /** Ends it, and every socket. */
    stop() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

/**
 * Opens a watcher on such a websocket. No server listens behind it.
 * @param {{ url: string }} events
 * @param {Partial<Parameters<typeof watch>[0]>} [more]
 */
export const watchEvents = ({ url }, more) =>
  watch({
    url,
    baseUrl: "http://127.0.0.1:9/v2",
    accountId: "0123456789abcdef0123456789abcdef",
    authToken: "a-token",
    WebSocket,
    ...more,
  });
