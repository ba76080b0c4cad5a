import { apiToken, createHandler, denoKv } from "quickcall/edge";

const baseUrl = Deno.env.get("KAZOO_URL");
const handler = createHandler({
  baseUrl,
  accountId: Deno.env.get("KAZOO_ACCOUNT"),
  authToken: apiToken({ baseUrl, apiKey: Deno.env.get("KAZOO_API_KEY") }),
  endpoints: { sales: { user: Deno.env.get("SALES_USER") } },
  origins: [Deno.env.get("PAGE_ORIGIN")],
  destinations: { allow: ["+1415", "+4420"], deny: ["+1415976"] },
  options: { timeout: 20 },
  limits: { perVisitor: "3/min", perDestination: "5/hour", perEndpoint: "30/hour", total: "500/day" },
  // On Deno Deploy the database is there; elsewhere it is a file, for all processes of one machine.
  guard: denoKv(await Deno.openKv(Deno.env.get("KV_FILE"))),
});

Deno.serve({ port: Number(Deno.env.get("PORT") ?? 8000) }, handler);
