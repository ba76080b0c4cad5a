/**
 * A call by @ringcentral/sdk: RingOut, which rings the user's own phone first.
 * @module
 */

import { SDK } from "@ringcentral/sdk";

/** @param {string} server @param {string} clientId @param {string} jwt @param {string} from @param {string} to */
export async function place(server, clientId, jwt, from, to) {
  const platform = new SDK({ server, clientId }).platform();
  await platform.login({ jwt });
  return platform.post("/restapi/v1.0/account/~/extension/~/ring-out", {
    from: { phoneNumber: from },
    to: { phoneNumber: to },
    playPrompt: false,
  });
}
