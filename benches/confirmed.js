/**
 * What a server answers that confirms a call.
 * @module
 */

export const CONFIRMED = JSON.stringify({
  status: "success",
  request_id: "0123456789abcdef",
  data: {
    application_name: "transfer",
    application_response: "SUCCESS",
    application_data: { route: "+14155550100" },
    endpoints: [{ outbound_call_id: `${"0123456789ab".repeat(3)}-quickcall` }],
    media: "process",
    timeout: 20,
    ignore_early_media: true,
  },
});
