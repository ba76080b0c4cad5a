/**
 * A websocket of events that says what a test wants, on a real socket.
 * @module
 */

import { once } from "node:events";
import { WebSocketServer } from "ws";

/** Starts one. Everything that is asked for is granted. */
export async function startEventServer() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const { action, request_id } = JSON.parse(String(data));
      if (action !== "subscribe") return;
      socket.send(JSON.stringify({ action: "reply", request_id, status: "success", data: {} }));
    });
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  /** @param {string} text */
  const send = (text) => {
    for (const socket of server.clients) socket.send(text);
  };
  return {
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
