/**
 * What the matrix found, kept for the README's table.
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";

const folder = new URL("../../out/", import.meta.url);

/**
 * @param {string} file
 * @param {{ name: string, version: string, how: string, result: string }[]} rows
 */
export async function keepResults(file, rows) {
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(file, folder), `${JSON.stringify(rows, null, 2)}\n`);
}
