import { createServer } from "node:http";
import { apiToken, createHandler, nodeListener } from "quickcall/edge";

const { KAZOO_URL, KAZOO_ACCOUNT, KAZOO_API_KEY, SALES_USER, PAGE_ORIGIN, PORT = 8000 } = process.env;

const handler = createHandler({
  baseUrl: KAZOO_URL,
  accountId: KAZOO_ACCOUNT,
  authToken: apiToken({ baseUrl: KAZOO_URL, apiKey: KAZOO_API_KEY }),
  endpoints: { sales: { user: SALES_USER } },
  origins: [PAGE_ORIGIN],
  destinations: { allow: ["+1415", "+4420"], deny: ["+1415976"] },
  options: { timeout: 20 },
  limits: { perVisitor: "3/min", perDestination: "5/hour", perEndpoint: "30/hour", total: "500/day" },
  // Without a `guard` limits and keys hold in this process only: run one process, or give a store that all share.
  // Behind a proxy every visitor has its address. Where the proxy sets a header that it takes from nobody else:
  // visitor: (request) => request.headers.get("x-real-ip") ?? undefined,
});

const server = createServer(nodeListener(handler));
server.listen(Number(PORT), () => console.log(`listening on port ${server.address().port}`));

// Calls that are under way get their answers. A page whose answer is lost asks again, and the next process knows no key of this one.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
