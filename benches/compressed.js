/**
 * Sizes of files, as they are and compressed as well as each method can: what a server that keeps compressed files sends.
 * @module
 */

import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** @typedef {{ raw: number, gzip: number, brotli: number }} Sizes */

/**
 * @param {Uint8Array} content
 * @returns {Sizes}
 */
export function sizesOf(content) {
  return {
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  };
}

/**
 * The sizes of files that are loaded together, each compressed by itself.
 * @param {Iterable<string>} files Their URLs.
 * @returns {Promise<Sizes>}
 */
export async function sizesOfFiles(files) {
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of files) {
    const { raw, gzip, brotli } = sizesOf(await readFile(new URL(file)));
    total.raw += raw;
    total.gzip += gzip;
    total.brotli += brotli;
  }
  return total;
}

/**
 * A bundled module and all that it imports by a static import.
 * @param {URL} entry
 * @returns {Promise<Set<string>>} Their URLs.
 */
export async function withImports(entry) {
  const files = new Set([entry.href]);
  for (const file of files) {
    const text = await readFile(new URL(file), "utf8");
    for (const [, path] of text.matchAll(/(?:^|[;}])(?:import|export)[^;"'()]*?["'](\.\/[^"']+)["']/gm)) {
      files.add(new URL(path ?? "", file).href);
    }
  }
  return files;
}
