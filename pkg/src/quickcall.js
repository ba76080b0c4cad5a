/** @import { Call, Config, Fetch, Issue, Placed, Request } from "./types.js" */
import { ask, core, init, isReady } from "./core.js";
import { errorWithoutCore, QuickcallError } from "./errors.js";
import { pack } from "./pack.js";
import { isPage } from "./page.js";
import { place } from "./place.js";

/**
 * Places calls for one account of a Kazoo server.
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
  /** @type {import("./types.js").AuthToken | undefined} */
  #authToken;
  /** @type {Fetch | undefined} */
  #fetch;
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
    const { authToken, fetch, allowTokenInBrowser } = Object(config);
    if (this.#inPage && authToken !== undefined && allowTokenInBrowser !== true) {
      throw errorWithoutCore("token_in_browser");
    }
    this.#authToken = authToken;
    this.#fetch = fetch;
    // The token stays here: the core learns only that there is one.
    this.#packed = pack(
      config === Object(config) && authToken !== undefined
        ? { ...config, authToken: typeof authToken }
        : config,
    );
    if (isReady()) this.#client();
  }

  #client() {
    this.#checked ??= ask(({ Client }) => new Client(this.#packed, this.#inPage));
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
   * The request that places a call, without its token. Sends nothing.
   * @param {Call} call
   * @returns {Request}
   * @throws {QuickcallError} `invalid` with every issue; `not_ready` before `init()` is done.
   */
  build(call) {
    const { method, url, headers, body, number, warnings } = this.#prepare(call);
    return { method, url, headers, body, number, warnings };
  }

  /**
   * @param {Call} call
   * @returns {import("./place.js").Prepared}
   */
  #prepare(call) {
    const client = this.#client();
    return JSON.parse(ask(() => client.build(pack(call))));
  }

  /**
   * Places a call, once. Always settles.
   * @param {Call} call
   * @param {{ signal?: AbortSignal | undefined, again?: boolean | undefined }} [how] `signal` ends the waiting, not the
   *   call. `again: true` places a call that has just ended, or may still ring, once more.
   * @returns {Promise<Placed>} Rejects with a `QuickcallError`; its `outcome` says whether a call may exist.
   */
  async call(call, { signal, again = false } = {}) {
    await init();
    const prepared = this.#prepare(call);
    const authToken = this.#authToken;
    if (authToken === undefined) {
      const message = "A token is needed to place a call.";
      /** @type {Issue} */
      const issue = { severity: "error", code: "required", path: ["authToken"], message };
      throw new QuickcallError({
        code: "invalid",
        outcome: "not_placed",
        message: `The call was not placed: something in it is wrong. authToken: ${message}`,
        issues: [issue],
      });
    }
    return place(prepared, {
      authToken,
      fetch: this.#fetch ?? globalThis.fetch,
      signal,
      again: again === true,
    });
  }

  /**
   * The number that is dialled for what was typed.
   * @param {string} number
   * @param {boolean | string | RegExp} [numberFilter]
   * @returns {string}
   * @throws {QuickcallError} `invalid`, or `not_ready` before `init()` is done.
   */
  static filterNumber(number, numberFilter) {
    const filter = numberFilter === undefined ? undefined : pack(numberFilter);
    return ask(({ filter_number }) => filter_number(pack(number), filter));
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
