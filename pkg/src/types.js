/**
 * The codes of issues: what is wrong, and from `changed` on what may surprise. A later release may have more.
 * @typedef {"required" | "unknown_key" | "duplicate_key" | "wrong_type" | "too_small" | "too_large" | "too_long" | "not_allowed" | "unsafe_character" | "reserved" | "invalid_url" | "number_filter_invalid" | "number_filter_unsupported" | "number_filter_no_group" | "number_filter_no_match" | "undialable" | "changed" | "ignored" | "not_shown" | "collision" | "unusual" | "may_repeat"} IssueCode
 */

/**
 * One thing that is wrong with a call or a configuration, or may surprise.
 * @typedef {object} Issue
 * @property {"error" | "warning"} severity An error stops the call; with a warning it is sent.
 * @property {IssueCode | (string & {})} code What kind of issue it is; the codes are stable.
 * @property {string[]} path Where it is, as the caller wrote it.
 * @property {string} message What is wrong and what to do.
 * @property {string} [expected] What should stand there.
 * @property {string} [received] What stood there. Never a secret.
 */

/**
 * The codes of the class's errors.
 * @typedef {"invalid" | "not_ready" | "load_failed" | "token_in_browser" | "token_failed" | "duplicate" | "unauthorized" | "forbidden" | "not_found" | "rate_limited" | "rejected" | "no_endpoints" | "originate_failed" | "server_error" | "unconfirmed" | "bad_response" | "network" | "timeout" | "aborted"} ClassCode
 */

/**
 * The codes that only a handler gives.
 * @typedef {"bad_request" | "origin_refused" | "verification_failed" | "destination_refused" | "unknown_endpoint" | "unknown_call" | "not_followed" | "too_large" | "unsupported_media_type" | "method_not_allowed" | "key_mismatch" | "limited" | "in_progress" | "unknown" | "unavailable" | "dry_run"} HandlerCode
 */

/** The codes of errors. A later release, or a handler of one, may have more. @typedef {ClassCode | HandlerCode} ErrorCode */

/**
 * The options by their names in JavaScript.
 * @typedef {object} NamedOptions
 * @property {boolean | undefined} [blocking] Whether to wait until the phone was answered (POST). Default true; false is a GET.
 * @property {boolean | undefined} [autoAnswer] Whether the phone is told to answer by itself. The server's default is true.
 * @property {string | undefined} [cidName] The caller id name that the dialled party sees. Over 35 characters it may be cut, and a warning says so.
 * @property {string | undefined} [cidNumber] The caller id number that the dialled party sees. The same holds over 35 characters.
 * @property {Record<string, string | number | boolean> | undefined} [customApplicationVars] Data that goes with the call's events:
 *   up to 64 vars with names of letters, digits, `_` and `-`.
 * @property {boolean | undefined} [ignoreEarlyMedia] Whether early media is ignored. The server's default is true.
 * @property {"bypass" | "process" | undefined} [media] Where the media runs: from phone to phone, or through the switch.
 * @property {boolean | string | RegExp | undefined} [numberFilter] How the number is made of what was typed. Left out: what people
 *   write between digits is removed. `true`: all but letters and digits is removed. `false`: nothing is removed. A pattern: its first
 *   capture group is the number.
 * @property {string | undefined} [targetCallId] A call that runs already, for the choice of the media server.
 * @property {number | undefined} [timeout] How long the phone rings, in seconds: 3 to 600. Servers make 30 of 3, and of nothing.
 */

/**
 * The options as the API document spells them.
 * @typedef {object} DocumentedOptions
 * @property {NamedOptions["autoAnswer"]} [auto_answer] `autoAnswer`, as the API document writes it.
 * @property {NamedOptions["cidName"]} [cid-name] `cidName`, as the API document writes it.
 * @property {NamedOptions["cidNumber"]} [cid-number] `cidNumber`, as the API document writes it.
 * @property {NamedOptions["customApplicationVars"]} [custom_application_vars] `customApplicationVars`, as the API document writes it.
 * @property {NamedOptions["ignoreEarlyMedia"]} [ignore-early-media] `ignoreEarlyMedia`, as the API document writes it.
 * @property {NamedOptions["numberFilter"]} [number_filter] `numberFilter`, as the API document writes it.
 * @property {NamedOptions["targetCallId"]} [target_call_id] `targetCallId`, as the API document writes it.
 */

/**
 * The options of a call. Each has the spelling of the API document, too (`cid-name`, `auto_answer`, …); give one of them.
 * @typedef {NamedOptions & DocumentedOptions} CallOptions
 */

/**
 * Who is called, and what a handler wants to know besides.
 * @typedef {object} Parties
 * @property {string | undefined} [device] The id of the device that rings: letters, digits, `_` and `-`. Instead of a `user`.
 * @property {string | undefined} [user] The id of the user whose devices ring: letters, digits, `_` and `-`. Instead of a `device`.
 * @property {string | undefined} [endpoint] With a handler, instead of `device` and `user`: its name of who is rung.
 * @property {string} number The number to connect to, as it was typed. `numberFilter` says what of it is dialled: up to 64 characters of
 *   `+`, digits, letters, `*`, `#`, `.`, `_` and `-`.
 * @property {string | undefined} [verification] What the `verify` of a handler asks for, such as the answer of a bot check: up to 3,000
 *   characters. Only with a handler.
 */

/**
 * A call: whose phone rings, and whom it is connected to. A `device` or a `user`; or, with a handler, an `endpoint` that the
 * handler knows by this name, and the `verification` that it asks for, such as the answer of a bot check.
 * @typedef {CallOptions & Parties} Call
 */

/**
 * A request without its token: that is added when it is sent. A handler needs none.
 * @typedef {object} Request
 * @property {"GET" | "POST"} method `GET` for a call to a server that is not blocking, else `POST`. Both place a call.
 * @property {string} url The whole URL. That of a GET holds the options.
 * @property {Record<string, string>} headers The headers, but never the token. With a handler the `Idempotency-Key` is one.
 * @property {string | null} body The JSON of a POST. A GET has none.
 * @property {string} number What is dialled.
 * @property {Issue[]} warnings What may surprise.
 */

/**
 * What the server set out to do.
 * @typedef {object} Originate
 * @property {string} [route] What is dialled.
 * @property {string} [media] Where the media runs: `bypass` or `process`.
 * @property {number} [timeout] The ring time in seconds.
 * @property {boolean} [ignoreEarlyMedia] Whether early media is ignored.
 * @property {boolean} [autoAnswer] Whether the phone is told to answer by itself. Servers apply it where one device rings only.
 * @property {Record<string, string>} customApplicationVars With the names as the server returns them.
 * @property {string} [calleeIdName] The name of the ringing party.
 * @property {string} [calleeIdNumber] The number of the ringing party.
 * @property {string} [callerIdName] What the ringing phone shows as a name.
 * @property {string} [callerIdNumber] What the ringing phone shows as a number.
 */

/**
 * A call that the server confirmed.
 * @typedef {object} Placed
 * @property {"started" | "accepted"} state `started`: the endpoint's own phone was answered and the number is being
 *   connected. `accepted`: the server took the request; nothing is known of the phone.
 * @property {string[]} callIds One for each device that rings.
 * @property {string} [requestId] The server's id of the request, by which it is found in the server's log. In workerd and Vercel's
 *   edge runtime most are ours (`quickcall-` and 32 hexadecimal digits), unless you gave a `fetch`.
 * @property {number} status The status of the answer.
 * @property {Issue[]} warnings What may surprise.
 * @property {Originate} originate What the server set out to do. Nothing is known of it through a handler.
 */

/**
 * A token, or a function that gives one: asked for each call (`call`) and once more after a 401 (`unauthorized`), then with
 * the token that was refused.
 * @typedef {string | ((reason: "call" | "unauthorized", refused?: string) => string | Promise<string>)} AuthToken
 */

/** A function like `fetch`. @typedef {typeof globalThis.fetch} Fetch */

/**
 * What every configuration of a `Quickcall` can hold. Every duration is in seconds.
 * @typedef {object} CommonConfig
 * @property {CallOptions | undefined} [options] Defaults for every call.
 * @property {Fetch | undefined} [fetch] Used instead of the global one.
 * @property {number | undefined} [cooldown] For how long the same call is refused after one that ended well. Default 0.
 * @property {number | undefined} [deadlineMargin] How long over the ring time an answer is awaited. Default 10.
 * @property {boolean | undefined} [allowInsecure] http to a public name needs this.
 */

/**
 * The configuration of a `Quickcall` that calls a server itself.
 * @typedef {object} ServerConfig
 * @property {undefined} [handler] The other way to call: it takes the place of server, account and token.
 * @property {undefined} [endpoint] Only a handler knows one. Here it is `user` or `device`.
 * @property {string} baseUrl The server's API, such as `https://kazoo.example.com:8443/v2`.
 * @property {string} accountId 32 characters of 0-9 and a-f.
 * @property {AuthToken | undefined} [authToken] Needed by `call()` only.
 * @property {string | undefined} [user] The user whose devices ring where a call names no endpoint.
 * @property {string | undefined} [device] The device that rings where a call names no endpoint.
 * @property {boolean | undefined} [allowTokenInBrowser] A token in a page needs this.
 * @property {boolean | undefined} [allowBrowserRepeat] Non-blocking and long calls of a page need this: browsers may send them twice.
 */

/**
 * The configuration of a `Quickcall` that calls through a handler, which keeps server, token and ids to itself.
 * @typedef {object} HandlerConfig
 * @property {string} handler The handler, such as `https://edge.example.com/call`. In a page a part of a URL will do.
 * @property {string | undefined} [endpoint] The endpoint, by the handler's name for it, that rings where a call names none.
 */

/**
 * The configuration of a `Quickcall`: with a server, account and token of its own, or with a handler. Every duration is in seconds.
 * @typedef {CommonConfig & (ServerConfig | HandlerConfig)} Config
 */

export {};
