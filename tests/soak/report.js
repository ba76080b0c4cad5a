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

const written = partsFrom(kept, "cargo xtask soak");
/** @param {string} kind @param {(found: any) => string} write */
const part = (kind, write) => written(kind, (found) => `${write(found)}\n\n(At commit ${found.commit}.)`);

/** @param {any[]} list @param {(one: any) => number} of */
const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);

const WATCHED = ` Where a
call is watched, \`watcher.call\` waits 2 s more, and must tell by the server's events what was dialled and answered, whatever became of
the request. Call ids that are told must be those that the server gave.`;

const faults = part(
  "faults",
  ({
    calls,
    met,
    rows,
    wrong,
    lostOnce,
    lostAndDamaged,
    repeatedBeforeHandler,
    repeated,
    mostDials,
    slowest,
    refusedInPages,
  }) => {
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
    "answer to another",
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
    n(of(verdicts, "answer to another")),
    n(bad(verdicts)),
  ]),
)}

Wrong, in all rows: ${counts(wrong)}. \`false\` is what was said otherwise than it was, \`guessed\` what no answer said, \`vague\` an
\`unknown\` where the answer had come whole, \`lost\` a repeat that did not tell what became of the first request, \`twice\` what
this package sent or dialled more than once. The run fails for each of them. ${n(sum(rows, ({ known }) => known))} calls had to be told as
what they were, by an answer that is read without the package; ${n(all("too late"))} answers came when nobody waited any more. The longest
call took ${slowest.toFixed(1)} s, with deadlines of 4.5 s, and 7.5 s where only the first request met the fault.${rows.some((/** @type {any} */ { row }) => row.endsWith("watched")) ? WATCHED : ""}

**When the first request or its reply is lost**, and the repeat arrives: ${n(lostOnce.calls)} calls through a handler,
${n(lostOnce.asked)} of them asked again. Dials: ${counts(lostOnce.dials)}. Said: ${counts(lostOnce.said)}. A browser gives an
answer that was cut within its head for a whole one without a body; ${n(lostOnce.cutHeads)} calls that met that stayed \`unknown\`.

**When the first reply is lost and the repeat is damaged, too**: ${n(lostAndDamaged.calls)} calls, ${n(lostAndDamaged.asked)} of them asked
again. Dials: ${counts(lostAndDamaged.dials)}. Said: ${counts(lostAndDamaged.said)}.

**What a browser sends again by itself** is counted apart: ${counts(repeated) || "nothing"}. Up to ${n(mostDials)} dials came of one
call. It happens where a page asks the server directly and the connection dies before the first byte of the answer, and nothing in
a page can turn it off. Through a handler the same faults ended in one dial or none, since every repeat has the same
\`Idempotency-Key\`: browsers sent ${n(repeatedBeforeHandler.calls)} calls again there. Dials: ${counts(repeatedBeforeHandler.dials)}. Without a handler a page is refused what a server lets wait for long (\`blocking: false\`, a \`timeout\` over 50):
${n(refusedInPages)} such calls in the two browsers were \`not_allowed\`, and nothing was sent. A connection that dies on the way can still
repeat a call there, and what is said then is what the repeat was answered: of a phone that rings already, that it is busy. So a public page needs a handler.

**What is between can do more than break:** a proxy that sends a request twice dials twice where no handler is, and a byte that is
changed on the way can change an answer. TLS refuses both. An answer that is sent twice on a kept connection can be read as that to the
next request. In Node each request to a server has a connection of its own; elsewhere an \`X-Request-ID\` shows it, and the call is \`unknown\`. Those
calls are counted apart, too.`;
  },
);

const replies = part(
  "hostile replies",
  ({ places, answers, messages, sizes, confirmed, readers }) =>
    `${n(places)} documented answers with one wrong place: every field of every document, objects and lists, too, with every wrong
type, \`__proto__\`, halves of surrogate pairs, numbers without end, 20,000 lists in one another, missing, and twice. ${n(answers)} more
on real sockets, with wrong lengths, heads that are no HTTP, bytes that are no UTF-8. They were read by the class, the class
before a handler, the handler, \`apiToken\`${readers === 6 ? ", `follow` and a watcher's `status` and `hangup`" : " and `follow`"}, and what was said of each was what a second reader of the same bytes says:
${n(confirmed)} were still those of a confirmed call, with the call ids that were sent; no other was told as a call, and none as surely not
placed but refusals and the two definite answers of status 500. ${n(sizes)} bodies of the largest size and just over it: announced, in
chunks, packed, until the connection ends. ${n(messages)} such messages came over the websocket, and every call that was watched
meanwhile was told step by step as without them.`,
);
const input = part(
  "hostile input",
  ({ values, calls, requests, dials, properties, refused, slowest }) =>
    `${n(values)} values in every place where one can be given: getters that throw or change, proxies, revoked ones, cyclic and
frozen objects, symbols, BigInts, lone surrogates, texts of 70,000 characters. ${n(refused)} were refused by an error that says why;
no other error, no trap; the longest took ${slowest.toFixed(0)} ms, and the instance worked after each. ${n(calls)} more as a \`fetch\`, a signal, a
key, a token, and in each name of every configuration: each call ended within its deadline, and with an outcome that is true.
${n(properties)} as properties of buttons and options of links in a page. ${n(requests)} requests to a handler, with bodies of any bytes:
${n(dials)} were right and dialled once each, also when repeated; all others were refused with a status of 4xx and not dialled.`,
);
const properties = part(
  "properties",
  ({ properties, cases, files }) =>
    `${n(properties)} properties of the core, each with ${n(cases)} cases and checks for overflow: ${files.map((/** @type {string} */ file) => `\`${file}\``).join(", ")}.`,
);
const fuzz = part(
  "fuzz",
  ({ minutes, targets }) =>
    `Each target of \`fuzz/\` for ${n(minutes)} min, without a finding; an input that takes over 5 s is one:

${table(
  ["target", "runs", "seeds", "longest input"],
  targets.map((/** @type {any} */ { target, runs, seeds, longest }) => [
    target,
    n(runs),
    n(seeds),
    `${n(longest)} bytes`,
  ]),
)}`,
);
const patterns = part(
  "patterns",
  ({ patterns, beside, slowestMedian, slowestPattern, slowest, regExpOver, regExpGivenUp, refused }) =>
    `${n(patterns)} patterns that are known to take an engine forever, have wide classes, or make much of little where they are compiled, on
numbers of 250 characters. JavaScript's RegExp tried ${n(beside)}: it took over a second for ${n(regExpOver)} of them, and had not ended after two
seconds for ${n(regExpGivenUp)}. Here ${n(refused)} are refused as too large. With compiling, the slowest (\`${slowestPattern}\`) took ${slowestMedian.toFixed(1)} ms
in the middle of its rounds, and no round of any took more than ${slowest.toFixed(1)} ms.`,
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
  ({ builds, instances, calls, keys, sockets, watched, followed, stopped, hidden, evicted }) => `${table(
    ["in one process", "memory after a third", "memory at the end", "more each time"],
    /** @type {[string, any][]} */ ([
      [`${n(builds.count)} builds and checks in one instance`, builds],
      [`${n(instances.count)} instances, made and forgotten in any order`, instances],
      [
        `${n(calls.count)} calls that are answered at once: directly, through a handler, busy, given up`,
        calls,
      ],
      [`${n(keys.count)} calls through a handler whose memory is in the process, over 48 days`, keys],
      [
        `${n(sockets.count)} calls on real sockets, 200 together, ${n(sockets.placed)} of them placed`,
        sockets,
      ],
      [`${n(watched.count)} calls that are watched to their end`, watched],
      [`${n(followed.count)} calls that are followed through a handler`, followed],
    ]).map(([what, { before, after, perItem }]) => [
      what,
      mb(before),
      mb(after),
      `${n(Math.max(0, Math.round(perItem)))} bytes`,
    ]),
  )}

The memory is the heap and all buffers, with the modules' memory, once everything was collected that can be. All ${n(instances.gone)}
instances had gone. No listener was left on the signals that calls shared, and no timer of the package, also none of those that keep no process
alive. ${n(stopped.pages)} pages whose processes stood still for ${n(stopped.still)} s while their call was under way had one dial each, and said:
${Object.entries(stopped.outcomes)
  .map(([name, outcome]) => `${name}: ${outcome}`)
  .join(
    "; ",
  )}. ${n(hidden.calls)} calls in ${n(hidden.pages)} pages behind another one, in Chromium and in Firefox, were dialled once and told as they were; their deadlines
came ${hidden.latest.toFixed(1)} s late at most. A worker was ended at ${n(evicted)} steps of a call and started again (\`tests/edge/workerd.test.js\`): no call was dialled
twice, and what was begun stayed known. \`free()\` is called on nothing but a handler's reservations; instances go with the collection of garbage.`,
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
      : `. Those, each explained in \`HACKING.md\` of the project (Mutants that survive):\n\n${survivors.map((name) => `* \`${name}\``).join("\n")}`
  }`;
});
const coverage = part("coverage", ({ lines, branches, files }) => {
  const named = files
    .filter((/** @type {any} */ { unreached, branches }) => unreached.length + branches.length > 0)
    .map((/** @type {any} */ { file, unreached, branches }) => {
      const lines = unreached.length > 0 ? [`lines ${unreached.join(", ")}`] : [];
      const sides = branches.length > 0 ? [`branches ${branches.join(", ")}`] : [];
      return `* \`src/${file}\`: ${[...lines, ...sides].join("; ")}`;
    });
  return `${lines.percent.toFixed(1)} % of the core's lines (${n(lines.covered)} of ${n(lines.count)}) and ${branches.percent.toFixed(1)} % of its branches
(${n(branches.covered)} of ${n(branches.count)}) are reached by its Rust tests alone; the tests in JavaScript are not counted. Lines where
something begins that they do not reach, and branches (line and column) of which they take one side only:

${named.join("\n")}`;
});
const chain = part(
  "supply-chain",
  ({
    deny,
    advisories,
    audits,
    signatures,
    locks,
    crates,
    reproducible,
  }) => `* Licences, sources and duplicates of all crates, by cargo-deny: ${deny}. Advisories on crates: ${advisories}. On the npm packages of the
  tools: ${audits}. All ${n(locks)} lock files are looked at.
* Signatures of the npm packages of the tools: ${signatures}. The package itself has no dependencies.
* In the modules: ${crates.join(", ")}. The bill of materials is \`docs/sbom.cdx.json\` of the project. Why each is
  there is in its \`HACKING.md\`.
* Two builds from nothing, in two folders: the same ${n(reproducible.bytes)} bytes of ${n(reproducible.modules)} modules.`,
);

const page = `# Reliability

Written by \`cargo xtask soak\`, which repeats every run here, or one kind: \`cargo xtask soak faults\`. \`cargo xtask test\` runs a short
form of the faults, hostile answers and input, patterns, injection, secrets, endurance, fuzzing, mutants and licences, and the
properties and the coverage as they are.

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
${properties}

${fuzz}

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

/** The least that each run must have tried. @type {Record<string, (found: any) => boolean>} */
const ENOUGH = {
  faults: ({ calls, met }) => calls >= 10_000 && met >= 0.99 * calls,
  "hostile replies": ({ places, answers, sizes }) => places >= 30_000 && answers >= 20_000 && sizes >= 48,
  "hostile input": ({ values, calls, requests }) =>
    values >= 300_000 && calls >= 300_000 && requests >= 75_000,
  patterns: ({ patterns, beside }) => patterns >= 40 && beside >= 20,
  injection: ({ tried }) => tried >= 50_000,
  canaries: ({ texts, found }) => texts >= 6_000 && found === 0,
  endurance: ({ builds, sockets }) => builds.count >= 1_000_000 && sockets.count >= 100_000,
  properties: ({ cases }) => cases >= 100_000,
  fuzz: ({ targets }) => targets.length >= 6,
  mutants: ({ parts, shards }) => Object.keys(shards).length === Number(parts),
  coverage: ({ lines, branches, least }) =>
    lines.percent >= least.lines && branches.percent >= least.branches,
  "supply-chain": ({ deny, reproducible }) => deny === "passed" && reproducible.modules === 3,
};

for (const [kind, isEnough] of Object.entries(ENOUGH)) {
  const found = kept(kind);
  if (found === undefined || !isEnough(found) || /changed|unknown/.test(found.commit)) {
    const text = `The figures of ${kind} are missing, of too little, or of no commit.`;
    if (process.argv.includes("--check")) throw new Error(text);
    console.warn(text);
  }
}

writePage("reliability.md", page, "node tests/soak/report.js");
