/**
 * A call by @twilio/voice-sdk: the page is the phone.
 * @module
 */

import { Device } from "@twilio/voice-sdk";

/** @param {string} token @param {string} number */
export const place = (token, number) => new Device(token).connect({ params: { To: number } });
