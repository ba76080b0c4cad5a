/** @import { AllMessages } from "./call_texts.js" */

const NOT_HERE = "Calls cannot be placed from here at the moment. No phone rings.";
const RELOAD = "The button could not be loaded. No phone rings. Reload the page and try again.";
const UNKNOWN = "We could not confirm that your phone is ringing. Check it before you try again.";
const TOO_MANY = "There were too many calls. No phone rings. Try again later.";
const WRONG = "This number cannot be called. Check it and try again.";

/** All that buttons and links say, in English. @type {AllMessages} */
export const en = {
  call: "Call",
  confirm: "Your phone will ring. When you answer, you are connected to {number}.",
  confirmPress: "Press again to call {number}.",
  confirmUnknown: "Your phone may be ringing already. Check it first. Press again only if it is not.",
  yes: "Call",
  no: "Cancel",
  close: "Close",
  another: "Another call is under way. Call this number when it is over.",
  calling: "Calling. When your phone rings, answer it to be connected.",
  started: "You are being connected.",
  accepted: "The call is on its way. Your phone should ring soon.",
  failed: "The call was not placed. Try again later.",
  unknown: UNKNOWN,
  unanswered: "Your phone was not answered, as it seems. Check it before you try again.",
  stopped: "The waiting was ended. Your phone may ring all the same: check it before you try again.",
  invalid: WRONG,
  progress: {
    ringing: "Your phone is ringing. Answer it to be connected.",
    answered: "You answered. The number is being called.",
    connected: "You are connected.",
    ended: "The call has ended.",
  },
  errors: {
    invalid: WRONG,
    not_ready: RELOAD,
    load_failed: RELOAD,
    token_in_browser: NOT_HERE,
    token_failed: NOT_HERE,
    duplicate: "This call may be on its way already. Check your phone.",
    unauthorized: NOT_HERE,
    forbidden: NOT_HERE,
    not_found: NOT_HERE,
    rate_limited: TOO_MANY,
    rejected: NOT_HERE,
    no_endpoints: "There is no phone that could ring at the moment.",
    originate_failed: "Your phone could not be reached.",
    server_error: UNKNOWN,
    unconfirmed: UNKNOWN,
    bad_response: UNKNOWN,
    network: UNKNOWN,
    timeout: UNKNOWN,
    aborted: "The call was stopped. No phone rings.",
    bad_request: NOT_HERE,
    origin_refused: NOT_HERE,
    verification_failed: "The check before the call failed. No phone rings. Reload the page and try again.",
    destination_refused:
      "This number cannot be called from here. If it has no +, write it with + and the country code.",
    unknown_endpoint: NOT_HERE,
    unknown_call: UNKNOWN,
    not_followed: UNKNOWN,
    too_large: NOT_HERE,
    unsupported_media_type: NOT_HERE,
    method_not_allowed: NOT_HERE,
    key_mismatch: "This press could not be told from another call. Reload the page and try again.",
    limited: TOO_MANY,
    in_progress: UNKNOWN,
    unknown: UNKNOWN,
    unavailable: NOT_HERE,
    dry_run: "This is a trial. No phone rings.",
  },
  causes: {
    USER_BUSY: "Your phone is busy.",
    NO_ANSWER: "Your phone was not answered.",
    ORIGINATOR_CANCEL: "Your phone was not answered.",
    CALL_REJECTED: "The call was rejected on your phone.",
    USER_NOT_REGISTERED: "Your phone is not connected at the moment.",
    SUBSCRIBER_ABSENT: "Your phone is not connected at the moment.",
  },
};
