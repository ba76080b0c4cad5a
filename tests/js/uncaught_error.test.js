/**
 * What a terminal or a log shows of an error that nobody catches. Node prints the line that threw before the error itself.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** An entry, what is taken of it, what is done with that, and what must be said. @type {[string, string, string, RegExp][]} */
const UNCAUGHT = [
  ["index", "init, Quickcall", "init().then(() => new Quickcall({}))", /`baseUrl` is needed/],
  ["slim", "Quickcall", "new Quickcall({}).build({})", /is not ready/],
  ["edge", "apiToken", "apiToken({ baseUrl: 1 })()", /baseUrl: `apiToken` needs this/],
  ["events", "watch", "watch({ url: 1 })", /This must be a text/],
];

for (const [entry, names, call, message] of UNCAUGHT) {
  /** @type {[string, string, string][]} */
  const programs = [
    ["module", "js", `import { ${names} } from "./pkg/dist/${entry}.js"; ${call}`],
    ["commonjs", "cjs", `const { ${names} } = require("./pkg/dist/${entry}.cjs"); ${call}`],
  ];
  for (const [type, ending, program] of programs) {
    test(`${entry}.${ending}: an error that nobody catches can be read`, () => {
      const ended = spawnSync(process.execPath, [`--input-type=${type}`, "--eval", program], {
        cwd: ROOT,
        encoding: "utf8",
      });
      assert.equal(ended.status, 1);
      assert.match(ended.stderr, /QuickcallError: /);
      assert.match(ended.stderr, message);
      assert.ok(ended.stderr.length < 15_000, `${ended.stderr.length} characters`);
    });
  }
}
