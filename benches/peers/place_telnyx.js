/**
 * A call by telnyx: asks the server for one.
 * @module
 */

import Telnyx from "telnyx";

/** @param {string} apiKey @param {string} connection @param {string} from @param {string} to */
export const place = (apiKey, connection, from, to) =>
  new Telnyx({ apiKey }).calls.dial({ connection_id: connection, from, to });
