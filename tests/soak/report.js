/**
 * Writes `docs/reliability.md` from the figures of the long runs. `--check`: only says whether it is what they give.
 * @module
 */

import { n, partsFrom, table, writePage } from "../../benches/page.js";
import { kept } from "./figures.js";

/** @param {number} bytes */
const mb = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
/** @param {Record<string, number>} counts */
const counts = (counts) =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name}: ${n(count)}`)
    .join(", ");

const part = partsFrom(kept, "cargo xtask soak");

/** @param {any[]} list @param {(one: any) => number} of */
const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);

const faults = part(
  "faults",
  ({ calls, met, rows, wrong, lostOnce, repeated, mostDials, slowest, refusedInPages }) => {
    const more = (/** @type {Record<string, number>} */ dials) =>
      Object.entries(dials).reduce((sum, [each, count]) => (Number(each) > 1 ? sum + count : sum), 0);
    const of = (/** @type {any} */ verdicts, /** @type {string} */ name) => verdicts[name] ?? 0;
    const bad = (/** @type {any} */ verdicts) => sum(Object.keys(wrong), (name) => of(verdicts, name));
    const all = (/** @type {string} */ name) => sum(rows, ({ verdicts }) => of(verdicts, name));
    return `${n(calls)} calls were placed, and ${n(met)} of them met the fault on their way. In ${n(rows.length)} rows:

${table(
  [
    "client, way",
    "calls",
    "no dial",
    "one dial",
    "more",
    "said",
    "definite",
    "sent again by the browser",
    "by the proxy",
    "changed on the way",
    "false",
  ],
  rows.map((/** @type {any} */ { row, calls, dials, said, definite, verdicts }) => [
    row,
    n(calls),
    n(dials["0"] ?? 0),
    n(dials["1"] ?? 0),
    n(more(dials)),
    counts(said),
    n(definite),
    n(of(verdicts, "repeated by the browser")),
    n(of(verdicts, "repeated by the proxy")),
    n(of(verdicts, "changed on the way")),
    n(bad(verdicts)),
  ]),
)}

Wrong, in all rows: ${counts(wrong)}. \`false\` is what was said otherwise than it was, \`guessed\` what no answer said, \`vague\` an
\`unknown\` where the answer had come whole, \`lost\` a repeat that did not tell what became of the first request, \`twice\` what
this package sent or dialled more than once. The run fails for each of them. ${n(sum(rows, ({ known }) => known))} calls had to be told as
what they were, by an answer that is read without the package; ${n(all("too late"))} answers came when nobody waited any more. The longest
call took ${slowest.toFixed(1)} s, with deadlines of 4.5 s, and 7.5 s where only the first request met the fault.

**When the first request or its reply is lost**, and the repeat arrives: ${n(lostOnce.calls)} calls through a handler,
${n(lostOnce.asked)} of them asked again. Dials: ${counts(lostOnce.dials)}. Said: ${counts(lostOnce.said)}. A browser gives an
answer that was cut within its head for a whole one without a body; ${n(lostOnce.cutHeads)} calls that met that stayed \`unknown\`.

**What a browser sends again by itself** is counted apart: ${counts(repeated) || "nothing"}. Up to ${n(mostDials)} dials came of one
call. It happens where a page asks the server directly and the connection dies before the first byte of the answer, and nothing in
a page can turn it off. Through a handler the same faults ended in one dial or none, since every repeat has the same
\`Idempotency-Key\`. Without a handler a page is refused what a server lets wait for long (\`blocking: false\`, a \`timeout\` over 50):
${n(refusedInPages)} such calls in the two browsers were \`not_allowed\`, and nothing was sent. A connection that dies on the way can still
repeat a call there. So a page of the public has a handler.

**What is between can do more than break:** a proxy that sends a request twice dials twice where no handler is, and a byte that is
changed on the way can change an answer. TLS refuses both. Those calls are counted apart, too.`;
  },
);

const replies = part(
  "hostile replies",
  ({ answers, messages, confirmed }) =>
    `${n(answers)} answers as no server should give them: JSON with a wrong value, a name twice, \`__proto__\`, halves of surrogate
pairs, numbers without end, 20,000 lists in one another, bytes that are no UTF-8, wrong lengths, heads that are no HTTP. They were
read by the class, the class before a handler, the handler, \`apiToken\` and \`follow\`. ${n(confirmed)} of them still confirmed a call,
each with a valid call id. A body of exactly 1 MiB is read; one byte more is \`bad_response\`. ${n(messages)} such messages came
over the websocket, and every call that was watched meanwhile ended as it did.`,
);
const input = part(
  "hostile input",
  ({ values, requests, refused, slowest }) =>
    `${n(values)} values in every place where one can be given: getters that throw or change, proxies, revoked ones, cyclic and
frozen objects, symbols, BigInts, lone surrogates, texts of 70,000 characters. ${n(refused)} were refused by an error that says why;
no other error, no trap; the longest took ${slowest.toFixed(0)} ms, and the instance worked after each. ${n(requests)} requests to a
handler, with bodies of any bytes: no answer of 500 or more.`,
);
const properties = part(
  "properties",
  ({ properties, cases }) =>
    `${n(properties)} properties of the core, each with ${n(cases)} cases (\`tests/properties.rs\`, \`tests/progress.rs\`).`,
);
const fuzz = part(
  "fuzz",
  ({ minutes, targets }) =>
    `Each target of \`fuzz/\` for ${n(minutes)} min, without a finding: ${targets
      .map((/** @type {any} */ { target, runs }) => `${target} ${n(runs)}`)
      .join(", ")} runs.`,
);
const patterns = part(
  "patterns",
  ({ patterns, slowest, regExpOver, regExpGivenUp }) =>
    `${n(patterns)} patterns that are known to take an engine forever, on numbers of 250 characters. JavaScript's RegExp took over a
second for ${n(regExpOver)} of them, and had not ended after two seconds for ${n(regExpGivenUp)}. Here the longest took
${slowest.toFixed(1)} ms, with compiling.`,
);
const injection = part(
  "injection",
  ({ tried, sent, refused, understood, handled, elsewhere, commands }) =>
    `${n(tried)} calls with pieces of paths, queries, headers, JSON and the switch's language in their fields. ${n(refused)} were
refused before anything was sent; ${n(sent)} were sent and parsed where they arrived: path, each pair of the query, headers and body
were exactly what was given. For ${n(understood)} of them the switch's command was pasted together as the server does it, and read as
the switch reads it: the vars and the one number that were asked for, and nothing more. ${n(handled)} such calls came through a handler.
${n(elsewhere)} base URLs, tokens, API keys, ids of calls and messages on a websocket were tried so, too, and ${n(commands)} curl commands
were read by a shell: each argument came out as it was.`,
);
const canaries = part(
  "canaries",
  ({ texts, characters, found }) =>
    `Tokens, one of them in the form of a hang-up cause, API keys, the tokens they gave, and the SIP password that a server puts into one
of its answers were searched for in ${n(texts)} texts with ${n(characters)} characters: URLs, headers but the one, bodies, messages and URLs
of websockets, streams of events, logs, the console of Node, browsers and workerd, errors with all that hangs on them, results, events, curl
commands, the page, its storage and its history, over every scenario of both releases, in Chromium and in Firefox, and with a
server that repeats the token in all it says. Found: ${n(found)}.`,
);
const endurance = part(
  "endurance",
  ({ builds, instances, calls, frozen }) => `${table(
    ["in one process", "memory after a tenth", "memory at the end"],
    [
      [`${n(builds.count)} builds and checks in one instance`, mb(builds.before), mb(builds.after)],
      [
        `${n(instances.count)} instances, made and forgotten in any order`,
        mb(instances.before),
        mb(instances.after),
      ],
      [
        `${n(calls.count)} calls, 200 together, ${n(calls.placed)} of them placed, the others busy or given up`,
        mb(calls.before),
        mb(calls.after),
      ],
    ],
  )}

The memory is the heap, the module's memory and all buffers, once everything was collected that can be. No listener was left on the
signal that all calls shared, and no timer. A page that was frozen while its call was under way came back to: ${frozen.outcome}, with
${n(frozen.dials)} dial. A worker that is ended between call and answer is in \`tests/edge/workerd.test.js\`: the call stays known.`,
);
const mutants = part("mutants", ({ parts, shards }) => {
  const all = /** @type {any[]} */ (Object.values(shards));
  const sum = (/** @type {string} */ name) => all.reduce((total, shard) => total + shard[name], 0);
  const tried = sum("caught") + sum("missed") + sum("timeout");
  const survivors = all.flatMap((shard) => shard.survivors);
  return `${n(all.length)} of ${parts} parts: ${n(tried)} changes of the core that compile. ${n(sum("caught") + sum("timeout"))} made a Rust test fail
(${n(sum("timeout"))} of them by a loop without end), ${n(sum("missed"))} did not${
    survivors.length === 0
      ? "."
      : `. Those, each explained in [HACKING.md](../HACKING.md#mutants-that-survive):\n\n${survivors.map((name) => `* \`${name}\``).join("\n")}`
  }`;
});
const coverage = part("coverage", ({ lines, branches, files }) => {
  const named = files
    .filter((/** @type {any} */ { unreached }) => unreached.length > 0)
    .map((/** @type {any} */ { file, unreached }) => `* \`src/${file}\`: ${unreached.join(", ")}`);
  return `${lines.percent.toFixed(1)} % of the core's lines (${n(lines.covered)} of ${n(lines.count)}) and ${branches.percent.toFixed(1)} % of its branches
(${n(branches.covered)} of ${n(branches.count)}) are reached by its Rust tests alone; the tests in JavaScript are not counted. Lines where
something begins that they do not reach:

${named.join("\n")}`;
});
const chain = part(
  "supply-chain",
  ({
    deny,
    advisories,
    signatures,
    crates,
    reproducible,
  }) => `* Licences, sources and duplicates of all crates, by cargo-deny: ${deny}. Advisories: ${advisories}.
* Signatures of the npm packages of the tools: ${signatures}. The package itself has no dependencies.
* In the modules: ${crates.join(", ")}. The bill of materials is [sbom.cdx.json](sbom.cdx.json). Why each is there is in
  [HACKING.md](../HACKING.md).
* Two builds from nothing, in two folders: the same ${n(reproducible.bytes)} bytes of ${n(reproducible.modules)} modules.`,
);

const page = `# Reliability

Written by \`cargo xtask soak\`, which repeats every run here, or one kind: \`cargo xtask soak faults\`. A short form of the first seven
is part of \`cargo xtask test\`.

## Faults on the connection
A proxy on a real socket stands before the server, or before the handler. It cuts, resets, stalls, delays, truncates, changes,
loses or repeats, before the request, at the boundaries of its line, head and body, at those of the answer, and at bytes all over
both. What was dialled is counted at the simulator.

${faults}

## Hostile answers
${replies}

## Hostile input
${input}

## Properties and fuzzing
${properties} ${fuzz}

## Patterns
${patterns}

## Injection
${injection}

## Secrets
${canaries}

## Endurance
${endurance}

## Coverage
${coverage}

## Mutants
${mutants}

## Supply chain
${chain}
`;

writePage("reliability.md", page, "node tests/soak/report.js");
