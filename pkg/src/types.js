/**
 * One thing that is wrong with a call or a configuration, or may surprise.
 * @typedef {object} Issue
 * @property {"error" | "warning"} severity An error stops the call; with a warning it is sent.
 * @property {string} code What kind of issue it is; the codes are stable.
 * @property {string[]} path Where it is, as the caller wrote it.
 * @property {string} message What is wrong and what to do.
 * @property {string} [expected] What should stand there.
 * @property {string} [received] What stood there. Never a secret.
 */

/**
 * The options of a call. Each has the spelling of the API document, too (`cid-name`, `auto_answer`, …); give one of them.
 * @typedef {object} CallOptions
 * @property {boolean} [blocking] Whether to wait until the phone was answered (POST). Default true; false is a GET.
 * @property {boolean} [autoAnswer] Whether the phone is told to answer by itself. The server's default is true.
 * @property {string} [cidName] The caller id name that the dialled party sees, up to 35 characters.
 * @property {string} [cidNumber] The caller id number that the dialled party sees.
 * @property {Record<string, string | number | boolean>} [customApplicationVars] Data that goes with the call's events:
 *   up to 64 vars with names of letters, digits, `_` and `-`.
 * @property {boolean} [ignoreEarlyMedia] Whether early media is ignored. The server's default is true.
 * @property {"bypass" | "process"} [media] Where the media runs: from phone to phone, or through the switch.
 * @property {boolean | string | RegExp} [numberFilter] How the number is made of what was typed. Left out: what people
 *   write between digits goes. `true`: all but letters and digits goes. `false`: nothing goes. A pattern: its first
 *   capture group is the number.
 * @property {string} [targetCallId] A call that runs already, for the choice of the media server.
 * @property {number} [timeout] How long the phone rings, in seconds: 3 to 600. Servers make 30 of 3, and of nothing.
 */

/**
 * A call: whose phone rings, and whom it is connected to. A `device` or a `user`; or, with a handler, an `endpoint` that the
 * handler knows by this name, and the `verification` that it asks for, such as the answer of a bot check.
 * @typedef {CallOptions & { device?: string, user?: string, endpoint?: string, number: string, verification?: string, [documented: string]: unknown }} Call
 */

/**
 * A request without its token: that is added when it is sent. A handler needs none.
 * @typedef {object} Request
 * @property {"GET" | "POST"} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string | null} body
 * @property {string} number What is dialled.
 * @property {Issue[]} warnings What may surprise.
 */

/**
 * What the server set out to do.
 * @typedef {object} Originate
 * @property {string} [route] What is dialled.
 * @property {string} [media]
 * @property {number} [timeout] The ring time in seconds.
 * @property {boolean} [ignoreEarlyMedia]
 * @property {boolean} [autoAnswer]
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

/** @typedef {typeof globalThis.fetch} Fetch */

/**
 * What every configuration of a `Quickcall` can hold. Every duration is in seconds.
 * @typedef {object} CommonConfig
 * @property {CallOptions & { [documented: string]: unknown }} [options] Defaults for every call.
 * @property {Fetch} [fetch] Used instead of the global one.
 * @property {number} [cooldown] For how long the same call is refused after one that ended well. Default 0.
 * @property {number} [deadlineMargin] How long over the ring time an answer is awaited. Default 10.
 * @property {boolean} [allowInsecure] http to a public name needs this.
 */

/**
 * The configuration of a `Quickcall` that calls a server itself.
 * @typedef {object} ServerConfig
 * @property {undefined} [handler]
 * @property {undefined} [endpoint]
 * @property {string} baseUrl The server's API, such as `https://kazoo.example.com:8443/v2`.
 * @property {string} accountId 32 characters of 0-9 and a-f.
 * @property {AuthToken} [authToken] Needed by `call()` only.
 * @property {string} [user] The user whose devices ring where a call names no endpoint.
 * @property {string} [device] The device that rings where a call names no endpoint.
 * @property {boolean} [allowTokenInBrowser] A token in a page needs this.
 * @property {boolean} [allowBrowserRepeat] Non-blocking and long calls of a page need this: browsers may send them twice.
 */

/**
 * The configuration of a `Quickcall` that calls through a handler, which keeps server, token and ids to itself.
 * @typedef {object} HandlerConfig
 * @property {string} handler The handler, such as `https://edge.example.com/call`. In a page a part of a URL will do.
 * @property {string} [endpoint] The endpoint, by the handler's name for it, that rings where a call names none.
 */

/** @typedef {CommonConfig & (ServerConfig | HandlerConfig)} Config */

export {};
