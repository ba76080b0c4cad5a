/**
 * A call as JSON Schema for ajv.
 * @module
 */

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

/** @param {RegExp} rule */
const text = (rule) => ({ type: "string", pattern: rule.source });
/** @param {RegExp} rule */
const name = (rule) => ({ ...text(rule), not: { enum: NOUNS } });
const noEquals = text(NO_EQUALS);

export const schema = {
  type: "object",
  additionalProperties: false,
  required: ["number"],
  oneOf: [{ required: ["device"] }, { required: ["user"] }],
  properties: {
    device: name(ID),
    user: name(ID),
    number: name(DIALABLE),
    blocking: { type: "boolean" },
    autoAnswer: { type: "boolean" },
    cidName: text(CID_NAME),
    cidNumber: text(CID_NUMBER),
    customApplicationVars: {
      type: "object",
      maxProperties: MAX_VARS,
      propertyNames: { pattern: VAR_KEY.source, not: { enum: DROPPED } },
      additionalProperties: {
        anyOf: [text(VAR_VALUE), { type: "number" }, { type: "boolean" }],
      },
    },
    ignoreEarlyMedia: { type: "boolean" },
    media: { enum: MEDIA },
    numberFilter: { anyOf: [{ type: "boolean" }, { type: "string", minLength: 1, maxLength: MAX_PATTERN }] },
    targetCallId: text(CALL_ID),
    timeout: { type: "integer", minimum: TIMEOUT.least, maximum: TIMEOUT.most },
  },
  if: { required: ["blocking"], properties: { blocking: { const: false } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: {
    properties: {
      cidName: noEquals,
      targetCallId: noEquals,
      customApplicationVars: { type: "object", propertyNames: { not: { enum: MEANT_IN_A_QUERY } } },
    },
  },
};
