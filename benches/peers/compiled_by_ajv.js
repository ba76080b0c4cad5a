/**
 * The check that ajv compiles. When a client is bundled, this file is replaced by the code that ajv writes.
 * @module
 */

import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { schema } from "./call_schema_ajv.js";

const ajv = new Ajv({ allErrors: true, code: { source: true, esm: true } });
export const check = ajv.compile(schema);
export const code = standalone.default(ajv, { check: "#" });
