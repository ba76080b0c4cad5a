/**
 * A visitor in a thread of its own, who asks for a call and goes while the handler's thread stands still.
 * @module
 */

import { once } from "node:events";
import { request as plain } from "node:http";
import { connect } from "node:http2";
import { request as secure } from "node:https";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** For how long a thread waits for the other one at most, in milliseconds. */
const LIMIT = 10_000;

/**
 * Asks for a call of a handler in this thread, and is back when the visitor has gone, or still waits. Nothing of it was read by then.
 * @param {"http:" | "https:" | "h2:"} protocol
 * @param {number | string} port Or the path of a socket of Unix.
 * @param {{ headers: Record<string, string>, body: string, leaves: boolean }} what
 * @returns {Promise<Worker>} The visitor.
 */
export async function askAndStandStill(protocol, port, what) {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const visitor = new Worker(new URL(import.meta.url), { workerData: { protocol, port, ...what, flag } });
  await once(visitor, "message");
  visitor.postMessage("ask");
  Atomics.wait(flag, 0, 0, LIMIT);
  return visitor;
}

/** The visitor: connected first, because that takes the other thread. */
async function visit() {
  const { protocol, port, headers, body, leaves, flag } = workerData;
  const url = `${protocol === "http:" ? "http:" : "https:"}//127.0.0.1${typeof port === "string" ? "" : `:${port}`}`;
  const trusting = { rejectUnauthorized: false };
  const session = protocol === "h2:" ? connect(url, trusting) : undefined;
  const outgoing = session
    ? undefined
    : (protocol === "http:" ? plain : secure)(`${url}/call`, {
        method: "POST",
        headers,
        agent: false,
        ...(typeof port === "string" ? { socketPath: port } : {}),
        ...trusting,
      });
  session?.on("error", () => {});
  outgoing?.on("error", () => {});
  if (session) await once(session, "connect");
  const [socket] = outgoing ? await once(outgoing, "socket") : [undefined];
  if (socket) await once(socket, protocol === "http:" ? "connect" : "secureConnect");
  parentPort?.postMessage("connected");
  await once(/** @type {import("node:worker_threads").MessagePort} */ (parentPort), "message");
  const asked = outgoing ?? session?.request({ ":method": "POST", ":path": "/call", ...headers });
  asked?.on("error", () => {});
  asked?.on("response", () => parentPort?.postMessage("answered"));
  asked?.end(body);
  // What was written has left then.
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (leaves) {
    // As browsers give up a request: by HTTP/2 its connection stays.
    outgoing?.destroy();
    if (!outgoing) asked?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

if (!isMainThread && workerData?.flag) visit();
