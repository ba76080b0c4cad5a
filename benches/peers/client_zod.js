/**
 * A client written by hand whose check is zod's.
 * @module
 */

import * as z from "zod";
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
  z
    .string()
    .regex(rule)
    .refine((text) => !nouns.has(text), { error: "A word of the server's API." });
const flag = z.boolean().optional();

const schema = z
  .strictObject({
    device: name(ID).optional(),
    user: name(ID).optional(),
    number: name(DIALABLE),
    blocking: flag,
    autoAnswer: flag,
    cidName: z.string().regex(CID_NAME).optional(),
    cidNumber: z.string().regex(CID_NUMBER).optional(),
    customApplicationVars: z
      .record(
        z
          .string()
          .regex(VAR_KEY)
          .refine((key) => !dropped.has(key), { error: "The server drops this var." }),
        z.union([z.string().regex(VAR_VALUE), z.number(), z.boolean()]),
      )
      .refine((vars) => Object.keys(vars).length <= MAX_VARS, { error: "Too many vars." })
      .optional(),
    ignoreEarlyMedia: flag,
    media: z.enum(MEDIA).optional(),
    numberFilter: z.union([z.boolean(), z.string().min(1).max(MAX_PATTERN)]).optional(),
    targetCallId: z.string().regex(CALL_ID).optional(),
    timeout: z.int().min(TIMEOUT.least).max(TIMEOUT.most).optional(),
  })
  .superRefine((call, context) => {
    const refuse = (/** @type {string} */ key, /** @type {string} */ message) =>
      context.addIssue({ code: "custom", path: [key], message });
    if ((call.device === undefined) === (call.user === undefined))
      refuse("device", "One endpoint is needed.");
    if (call.blocking !== false) return;
    for (const key of /** @type {const} */ (["cidName", "targetCallId"])) {
      if (!NO_EQUALS.test(call[key] ?? "")) refuse(key, "No = in a query.");
    }
    for (const key of Object.keys(call.customApplicationVars ?? {})) {
      if (meant.has(key)) refuse("customApplicationVars", `${key} has a meaning in a query.`);
    }
  });

export const createClient = clientWith((call) => schema.safeParse(call).error?.issues ?? []);
