/**
 * What a browser loads to place a call, beside what people would use instead.
 * @module
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { bundle } from "./bundle.js";
import { BY_HAND, PROGRAMS } from "./clients.js";
import { sizesOf, sizesOfFiles, withImports } from "./compressed.js";

const dist = new URL("../pkg/dist/", import.meta.url);
const peers = createRequire(new URL("peers/package.json", import.meta.url));

/**
 * Who else places calls, and what it is. `entry`: the program that does it; `ready`: the file that its own documentation loads,
 * where it cannot be bundled. @type {{ name: string, entry?: string, ready?: string, what: string }[]}
 */
const PEERS = [
  { name: "@twilio/voice-sdk", entry: "peers/place_twilio.js", what: "the page is the phone (WebRTC)" },
  { name: "@telnyx/webrtc", entry: "peers/place_telnyx_webrtc.js", what: "the page is the phone (WebRTC)" },
  { name: "telnyx", entry: "peers/place_telnyx.js", what: "asks its makers' server for a call" },
  {
    name: "@ringcentral/sdk",
    entry: "peers/place_ringcentral.js",
    what: "asks its makers' server to ring the user's own phone first",
  },
  {
    name: "ringcentral-c2d",
    ready: "build/index.js",
    what: "finds numbers in a page and says which was pressed; places no call. The ready file of its documentation: it does not bundle without Sass and core-js, which it does not declare",
  },
];

/** @typedef {{ name: string, version?: string, what: string, raw?: number, gzip?: number, brotli?: number, failed?: string }} Row */

/**
 * @returns {Promise<{ own: Row[], byHand: Row[], peers: Row[] }>}
 */
export async function measureBytes() {
  return {
    own: await ownRows(),
    byHand: await Promise.all(
      BY_HAND.map(async (name) => {
        const library = name.split(",")[0] ?? name;
        return {
          name: `by hand with ${name}`,
          version: versionOf(library),
          what: "filters, checks and sends as this package does",
          ...(await bundled(PROGRAMS[name])),
        };
      }),
    ),
    peers: await Promise.all(
      PEERS.map(async ({ name, entry, ready, what }) => ({
        name,
        version: versionOf(name),
        what,
        ...(entry ? await bundled(entry) : sizesOf(await readFile(join(folderOf(name), ready ?? "")))),
      })),
    ),
  };
}

/** @returns {Promise<Row[]>} */
async function ownRows() {
  const slim = await bundled(PROGRAMS["quickcall/slim"]);
  const wasm = sizesOf(await readFile(new URL("quickcall.wasm", dist)));
  const sum = (/** @type {keyof import("./compressed.js").Sizes} */ method) =>
    (slim[method] ?? 0) + wasm[method];
  const imports = async (/** @type {string[]} */ ...names) => {
    const files = await Promise.all(names.map((name) => withImports(new URL(name, dist))));
    return sizesOfFiles(new Set(files.flatMap((some) => [...some])));
  };
  return [
    {
      name: "quickcall/slim with quickcall.wasm",
      what: "class, glue and module",
      raw: sum("raw"),
      gzip: sum("gzip"),
      brotli: sum("brotli"),
    },
    { name: "of that, quickcall.wasm", what: "the module", ...wasm },
    {
      name: "quickcall",
      what: "the same in one file, the module inlined",
      ...(await bundled(PROGRAMS.quickcall)),
    },
    {
      name: "the button, with the page",
      what: "quickcall/element before anybody means to call",
      ...(await imports("element.js")),
    },
    {
      name: "the button, for a call",
      what: "all that a call through a handler loads; no WebAssembly",
      ...(await imports("element.js", "call_by_handler.js", "call_words.js")),
    },
  ];
}

/**
 * A program in one file, or why it cannot be had. Modules of Node that it asks for are left out and named.
 * @param {string} entry
 * @returns {Promise<Partial<import("./compressed.js").Sizes> & { withoutNode?: string[], failed?: string }>}
 */
async function bundled(entry) {
  try {
    const { outputFiles, metafile } = await bundle(entry, "out", { write: false });
    const outside = Object.values(metafile?.outputs ?? {}).flatMap(({ imports }) =>
      imports.filter(({ external }) => external),
    );
    const withoutNode = [...new Set(outside.map(({ path }) => path))];
    return {
      ...sizesOf(outputFiles?.[0]?.contents ?? new Uint8Array()),
      ...(withoutNode.length > 0 ? { withoutNode } : {}),
    };
  } catch (error) {
    const { errors } = /** @type {import("esbuild").BuildFailure} */ (error);
    return { failed: errors?.[0]?.text ?? String(error) };
  }
}

/** @param {string} name Where a peer is installed. */
const folderOf = (name) => join(peers.resolve.paths(name)?.[0] ?? "", name);

/** @param {string} name Its version that is installed. */
const versionOf = (name) => peers(join(folderOf(name), "package.json")).version;
