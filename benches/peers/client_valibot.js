/**
 * A client written by hand whose check is valibot's.
 * @module
 */

import * as v from "valibot";
import { clientWith } from "./client_request.js";
import { DROPPED, MEANT_IN_A_QUERY, NOUNS } from "./names.js";
import {
  CALL_ID,
  CID_NAME,
  CID_NUMBER,
  DIALABLE,
  ID,
  MAX_PATTERN,
  MAX_VARS,
  MEDIA,
  NO_EQUALS,
  TIMEOUT,
  VAR_KEY,
  VAR_VALUE,
} from "./rules.js";

const nouns = new Set(NOUNS);
const dropped = new Set(DROPPED);
const meant = new Set(MEANT_IN_A_QUERY);

/** @param {RegExp} rule */
const name = (rule) =>
  v.pipe(
    v.string(),
    v.regex(rule),
    v.check((text) => !nouns.has(text), "A word of the server's API."),
  );
/** @param {RegExp} rule */
const text = (rule) => v.optional(v.pipe(v.string(), v.regex(rule)));
const flag = v.optional(v.boolean());

const schema = v.pipe(
  v.strictObject({
    device: v.optional(name(ID)),
    user: v.optional(name(ID)),
    number: name(DIALABLE),
    blocking: flag,
    autoAnswer: flag,
    cidName: text(CID_NAME),
    cidNumber: text(CID_NUMBER),
    customApplicationVars: v.optional(
      v.pipe(
        v.record(
          v.pipe(
            v.string(),
            v.regex(VAR_KEY),
            v.check((key) => !dropped.has(key), "The server drops this var."),
          ),
          v.union([v.pipe(v.string(), v.regex(VAR_VALUE)), v.pipe(v.number(), v.finite()), v.boolean()]),
        ),
        v.check((vars) => Object.keys(vars).length <= MAX_VARS, "Too many vars."),
      ),
    ),
    ignoreEarlyMedia: flag,
    media: v.optional(v.picklist(MEDIA)),
    numberFilter: v.optional(
      v.union([v.boolean(), v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PATTERN))]),
    ),
    targetCallId: text(CALL_ID),
    timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(TIMEOUT.least), v.maxValue(TIMEOUT.most))),
  }),
  v.check(({ device, user }) => (device === undefined) !== (user === undefined), "One endpoint is needed."),
  v.check(
    ({ blocking, cidName = "", targetCallId = "", customApplicationVars = {} }) =>
      blocking !== false ||
      (NO_EQUALS.test(cidName) &&
        NO_EQUALS.test(targetCallId) &&
        !Object.keys(customApplicationVars).some((key) => meant.has(key))),
    "A name or a value that has a meaning in a query.",
  ),
);

export const createClient = clientWith((call) => v.safeParse(schema, call).issues ?? []);
