/** What a refusal means that a server gives, or what stands before one, by its status. @type {Record<number, string>} */
export const REFUSALS = { 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limited" };
