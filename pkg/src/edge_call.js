/**
 * A call that passed its checks: it is reserved, placed once, and its answer is kept.
 * @module
 */

/** @import { EdgeReservation } from "../build/edge/glue.js" */
/** @import { Answer } from "./edge_answer.js" */
/** @import { Asked, Judged } from "./edge_judge.js" */
/** @import { Ready } from "./edge_ready.js" */
/** @import { LogEntry } from "./edge_types.js" */
/** @import { Known } from "./guard.js" */
/** @import { Sendable } from "./place.js" */
/** @import { Fetch } from "./types.js" */
import { hiddenCauses } from "./api_token.js";
import { failure } from "./core.js";
import { TOO_LATE } from "./deadline.js";
import { edgeRefusal, upstream } from "./edge_answer.js";
import { systemCode } from "./edge_cause.js";
import { edgeCore } from "./edge_core.js";
import { gone } from "./edge_gone.js";
import { problem, quietly, report } from "./edge_log.js";
import { CHECKS, Failed, PATIENCE, patiently, timeLeft } from "./edge_patience.js";
import { knownOf, repeat } from "./edge_repeat.js";
import { QuickcallError } from "./errors.js";
import { callServer } from "./place.js";
import { sleep } from "./sleep.js";

/**
 * How long a call may wait for its token before it is sent, in milliseconds, counted from its reservation. `TOKENS` in
 * `src/reservation.rs` is the same time: for so much longer the same call is refused under another key.
 */
const TOKENS = 20_000;

/** What is logged besides where the visitor's address has gone. */
const ANOTHER = " In Bun: or this is not the `Request` that came.";

/** How often the guard is asked to keep an answer, and how long between, in milliseconds. */
const SETTLE = { attempts: 3, pause: 200 };

/**
 * Reserves a call that passed its checks, and places it.
 * @param {Asked} asked
 * @param {Judged} judged
 * @param {() => void} leave Called once it is reserved, or not.
 * @returns {Promise<Answer>}
 */
export async function begin(asked, judged, leave) {
  const { request, host, address, ready, entry, started } = asked;
  const { key, fingerprint, endpoint, call } = judged;
  const { guard, visitor: given } = ready;
  let told;
  try {
    told = given ? await patiently(() => given(request, host.env, host.context), "visitor") : address;
    // Limits count by address: without one, whoever leaves at once could call more often.
    if (told === null && !given) throw gone(ANOTHER);
    if (Date.now() - started > CHECKS) throw TOO_LATE;
  } catch (error) {
    // A call that is there is told all the same.
    const known = await knownOf(guard, judged);
    if (known.state === "nothing") throw error;
    return repeat(known, asked, judged);
  }
  const visitor = edgeCore().visitor(typeof told === "string" ? told : "");
  entry.visitor = visitor;
  // Nothing is begun whose answer would come too late for the runtime.
  if (timeLeft(started) <= 0) throw TOO_LATE;
  const ringSeconds = call.ringTime / 1000;
  const reservation = ready.core.reservation(key, fingerprint, endpoint, call.number, ringSeconds, visitor);
  if (!reservation) throw new Error("This is no key.");
  return carryOut(asked, judged, reservation, leave);
}

/**
 * Reserves and places the call of a visitor who is known. None of it stops when the visitor's connection ends.
 * @param {Asked} asked
 * @param {Judged} judged
 * @param {EdgeReservation} reservation
 * @param {() => void} leave
 * @returns {Promise<Answer>}
 */
function carryOut(asked, judged, reservation, leave) {
  const { host, ready, entry, started } = asked;
  const { guard, log } = ready;
  const begun = Date.now();
  /** @type {Known | Promise<Known> | undefined} */
  let reserving;
  const reserve = async () => {
    const known = await patiently(() => {
      reserving = guard.reserve(reservation);
      return reserving;
    }, "guard");
    // In a process that stood still the timer of the wait is late, too.
    if (known.state === "reserved" && Date.now() - begun > PATIENCE) throw new Failed("guard", TOO_LATE);
    return known;
  };
  // A reservation that comes too late is never dialled: the visitor has an answer, and may have called again.
  const takeBack = async () => {
    const known = await reserving;
    if (known?.state === "reserved") await keep(() => guard.release(reservation, known.at), log);
  };
  /** What is still written to the guard, and the visitor does not wait for. @type {Promise<unknown> | undefined} */
  let keeping;
  const work = async () => {
    /** @type {Known} */
    let known;
    try {
      known = await reserve();
    } catch (error) {
      keeping = takeBack();
      throw error;
    } finally {
      leave();
    }
    if (known.state !== "reserved") return repeat(known, asked, judged);
    const { at } = known;
    const reserved = Date.now();
    const isLate = () => Date.now() - reserved > TOKENS || timeLeft(started) <= 0;
    const { answer, sent } = await callOnce(judged.call, ready, entry, isLate);
    // What surely never left leaves nothing behind. Whatever may have left stays.
    const write = () =>
      sent === undefined
        ? guard.release(reservation, at)
        : guard.settle(reservation, at, { ...answer, sent });
    // The visitor waits for the first attempt, not for a guard that is away.
    await new Promise((tried) => {
      keeping = keep(write, log, () => tried(undefined));
    });
    return answer;
  };
  const answered = work();
  const finish = async () => {
    await quietly(() => answered);
    await quietly(() => keeping);
    reservation.free();
  };
  const over = finish();
  // `waitUntil` throws where the request is over, or where it is called without its context. The call goes on all the same.
  quietly(() => host.context?.waitUntil?.(over));
  return answered;
}

/**
 * Places a call that is reserved.
 * @param {Sendable} call
 * @param {Ready} ready
 * @param {LogEntry} entry
 * @param {() => boolean} isLate Whether it must not be sent any more: a process that stood still, or a token that came late.
 * @returns {Promise<{ answer: Answer, sent: number | undefined }>} `sent`: when it left, in milliseconds since 1970.
 */
async function callOnce(call, { isDryRun, authToken, fetch, log }, entry, isLate) {
  if (isDryRun) return { answer: edgeRefusal("dry_run"), sent: Date.now() };
  let wasLate = false;
  /** @type {number | undefined} */
  let sent;
  /** @type {Fetch} */
  const send = (url, init) => {
    wasLate = isLate();
    if (wasLate) throw TOO_LATE;
    sent = Date.now();
    return fetch(url, init);
  };
  try {
    const { state, callIds, requestId } = await callServer(call, authToken, send);
    entry.requestId = requestId;
    const body = JSON.stringify({ state, callIds, requestId });
    return { answer: { status: 200, code: state, outcome: "placed", body }, sent };
  } catch (thrown) {
    if (!wasLate) return { answer: notConfirmed(thrown, log, entry), sent };
    report(log, problem("handler", TOO_LATE));
    // What was sent before was refused for its token.
    return { answer: edgeRefusal("unavailable"), sent: undefined };
  }
}

/**
 * The answer where no call is confirmed. The log is told why.
 * @param {unknown} thrown
 * @param {(entry: LogEntry) => void} log
 * @param {LogEntry} entry
 * @returns {Answer}
 */
function notConfirmed(thrown, log, entry) {
  const error = thrown instanceof QuickcallError ? thrown : failure("network", { cause: thrown });
  entry.requestId = error.requestId;
  // What is wrong with the token is the owner's to know.
  const isToken = error.code === "token_failed";
  if (isToken) {
    entry.message = error.message;
    if (error.cause !== undefined) report(log, problem("authToken", error.cause));
  }
  if (isToken || error.code === "network") {
    entry.cause = systemCode(error) ?? systemCode(hiddenCauses.get(/** @type {object} */ (error.cause)));
  }
  if (error.hangupCause !== undefined) entry.hangupCause = error.hangupCause;
  return upstream(isToken ? failure("token_failed") : error);
}

/**
 * Tries to write to the guard, and goes on where it cannot: the entry of the key reads as `unknown` then.
 * @param {() => unknown} write
 * @param {(entry: LogEntry) => void} log
 * @param {() => void} [tried] Called behind the first attempt.
 */
async function keep(write, log, tried) {
  for (let attempt = 1; ; attempt++) {
    const failed = await patiently(write).then(
      () => undefined,
      (error) => ({ error }),
    );
    tried?.();
    if (failed === undefined) return;
    if (attempt === SETTLE.attempts) return report(log, problem("guard", failed.error));
    await sleep(SETTLE.pause);
  }
}
