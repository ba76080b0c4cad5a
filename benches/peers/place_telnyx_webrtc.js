/**
 * A call by @telnyx/webrtc: the page is the phone.
 * @module
 */

import { TelnyxRTC } from "@telnyx/webrtc";

/** @param {string} token @param {string} destinationNumber */
export async function place(token, destinationNumber) {
  const client = new TelnyxRTC({ login_token: token });
  await client.connect();
  client.on("telnyx.ready", () => client.newCall({ destinationNumber }));
}
