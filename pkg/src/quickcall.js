/** @import { Call, Config, Fetch, Issue, Placed, Request } from "./types.js" */

import { askHandler } from "./ask_handler.js";
import { ask, core, initForCall, isReady, made } from "./core.js";
import { notPlaced } from "./errors.js";
import { fetchOnce } from "./fetch_once.js";
import { absolute } from "./handler_url.js";
import { newKey } from "./idempotency_key.js";
import { invalid } from "./invalid.js";
import { pack } from "./pack.js";
import { isPage } from "./page.js";
import { callServer, place } from "./place.js";
import { readPrepared } from "./prepared.js";
import { members, readable } from "./readable.js";
import { usableSignal } from "./signal.js";
import { withoutSecret } from "./token.js";
import { unknownOutcome } from "./unknown_outcome.js";

const NOT_SENT_NOW =
  "Nobody knows whether the call was placed: its key may have been sent before. This time nothing was sent.";

const TOKEN_IN_BROWSER =
  "Nothing was sent: a token in a page can be read by everybody who sees the page. Use a handler (`handler`), or set `allowTokenInBrowser: true` if only trusted people see it.";

/**
 * Places calls for one account of a Kazoo server, or through a handler that knows server and token.
 *
 * @example
 * import { init, Quickcall } from "quickcall";
 *
 * await init();
 * const quickcall = new Quickcall({
 *   baseUrl: "https://kazoo.example.com:8443/v2",
 *   accountId: "0123456789abcdef0123456789abcdef",
 *   authToken: process.env.KAZOO_TOKEN,
 * });
 * const { number } = quickcall.build({ user: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", number: "(415) 555-0100" });
 * console.log(number); // "4155550100"
 */
export class Quickcall {
  /** The name in the source is lost when the package is minified. */
  static name = "Quickcall";

  /** @type {import("./types.js").AuthToken | undefined} */
  #authToken;
  /** @type {Fetch | undefined} */
  #fetch;
  /** @type {boolean} */
  #throughHandler;
  /** @type {string} */
  #packed;
  /** @type {boolean} */
  #inPage;
  /** @type {import("../build/glue.js").Client | undefined} */
  #checked;

  /**
   * @param {Config} config Judged at once where Quickcall is ready, or else at its first use.
   * @throws {QuickcallError} `invalid` with every issue; `token_in_browser` for a token in a page.
   */
  constructor(config) {
    this.#inPage = isPage();
    const read = (/** @type {string} */ name) => readable(name, () => Object(config)[name]);
    const authToken = read("authToken");
    const handler = read("handler");
    if (this.#inPage && authToken !== undefined && read("allowTokenInBrowser") !== true) {
      throw notPlaced("token_in_browser", TOKEN_IN_BROWSER);
    }
    this.#authToken = authToken;
    this.#fetch = read("fetch");
    this.#throughHandler = handler !== undefined;
    this.#packed = pack(
      config === Object(config) && !Array.isArray(config)
        ? {
            ...Object.fromEntries(
              readable("config", () => Object.keys(config)).map((name) => [name, read(name)]),
            ),
            authToken: withoutSecret(authToken),
            handler: absolute(handler),
          }
        : config,
    );
    if (isReady()) this.#client();
  }

  #client() {
    this.#checked ??= made(core().Client, this.#packed, this.#inPage);
    return this.#checked;
  }

  /**
   * Everything that is wrong with a call, and what may surprise; `[]` when all is well. Sends nothing.
   * @param {Call} call
   * @returns {Issue[]}
   * @throws {QuickcallError} `not_ready` before `init()` is done; `invalid` for a wrong configuration.
   */
  validate(call) {
    return JSON.parse(this.#client().validate(pack(call)));
  }

  /**
   * The request that places a call, without its token. Sends nothing. One to a handler has a new `Idempotency-Key`: sent
   * twice, it places one call.
   * @param {Call} call
   * @returns {Request}
   * @throws {QuickcallError} `invalid` with every issue; `not_ready` before `init()` is done.
   */
  build(call) {
    const { method, url, headers, body, number, warnings } = this.#prepare(pack(call));
    return { method, url, headers, body, number, warnings };
  }

  /**
   * @param {string} packed
   * @returns {import("./place.js").Prepared}
   */
  #prepare(packed) {
    const client = this.#client();
    const prepared = readPrepared(ask(() => client.build(packed)));
    if (this.#throughHandler) prepared.headers["Idempotency-Key"] = newKey();
    return prepared;
  }

  /**
   * Places a call, once. Always settles. A handler is asked again, with the same key, when its reply is lost: it places
   * one call and says what became of it.
   * @param {Call} call
   * @param {{ signal?: AbortSignal | undefined, again?: boolean | undefined, key?: string | undefined }} [how] `signal`
   *   ends the waiting, not the call. `again: true` places a call that has just ended, or may still ring, once more.
   *   `key`, with a handler only: the `Idempotency-Key` of the call, 8 to 128 letters, digits, `_` and `-`. After an
   *   `unknown` outcome the same call with the same key asks what became of it, and never rings a second time. Because it may
   *   have been sent before, maybe by a page that was loaded again since, a refusal such as `limited` is `unknown` with it; for
   *   a key that is new it means that no call was placed.
   * @returns {Promise<Placed>} Rejects with a `QuickcallError`; its `outcome` says whether a call may exist.
   */
  async call(call, how = {}) {
    // The call as it is now: it may be changed before the module is there.
    const packed = pack(call);
    const { again, key, signal } = asked(how);
    await initForCall(signal).catch((error) => {
      throw key === undefined || !this.#throughHandler ? error : unknownOutcome(error.code, NOT_SENT_NOW);
    });
    const prepared = this.#prepare(packed);
    const fetch = this.#fetch ?? /** @type {Fetch} */ (fetchOnce);
    if (this.#throughHandler) {
      if (key !== undefined) prepared.headers["Idempotency-Key"] = usable(key);
      const waiting = { signal, deadline: prepared.deadline, repeated: key !== undefined };
      return place(prepared, { again, key }, fetch, async (fetch) => {
        const placed = await askHandler(prepared, { ...waiting, fetch });
        return { ...placed, warnings: prepared.warnings };
      });
    }
    if (key !== undefined) throw invalid("not_allowed", "key", "Only a handler knows keys. Leave it out.");
    const authToken = this.#authToken;
    if (authToken === undefined) {
      throw invalid("required", "authToken", "A token is needed to place a call.");
    }
    return place(prepared, { again }, fetch, (fetch) => callServer(prepared, authToken, fetch, signal));
  }

  /**
   * The number that is dialled for what was typed.
   * @param {string} number
   * @param {boolean | string | RegExp} [numberFilter]
   * @returns {string}
   * @throws {QuickcallError} `invalid`, or `not_ready` before `init()` is done.
   */
  static filterNumber(number, numberFilter) {
    const [given, filter] = [number, numberFilter].map((value) =>
      value === undefined ? undefined : pack(value),
    );
    return ask(({ filter_number }) => filter_number(given, filter));
  }

  /**
   * The curl command of a request. The token is taken from the shell's variable `AUTH_TOKEN`.
   * @param {Pick<Request, "method" | "url" | "headers" | "body">} request
   * @returns {string}
   * @throws {TypeError} When it is no request.
   * @throws {QuickcallError} `not_ready` before `init()` is done.
   */
  static toCurl(request) {
    const command = core().to_curl(pack(request));
    if (command === undefined) throw new TypeError("toCurl() takes what build() returns.");
    return command;
  }
}

/** What may be asked for besides a call. */
const HOW = /** @type {const} */ (["again", "key", "signal"]);

/** Whether it is a list, or a signal by itself. @param {object} given */
function isAnother(given) {
  return readable("how", () => Array.isArray(given) || "aborted" in given);
}

/**
 * What is asked for besides the call.
 * @param {{ signal?: AbortSignal | undefined, again?: boolean | undefined, key?: string | undefined }} how
 */
function asked(how) {
  if (Object(how) !== how || isAnother(how)) {
    throw invalid("wrong_type", "how", "This is no object with what is asked for, such as `{ signal }`.");
  }
  // A name that was written wrong would go unseen: without its key a call is another call, and rings once more.
  const unknown = readable("how", () => Object.entries(how)).find(
    ([name, value]) => value !== undefined && !(/** @type {readonly string[]} */ (HOW).includes(name)),
  );
  if (unknown) {
    const [name] = unknown;
    throw invalid(
      "unknown_key",
      name,
      `There is no \`${name}\` here. There are \`signal\`, \`again\` and \`key\`.`,
    );
  }
  const { again = false, key, signal } = members("how", how, HOW);
  if (typeof again !== "boolean") throw invalid("wrong_type", "again", "This must be true or false.");
  return { again, key, signal: usableSignal(signal) };
}

/**
 * @param {unknown} key
 * @returns {string}
 */
function usable(key) {
  if (typeof key === "string" && core().is_idempotency_key(key)) return key;
  throw invalid(
    key === "" ? "required" : "not_allowed",
    "key",
    "A key has 8 to 128 letters, digits, `_` and `-`.",
  );
}
