/**
 * Cloudflare's engine as a process of its own, so that it can be killed: `node miniflare.js OPTIONS`, where the options are
 * Miniflare's as JSON. Says where it listens. Ends with its standard input.
 * @module
 */

import { Miniflare } from "miniflare";

const options = JSON.parse(process.argv[2] ?? "{}");
const engine = new Miniflare(options);
const front = await engine.ready;
/** @type {Record<string, string>} */
const direct = {};
for (const { name, unsafeDirectSockets } of options.workers) {
  if (unsafeDirectSockets) direct[name] = (await engine.unsafeGetDirectURL(name)).href;
}
console.log(`listening on ${JSON.stringify({ front, direct })}`);
process.stdin.resume();
process.stdin.on("end", async () => {
  await engine.dispose();
  process.exit(0);
});
