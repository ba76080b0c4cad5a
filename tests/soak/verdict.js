/**
 * Whether what was said of a faulted call is so, and whether as much was said as could be known.
 * @module
 */

import { requestId } from "./harness/fault_proxy.js";
import { handlerSays, readReply, serverSays } from "./harness/reply_says.js";

/** @import { Exchange, Fault } from "./harness/fault_proxy.js" */
/** @import { Said } from "./harness/place_all.js" */
/** @import { Word } from "./harness/reply_says.js" */

/**
 * A call, as it is judged. `dials`: how often it was dialled, whatever number a changed byte had made of its own. `stranger`: whether
 * that was another number. `isRefused`: whether the switch refused it, so that nothing was dialled though the server took it. `legs`: the
 * ids that it gave. `scenario`: what was to become of it, where that is not a conversation.
 * @typedef {object} Placed
 * @property {string} client
 * @property {string} number
 * @property {import("./faults.js").Way} way
 * @property {Fault} fault
 * @property {boolean} isPage
 * @property {number} dials
 * @property {boolean} stranger
 * @property {boolean} isRefused
 * @property {string[]} legs
 * @property {string | undefined} scenario
 * @property {Exchange[]} exchanges The requests for it that came to the proxy.
 * @property {number} limit Seconds until its client gives up.
 * @property {Said} said
 */

/**
 * * `true`: what was said is so, and nothing more is known.
 * * `repeated by the browser`, `repeated by the proxy`: dialled more than once, since somebody else sent it again.
 * * `changed on the way`: the answer, the number, or the request's id or key was not what was sent any more. Only TLS shows that.
 * * `answer to another`: an answer was repeated before on its connection, so that one is read for this call that is not its own, and
 *   `unknown` was said.
 * * `not sent`: its time ended before it left; the fault was not met.
 * * `too late`: the answer came when nobody waited any more.
 * * `cut head taken for whole`: a browser gives an answer that ended within its head for one without a body, and a call whose
 *   first answer from a handler was cut so says `unknown` without asking again.
 *
 * What must not be:
 *
 * * `false`: said otherwise than it was. `guessed`: so, but nothing that came said it. `vague`: not said, though it came.
 * * `lost`: the first request or its reply was lost, and the repeat did not tell. `twice`: sent or dialled more than once.
 * * `not tried`: refused before anything was sent. `hung`: nothing was said.
 * @typedef {"true" | "repeated by the browser" | "repeated by the proxy" | "changed on the way" | "answer to another" | "not sent" | "too late" | "cut head taken for whole"
 *   | "false" | "guessed" | "vague" | "lost" | "twice" | "not tried" | "hung"} Verdict
 */

/** @type {readonly Verdict[]} */
export const WRONG = ["false", "guessed", "vague", "lost", "twice", "not tried", "hung"];

/** What is said of a call that is wrong by itself. */
const UNTRIED = new Set([
  "invalid",
  "not_ready",
  "load_failed",
  "token_in_browser",
  "token_failed",
  "duplicate",
]);

/** Seconds before its end that a client may be too busy to read what came. */
const BUSY = 1;

/**
 * @param {Placed} placed
 * @returns {Verdict}
 */
export function judge(placed) {
  const { way, fault, dials, exchanges, said, isPage } = placed;
  const requests = exchanges.length;
  if (said.code === "hung") return "hung";
  const isDirect = way.startsWith("direct");
  if (isDirect && said.fetches > 1) return "twice";
  // Only a page's browser sends again what was sent once; a handler's runtime does not, and nobody but a page is asked again.
  const byBrowser = isPage && isDirect && requests > 1;
  if (way === "before the handler" ? !isPage && requests > said.fetches : requests > 1 && !byBrowser)
    return "twice";
  const byProxy =
    way !== "before the handler" && fault.side === "request" && fault.deed === "repeat" && requests === 1;
  if (dials > (byBrowser ? requests : byProxy ? 2 : 1)) return "twice";
  // Damaged was what a browser sent again by itself: nobody else knows that it was a repeat.
  const isHidden = isPage && fault.then !== undefined && requests > said.fetches;
  if (!isSo(placed) && isHidden && damages(fault.then)) return "changed on the way";
  if (!isSo(placed))
    return changed(fault) && heard(placed).includes(word(said)) ? "changed on the way" : "false";
  if (UNTRIED.has(String(said.code))) return "not tried";
  if (requests === 0 && fault.side !== "connect") return word(said) === "unknown" ? "not sent" : "not tried";
  // Events say it, too, and by a way of their own.
  const isWatched = way === "direct, watched" && (word(said) === "started" || word(said) === "accepted");
  if (word(said) !== "unknown" && !isWatched && !heard(placed).includes(word(said))) return "guessed";
  const must = mustSay(placed);
  if (must !== undefined && must !== word(said) && !(isWatched && must === "unknown")) {
    if (isLate(placed)) return "too late";
    if (isCutHead(placed)) return "cut head taken for whole";
    if (word(said) === "unknown" && exchanges.some(isToAnother)) return "answer to another";
    if (word(said) === "unknown" && exchanges.some((it) => isIdChanged(it) || isKeyChanged(it)))
      return "changed on the way";
    return fault.once ? "lost" : "vague";
  }
  if (placed.stranger && dials > 0) return "changed on the way";
  if (dials > 1) return byBrowser ? "repeated by the browser" : "repeated by the proxy";
  return "true";
}

/** @param {Said} said @returns {Word} */
export const word = (said) => /** @type {Word} */ (said.state ?? said.outcome);

/**
 * Whether what was said is what was dialled.
 * @param {Placed} placed
 */
function isSo({ way, fault, dials, isRefused, legs, said }) {
  const { state, callIds = [] } = said;
  if (state !== undefined && callIds.length === 0) return false;
  // A changed byte may be one of an id.
  if (!damages(fault) && callIds.some((id) => !legs.includes(id))) return false;
  switch (word(said)) {
    case "started":
      return dials > 0;
    // The server takes what the switch refuses.
    case "accepted":
      return dials > 0 || (isRefused && way === "direct, GET");
    case "not_placed":
      return dials === 0;
    default:
      return word(said) === "unknown";
  }
}

/** @param {Fault | undefined} fault */
const damages = (fault) => fault?.deed === "corrupt" || fault?.deed === "lose";

/** @param {Fault} fault */
const changed = (fault) => fault.side === "reply" && damages(fault);

/**
 * What bytes say that were for this call.
 * @param {Placed} placed
 * @param {Buffer} bytes
 */
function says({ way, isPage }, bytes) {
  // A page is not let see what does not say that it may.
  if (isPage && way !== "behind the handler" && !allowsPages(bytes)) return "unknown";
  return way === "before the handler" ? handlerSays(bytes) : serverSays(bytes, way !== "direct, GET");
}

/** @param {Buffer} bytes */
const allowsPages = (bytes) => /^access-control-allow-origin:/im.test(bytes.toString("latin1"));

/**
 * All that can have been understood: of what was given, and, where a byte was changed that a client may not look at, of what came.
 * @param {Placed} placed
 */
function heard(placed) {
  return placed.exchanges.flatMap(({ given, reply }) => [
    says(placed, given),
    ...(changed(placed.fault) && reply ? [says(placed, reply)] : []),
  ]);
}

/**
 * Whether an answer to another request is read for this one.
 * @param {Exchange} exchange
 */
const isToAnother = ({ given, read }) => read !== undefined && read !== given;

/**
 * Whether the id of a request was changed to another that this package could have sent.
 * @param {Exchange} exchange
 */
function isIdChanged({ id, given }) {
  const told = requestId(given.toString("latin1"));
  return id !== undefined && told !== id && /^quickcall-[0-9a-f]{32}$/.test(told ?? "");
}

/**
 * Whether the key of a request was changed: its answer repeats another one.
 * @param {Exchange} exchange
 */
function isKeyChanged({ key, given }) {
  const told = /"idempotencyKey":"([\w-]*)"/.exec(given.toString("latin1"))?.[1];
  return told !== undefined && told !== key;
}

/**
 * What has to be said: what an answer says that was given whole, or with a change of its body alone. Where only the first request
 * met the fault, what became of the call.
 * @param {Placed} placed
 * @returns {Word | undefined} Nothing where a client may say `unknown`.
 */
export function mustSay(placed) {
  const { way, fault, isRefused, exchanges } = placed;
  // The refusal of a repeat that was damaged says nothing of the first request.
  if (fault.then) return undefined;
  if (way === "before the handler" && fault.once) {
    const isKnown = isRefused || heard(placed).includes("not_placed");
    return isKnown ? "not_placed" : "started";
  }
  // Whoever watches sees it ring, by the var that the request has.
  const isSeen = way === "direct, watched" && placed.dials > 0 && !placed.scenario && !damages(fault);
  const seen = isSeen && placed.said.code !== "aborted" ? "started" : undefined;
  const last = exchanges.at(-1);
  if (!last?.reply || last.isReset) return seen;
  const { given, reply } = last;
  const isSame = given.equals(reply);
  const head = reply.indexOf("\r\n\r\n") + 4;
  const inBody = given.length === reply.length && given.subarray(0, head).equals(reply.subarray(0, head));
  if (!readReply(given).isWhole || !(isSame || inBody)) return seen;
  const told = says(placed, given);
  if (told === "unknown" && seen) return seen;
  // A handler that refuses a repeat does not say what became of the first.
  if (way === "before the handler" && exchanges.length > 1 && told === "not_placed") return undefined;
  return told;
}

/**
 * Whether the answer came when its client had given up, or was about to.
 * @param {Placed} placed
 */
function isLate({ isPage, fault, exchanges, limit, said }) {
  const gaveUp = said.code === "timeout" || said.code === "aborted";
  // It was asked again, and that had not left yet. A page asks again for what may be the refusal of its browser's repeat.
  if ((fault.once || isPage) && gaveUp && said.fetches > exchanges.length) return true;
  return gaveUp && (exchanges.at(-1)?.at ?? 0) > said.began + (limit - BUSY) * 1000;
}

/**
 * Whether a browser can have taken the first answer for a whole one without a body.
 * @param {Placed} placed
 */
function isCutHead({ isPage, fault, exchanges, said }) {
  const given = exchanges.at(-1)?.given.toString("latin1") ?? "";
  const isInHead = /^HTTP\/1\.1 \d{3}[\s\S]*\r\n/.test(given) && !given.includes("\r\n\r\n");
  return isPage && fault.once && fault.side === "reply" && isInHead && said.code === "bad_response";
}
