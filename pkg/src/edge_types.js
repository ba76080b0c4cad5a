/** @import { AuthToken, CallOptions, Fetch } from "./types.js" */
/** @import { Namespace } from "./durable_object.js" */
/** @import { Store } from "./guard.js" */

/**
 * How often calls may be placed: a number from 1 to 10,000, a slash, and `s`, `min`, `hour` or `day`. In every span of that
 * length no more are placed.
 * @typedef {`${number}/${"s" | "min" | "hour" | "day"}`} Limit
 */

/**
 * How often calls may be placed, by whom and to what. Requests that are refused do not count.
 * @typedef {object} Limits
 * @property {Limit | undefined} [perVisitor] By one visitor: an address (of IPv6 the first 64 bits), or the name that `visitor` gives.
 * @property {Limit | undefined} [perDestination] To one number: its digits alone count.
 * @property {Limit | undefined} [perEndpoint] For one endpoint.
 * @property {Limit | undefined} [total] All together.
 */

/**
 * What every visitor sends.
 * @typedef {object} VisitorCall
 * @property {string} endpoint The name of who is rung, one of `endpoints`.
 * @property {string} number The number to connect to, as it was typed.
 * @property {string | undefined} [verification] What `verify` asks for, such as the answer of a bot check.
 */

/**
 * What a visitor sends, as far as it was looked at: the shape is right, the rest is checked later.
 * @typedef {VisitorCall & { [option: string]: unknown }} VisitorBody
 */

/**
 * What a platform gives besides the environment; on Cloudflare Workers and Vercel it keeps work alive that outlasts the
 * answer.
 * @typedef {object} Context
 * @property {(work: Promise<unknown>) => void} [waitUntil] Keeps the worker alive until this work is done.
 */

/**
 * Which numbers may be called.
 * @typedef {object} Destinations
 * @property {string[]} allow Prefixes with `+` and country code, such as `+1415`. With `extensions` also those of your extensions, without
 *   `+`: only these are called then, though they may be an emergency number somewhere.
 * @property {string[] | undefined} [deny] Prefixes that are not called, whatever `allow` says. One without `+` is of extensions, or
 *   means the same as with it where there are none: `0900` of a number at home denies nothing, and is refused. Write `+49900`.
 * @property {boolean | undefined} [extensions] Numbers of 2 to 6 digits, too, but none that is an emergency number of some country, such as
 *   112, 911 and 100 to 119. Where `allow` names your extensions, all of them but 112, 911 and what else is one on every mobile phone.
 *   Default: no.
 */

/**
 * A user, all of whose devices ring.
 * @typedef {object} UserEndpoint
 * @property {string} user The user's id.
 */

/**
 * A device that rings.
 * @typedef {object} DeviceEndpoint
 * @property {string} device The device's id.
 */

/**
 * The name of an option that a visitor may be allowed to set. Other texts are judged with the configuration.
 * @typedef {Exclude<keyof CallOptions, "numberFilter" | "number_filter"> | (string & {})} VisitorOption
 */

/**
 * The configuration of a handler. Every duration is in seconds.
 * @template [Env=unknown]
 * @typedef {object} EdgeConfig
 * @property {string} baseUrl The server's API, such as `https://kazoo.example.com:8443/v2`.
 * @property {string} accountId 32 characters of 0-9 and a-f.
 * @property {AuthToken} authToken The token, or a function for one, such as `apiToken({ baseUrl, apiKey })`.
 * @property {Record<string, UserEndpoint | DeviceEndpoint>} endpoints Who can be rung, by the names that visitors
 *   use. The ids never leave the handler.
 * @property {string[]} origins The pages that may ask, exactly as browsers tell it: `https://www.example.com`. An
 *   extension and an app have one, too: `chrome-extension://…`, `capacitor://localhost`.
 * @property {Destinations} destinations Which numbers may be called. Emergency numbers of all countries are always denied.
 * @property {CallOptions | undefined} [options] The options of every call.
 * @property {VisitorOption[] | undefined} [visitorOptions] What a visitor may set besides endpoint and number. Default: nothing.
 * @property {Limits | undefined} [limits] How often calls may be placed. Without any nothing bounds how many, and the log says so.
 * @property {Namespace | Store | undefined} [guard] The memory that all machines share: the binding of a `QuickcallGuard`, or a store
 *   such as `denoKv(…)`. Handlers that share one share keys and limits, and endpoints of one name are one. Left out: in memory, one
 *   process only, and the log says so.
 * @property {import("./relay.js").EventsConfig | undefined} [events] Where the server tells what becomes of calls: visitors can follow their own.
 * @property {((request: Request, env: Env, context: Context | undefined) => string | undefined | Promise<string | undefined>) | undefined} [visitor] Who
 *   asks: an address, or a name, whose first 128 characters count. Default: the client's address, from where the platform vouches for it.
 * @property {((request: Request, body: VisitorBody) => boolean | Promise<boolean>) | undefined} [verify] A bot or session check of the site's own.
 *   Only `true` passes. It may take 10 seconds. The body of the request was read: take `body`.
 * @property {((entry: LogEntry) => void) | undefined} [log] Takes what is to be logged. Default: a line of JSON on the console.
 * @property {boolean | undefined} [dryRun] Checks and counts everything, and places nothing.
 * @property {Fetch | undefined} [fetch] Used instead of the global one.
 * @property {number | undefined} [deadlineMargin] How long over the ring time the server's answer is awaited. Default 10.
 * @property {boolean | undefined} [allowInsecure] http to a public name, or from a page of one, needs this.
 */

/**
 * What is logged: for each decision one entry. It holds no secret.
 * @typedef {object} LogEntry
 * @property {"call" | "follow" | "guard" | "limits" | "problem"} event What it is about: a request that asks for a call, or to follow
 *   one; a guard in memory, or missing limits, told at the start; or something that went wrong, of which `where` says more.
 * @property {"warning" | "error"} [level] That somebody should look at it: `warning` with `guard` and `limits`, `error` with `problem`.
 * @property {string} [decision] `started`, `accepted`, or the code of the refusal or failure.
 * @property {string} [outcome] `placed`, `not_placed` or `unknown`.
 * @property {number} [status] The status of the answer.
 * @property {string} [endpoint] The endpoint's name.
 * @property {string} [number] The number, with its middle hidden.
 * @property {string} [visitor] The visitor's address (of IPv6 the first 64 bits) or name.
 * @property {string} [key] The same 16 digits for every request of one call. It is not the key.
 * @property {boolean} [repeat] The answer was given before.
 * @property {string} [limit] Which limit was reached: `visitor`, `destination`, `endpoint` or `total`.
 * @property {string | undefined} [origin] Of which page a request was refused as `origin_refused` or `unknown_endpoint`, as its browser told
 *   it; nothing where it told none. The first 256 characters, with a `?` in place of what stands in no origin.
 * @property {string} [issue] What was wrong with a request that was refused as `invalid`, `bad_request` or `unknown_endpoint`, the first of
 *   it: the name of an option, a header or the endpoint, and the code of the issue, such as `timeout not_allowed` or `salse unknown_endpoint`;
 *   `?` for a name of other than 1 to 32 letters, `_` and `-`.
 * @property {string | undefined} [requestId] The server's id of the request.
 * @property {string} [hangupCause] Why the phone was not reached.
 * @property {string | undefined} [cause] The runtime's code, where the connection to the server failed, such as `ECONNREFUSED`.
 * @property {number} [took] In milliseconds.
 * @property {string} [where] What went wrong: `configuration`, `handler`, `authToken`, `visitor`, `verify`, `guard` or `events`.
 * @property {string} [name] The name of the error.
 * @property {string} [code] Its code, where it is one of Quickcall's own.
 * @property {string} [message] What is wrong, in words.
 */

export {};
