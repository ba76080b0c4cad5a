/**
 * Writes `docs/performance.md` from the figures of `benches/figures`. `--check`: only says whether it is what they give.
 * @module
 */

import { kept } from "./figures.js";
import { steepness } from "./growth_steepness.js";
import { n, partsFrom, table, writePage } from "./page.js";
import { reached } from "./reached.js";

/** @typedef {import("./spread.js").Spread} Spread */

const part = partsFrom(kept, "cargo xtask bench");
/** Kept once. @type {{ commits: string[], goals: Record<string, string> }} */
const first = kept("first");
/** Kept once, of another machine. @type {{ machine: string, commit: string, goals: Record<string, string> }} */
const elsewhere = kept("elsewhere");

/** @param {number} value Three digits. */
const three = (value) => n(Number(value.toPrecision(3)));
/** @param {Spread | undefined} times The middle, and the ends of what was seen. */
const times = (times) =>
  times ? `${three(times.median)} (${three(times.least)} to ${three(times.most)})` : "";
/** @param {string} text */
const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;

const bytes = part("bytes", ({ own, byHand, peers }) => {
  const rows = (/** @type {any[]} */ some) =>
    some.map(({ name, version, what, raw, gzip, brotli, withoutNode, failed }) => [
      version ? `${name} ${version}` : name,
      ...(failed ? ["", "", ""] : [raw, gzip, brotli].map(n)),
      what +
        (withoutNode
          ? `. Without Node's ${withoutNode.join(", ")}, which it asks for and a page has not`
          : "") +
        (failed ? `. It cannot be bundled: ${failed}` : ""),
    ]);
  return table(
    ["", "raw", "gzip -9", "brotli 11", "what it is"],
    [...rows(own), ...rows(byHand), ...rows(peers)],
  );
});

const cold = part("cold start", ({ runs, node, workerd, chromium }) => {
  /** @param {Record<string, Record<string, Spread>>} clients @param {[string, string][]} parts */
  const rows = (clients, parts) =>
    table(
      ["client", ...parts.map(([, label]) => label)],
      Object.entries(clients).map(([name, found]) => [
        name,
        ...parts.map(([key, label]) =>
          label.startsWith("all") ? times(found[key]) : three(found[key]?.median ?? 0),
        ),
      ]),
    );
  /** @type {[string, string][]} */
  const parts = [
    ["total", "all of it"],
    ["import", "import"],
    ["ready", "made ready"],
    ["compile", "of that compile"],
    ["instantiate", "of that instantiate"],
    ["build", "first `build()`"],
  ];
  const bare = workerd.clients["a worker that does nothing"].total.median;
  return `${runs} starts of each, in turns; milliseconds: the median, and for the whole the least and the most. \`quickcall\` has its module
inlined; \`quickcall/slim\` is given the file. \`ajv\` compiles its schema at the start, as its documentation does it; \`ajv, compiled
ahead\` is its standalone code. \`zod, whole\` has \`import { z } from "zod"\`, of which a bundler keeps everything; \`zod\` has
\`import * as z\`, of which it keeps what is used.

In Node ${node.version}, a new process each time. The last column is the whole process as its parent sees it.

${rows(node.clients, [...parts, ["process", "all of the process"]])}

In ${chromium.version}, a new page in a new profile each time, everything served from the same machine. Where the
browser compiles while it loads, that is part of instantiate.

${rows(chromium.clients, parts)}

In ${workerd.version} the clock stands still while a worker starts. So this is the time from the start of a new engine to its
first answer, and how much that is over a worker that does nothing. The module comes compiled with the import.

${table(
  ["worker", "start to first answer", "over the one that does nothing"],
  Object.entries(workerd.clients).map(([name, { total }]) => [
    name,
    times(total),
    three(total.median - bare),
  ]),
)}${Object.entries(workerd.refused)
  .map(([name, why]) => `\n\n${name} cannot start there: ${why}`)
  .join("")}`;
});

const warm = part("warm", ({ rounds, rows }) => {
  const clients = Object.keys(rows[0].times);
  return `Microseconds a call, of ${rounds} rounds in turns: the median (least to most). The last column is this package's time in that of the
zod client, round by round.

${table(
  ["", ...clients, "quickcall / zod"],
  rows.map((/** @type {any} */ row) => [
    row.work,
    ...clients.map((name) => times(row.times[name])),
    times(row.ofZod),
  ]),
)}`;
});

const profile = part("profile", ({ sizes, times }) => {
  const percent = (/** @type {number | undefined} */ part) =>
    part === undefined ? "" : `${(part * 100).toFixed(1)}`;
  const calls = Object.keys(times);
  const names = new Set(
    [...sizes, ...Object.values(times).flat()].map((/** @type {any} */ { name }) => name),
  );
  const partOf = (/** @type {any[]} */ all, /** @type {string} */ name) =>
    percent(all.find((one) => one.name === name)?.part);
  return `Percent of the module's functions by their bytes before compression, and of the time of \`build()\` by samples every 0.1 ms. What the
compilers put into its caller counts as the caller's; parts under 1 % of the bytes and 2 % of the time are left out.

${table(
  ["", "bytes", ...calls.map((name) => `time, ${name}`)],
  [...names].map((name) => [name, partOf(sizes, name), ...calls.map((call) => partOf(times[call], name))]),
)}`;
});

const patterns = part(
  "patterns",
  ({
    rounds,
    givenUp,
    ordinary,
    catastrophic,
  }) => `Ordinary ones, microseconds, compiled each time, of ${rounds} rounds in turns:

${table(
  ["pattern", "`Quickcall.filterNumber`", "`new RegExp().exec`"],
  ordinary.map((/** @type {any} */ { pattern, quickcall, regExp }) => [
    code(pattern),
    times(quickcall),
    times(regExp),
  ]),
)}

Those that are known to take an engine forever, milliseconds, with compiling. RegExp ran once, in a thread that was ended after
${n(givenUp / 1000)} s.

${table(
  ["pattern", "characters", "`Quickcall.filterNumber`", "RegExp"],
  catastrophic.map((/** @type {any} */ { pattern, characters, quickcall, regExp }) => [
    code(pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern),
    n(characters),
    times(quickcall),
    regExp === null ? `over ${n(givenUp)}` : three(regExp),
  ]),
)}`,
);

const growth = part("growth", ({ rounds, sizes, calls }) => {
  const grown = sizes.map(
    (
      /** @type {any} */ one,
    ) => `**${one.what}.** An item costs ${three(steepness(one))} times what it costs at a quarter of the size.

${table(
  ["size", "µs", "µs an item"],
  one.rows.map((/** @type {any} */ row) => [n(row.size), times(row), three(row.perItem)]),
)}`,
  );
  return `Microseconds of one \`build()\`, of ${rounds} rounds in turns. What does not grow is a part of every row, so an item gets cheaper with the
size where time is linear. A call may have 64 vars: more are counted and refused by \`validate()\`.

${grown.join("\n\n")}

**Calls in flight**, by \`call()\`, each count in a process of its own, with a server that answers when all have been sent. The time is
what the process does for a call, without the waiting. Memory is the heap, buffers and the module's memory, when all was
collected that can be. Few calls are not fast yet: the process is young.

${table(
  [
    "calls in flight",
    "µs a call",
    "bytes a call while it is in flight",
    "MB before",
    "MB after all were answered",
  ],
  calls.map((/** @type {any} */ { count, microseconds, bytes, before, after }) => [
    n(count),
    three(microseconds),
    n(bytes),
    (before / 2 ** 20).toFixed(2),
    (after / 2 ** 20).toFixed(2),
  ]),
)}`;
});

const edge = part(
  "edge",
  ({
    rounds,
    connections,
    rows,
  }) => `${connections} connections, ${rounds} rounds in turns, medians. A forward as little as it can be: it reads the number, asks the server with
the token, and passes the answer on.

${table(
  ["", ...Object.keys(rows[0]).filter((name) => name !== "")],
  rows.map((/** @type {Record<string, string | number>} */ { "": name, ...rest }) => [
    String(name),
    ...Object.values(rest).map((value) => (typeof value === "number" ? n(value) : value)),
  ]),
)}`,
);

const KINDS = ["sizes", "bytes", "cold start", "warm", "patterns", "growth", "edge"];
const machines = new Set(
  KINDS.map((kind) => kept(kind)?.machine)
    .filter((machine) => machine !== undefined)
    .map(({ cores, cpu, node }) => `${cores} cores of ${cpu}, Node ${node}`),
);

const page = `# Performance

Written by \`cargo xtask bench\`, which repeats every run here, or one kind: \`cargo xtask bench warm\`. Measured on ${[...machines].join("; ")}. Other programs ran at
the same time: what is compared was measured in turns, in the same run. The bounds of \`benches/budgets.json\` and
\`benches/ratios.json\` are part of \`cargo xtask test\`.

## Goals
${table(
  ["", "goal", "before", "elsewhere", "reached"],
  reached(kept).map(({ what, goal, figure, met }) => [
    what,
    goal,
    first.goals[what] ?? "",
    elsewhere.goals[what] ?? "",
    `${figure}${met === undefined ? "" : met ? ": yes" : ": **no**"}`,
  ]),
)}

Before: the first figures of the same benchmark, of the commits ${first.commits.join(" and ")}. Elsewhere: times of the commit
${elsewhere.commit} on ${elsewhere.machine}, in one run. What is compared differs by the machine, too.

## Beside whom
The clients by hand are in \`benches/peers\`: they filter, check and send as this package does, with a schema that states the same
rules. Before anything is measured they and this package are held against one another, and the run fails where one makes another
request, or takes a call that another refuses. What they do not do: say in words what is wrong and what was expected instead,
warn, know both spellings of an option, take a RegExp, bound the time of a pattern, stop a second call, or tell whether a call may exist after a
failure.

## What a browser loads
Bytes of what is needed to place a call, bundled and minified by esbuild.

${bytes}

## Cold start
From the import to the first request that was built.

${cold}

## Warm
${warm}

## Where it goes
${profile}

## Patterns
${patterns}

## Growth
${growth}

## The handler
${edge}
`;

writePage("performance.md", page, "node benches/report.js");
