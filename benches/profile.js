/**
 * Where the bytes of the module go, and the time of `build()`: `node benches/profile.js FOLDER`, with a module there whose functions have
 * their names. What the compilers put into its caller counts as the caller's.
 * @module
 */

import { readFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pack } from "../pkg/src/pack.js";
import { keep } from "./figures.js";
import { CALLS, CONFIG } from "./measured_calls.js";
import { sizesOfFunctions } from "./wasm_functions.js";

/** How long a call is built over and over, in milliseconds, and how often it is looked where it is, in microseconds. */
const SPAN = 4_000;
const EVERY = 100;

const folder = resolve(process.argv[2] ?? "");
const bytes = await readFile(join(folder, "quickcall.wasm"));
const glue = await import(pathToFileURL(join(folder, "glue.js")).href);
glue.initSync({ module: bytes });

/**
 * To what a function belongs: the file of the core that it is in, or who brought it.
 * @param {string} name
 */
function ownerOf(name) {
  const [, crate = "", part = ""] = /(?:^|[<& ])(quickcall|core|alloc|wasm_bindgen)::(\w+)/.exec(name) ?? [];
  if (crate === "quickcall") return `src/${part}`;
  if (crate === "core" || crate === "alloc") return "Rust's own library (texts, lists, memory)";
  if (crate === "wasm_bindgen" || /^(?:__wbindgen|__externref)/.test(name)) return "wasm-bindgen";
  if (/^(?:mem(?:cpy|move|set|cmp)|__rust|__rg_|rust_)/.test(name)) return "memory";
  return "the bindings";
}

/** @param {Map<string, number>} sums @param {string} key @param {number} value */
const addTo = (sums, key, value) => sums.set(key, (sums.get(key) ?? 0) + value);

/** The greatest first, each with its part of all. @param {Map<string, number>} sums @param {number} least The smallest part that is told. */
function parts(sums, least) {
  const all = [...sums.values()].reduce((a, b) => a + b, 0);
  return [...sums]
    .map(([name, value]) => ({ name, value, part: Number((value / all).toFixed(3)) }))
    .filter(({ part }) => part >= least)
    .sort((a, b) => b.value - a.value);
}

function sizes() {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { name, size } of sizesOfFunctions(bytes)) addTo(sums, ownerOf(name), size);
  return parts(sums, 0.01);
}

/** @param {Record<string, unknown>} call */
async function times(call) {
  const client = glue.Client.checked(pack(CONFIG), false);
  const build = () => client.build(pack(call));
  for (let count = 0; count < 50_000; count++) build();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: EVERY });
  await session.post("Profiler.start");
  const end = performance.now() + SPAN;
  while (performance.now() < end) for (let count = 0; count < 1_000; count++) build();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  /** @type {Map<number, string>} */
  const owners = new Map();
  for (const { id, callFrame } of profile.nodes) {
    const { functionName, url } = callFrame;
    const ofScript = functionName.startsWith("(") ? functionName : "JavaScript";
    owners.set(id, url.startsWith("wasm:") ? ownerOf(functionName) : ofScript);
  }
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const id of profile.samples ?? []) addTo(sums, owners.get(id) ?? "", 1);
  for (const idle of ["(program)", "(idle)", "(root)"]) sums.delete(idle);
  return parts(sums, 0.02);
}

const found = {
  sizes: sizes(),
  times: {
    "few options": await times(CALLS["few options"] ?? {}),
    "all options": await times(CALLS["all options"] ?? {}),
    "few options, a pattern": await times(CALLS["few options, a pattern"] ?? {}),
  },
};
keep("profile", found);
console.log(JSON.stringify(found));
