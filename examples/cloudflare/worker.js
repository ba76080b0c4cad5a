import { apiToken, createHandler, QuickcallGuard } from "quickcall/edge";

export { QuickcallGuard };

const handler = createHandler((env) => ({
  baseUrl: env.KAZOO_URL,
  accountId: env.KAZOO_ACCOUNT,
  authToken: apiToken({ baseUrl: env.KAZOO_URL, apiKey: env.KAZOO_API_KEY }),
  endpoints: { sales: { user: env.SALES_USER } },
  origins: [env.PAGE_ORIGIN],
  destinations: { allow: ["+1415", "+4420"], deny: ["+1415976"] },
  // A worker may go on for 30 seconds when the visitor has left.
  options: { timeout: 20 },
  limits: { perVisitor: "3/min", perDestination: "5/hour", perEndpoint: "30/hour", total: "500/day" },
  guard: env.QUICKCALL_GUARD,
}));

export default { fetch: handler };
