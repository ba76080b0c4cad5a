/**
 * Cloudflare's engine as a process of its own, so that it can be killed: `node miniflare.js OPTIONS`, where the options are
 * Miniflare's as JSON. Says where it listens. Ends with its standard input.
 * @module
 */

import { Miniflare } from "miniflare";

const engine = new Miniflare(JSON.parse(process.argv[2] ?? "{}"));
console.log(`listening on ${await engine.ready}`);
process.stdin.resume();
process.stdin.on("end", async () => {
  await engine.dispose();
  process.exit(0);
});
