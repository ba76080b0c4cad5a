/**
 * A client written by hand whose check is ajv's, compiled when it is loaded.
 * @module
 */

import { Ajv } from "ajv";
import { schema } from "./call_schema_ajv.js";
import { clientWith } from "./client_request.js";

const check = new Ajv({ allErrors: true }).compile(schema);

export const createClient = clientWith((call) => (check(call) ? [] : (check.errors ?? [])));
