/**
 * A client written by hand whose check is ajv's, compiled when it is bundled.
 * @module
 */

import { clientWith } from "./client_request.js";
import { check } from "./compiled_by_ajv.js";

export const createClient = clientWith((call) => (check(call) ? [] : (check.errors ?? [])));
