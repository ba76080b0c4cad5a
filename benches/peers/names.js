/**
 * The names that mean something to the server, taken from the package's own JSON Schema. When a client is bundled, this file
 * is replaced by the lists themselves.
 * @module
 */

import { createRequire } from "node:module";

const schema = createRequire(import.meta.url)("../../pkg/src/call.schema.json");
const inQuery = schema.allOf.find((/** @type {any} */ { then }) => then?.properties.customApplicationVars);

/** Words of the server's API. @type {string[]} */
export const NOUNS = schema.$defs.endpointId.not.enum;
/** Vars that the server drops. @type {string[]} */
export const DROPPED = schema.$defs.customApplicationVars.propertyNames.not.enum;
/** Vars that mean something else in a query. @type {string[]} */
export const MEANT_IN_A_QUERY = inQuery.then.properties.customApplicationVars.propertyNames.not.enum;
