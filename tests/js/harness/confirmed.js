/**
 * What is said of a call that has started, with no more than it takes.
 * @module
 */

export const CALL_ID = `${"0123456789ab".repeat(3)}-quickcall`;

/** A server's answer. */
export const CONFIRMED = {
  status: "success",
  data: {
    application_name: "transfer",
    application_response: "SUCCESS",
    endpoints: [{ outbound_call_id: CALL_ID }],
  },
};

/** A handler's answer. */
export const PLACED = { state: "started", callIds: [CALL_ID] };
