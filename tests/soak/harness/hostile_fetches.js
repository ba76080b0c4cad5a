/**
 * What a caller may give as `fetch`, and never should.
 * @module
 */

import { CONFIRMED } from "../../js/harness/confirmed.js";
import { never, throws } from "./hurried.js";

/** Fetches that are none. @type {Record<string, (value: unknown) => (...given: any[]) => any>} */
export const FETCHES = {
  "throws at once": throws,
  rejects: (value) => () => Promise.reject(value),
  "gives nonsense": (value) => () => value,
  "gives nonsense later": (value) => async () => value,
  "is a promise of its own": (value) => () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is the attack.
    then: (/** @type {(value: unknown) => void} */ resolve) => resolve(value),
  }),
  // biome-ignore lint/suspicious/noThenProperty: that is the attack.
  "throws where it is awaited": (value) => () => Object.defineProperty({}, "then", { get: throws(value) }),
  "never answers": () => never,
  "gives a plain object": (value) => () => ({ status: 200, headers: value, text: async () => value }),
  "has a body that is none": (value) => () => ({ status: 200, headers: new Headers(), body: value }),
  "has a reader that is none": (value) => () => ({
    status: 200,
    headers: new Headers(),
    body: { getReader: () => ({ read: async () => ({ done: false, value }), cancel: throws(value) }) },
  }),
  "has a reader that throws": (value) => () => ({
    status: 200,
    headers: new Headers(),
    body: { getReader: () => ({ read: throws(value), cancel: () => Promise.reject(value) }) },
  }),
  "has a body that never ends": () => () => new Response(new ReadableStream({})),
  "has a reader without an end": (value) => () => ({
    status: 200,
    headers: new Headers(),
    body: { getReader: () => ({ read: () => never(), cancel: value }) },
  }),
  "has a reader that does not let go": (value) => () => ({
    status: 200,
    headers: new Headers(),
    body: { getReader: () => ({ read: () => never(), cancel: throws(value) }) },
  }),
  "has chunks that are none": (value) => () => ({
    status: 200,
    headers: new Headers(),
    body: { getReader: () => ({ read: async () => ({ done: false, value: { byteLength: -1, value } }) }) },
  }),
  "has lengths that are none": (value) => () => ({
    status: 200,
    headers: { get: () => "5" },
    arrayBuffer: async () => value,
  }),
  "has a status that throws": (value) => () => Object.defineProperty({}, "status", { get: throws(value) }),
  "has a status that is none": (value) => () => ({ status: value, headers: new Headers() }),
  "is followed": () => () => Object.defineProperty(Response.json(CONFIRMED), "redirected", { value: true }),
};
