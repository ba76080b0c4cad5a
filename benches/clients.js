/**
 * The clients that are held against one another: the package, and those written by hand with a library for the check.
 * @module
 */

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.js";
import { ALIKE, CALLS, CONFIG, REFUSED } from "./measured_calls.js";

/**
 * @typedef {{ build(call: any): Record<string, any>, validate(call: any): unknown[] }} Client
 */

/** Where the program of each is. It has a function `createClient`. */
export const PROGRAMS = {
  quickcall: "clients/quickcall.js",
  "quickcall/slim": "clients/quickcall_slim.js",
  ajv: "peers/client_ajv.js",
  "ajv, compiled ahead": "peers/client_ajv_ahead.js",
  zod: "peers/client_zod.js",
  "zod, whole": "peers/client_zod_whole.js",
  valibot: "peers/client_valibot.js",
};

/** @typedef {keyof typeof PROGRAMS} ClientName */

/** What is written by hand, each with another library. */
export const BY_HAND = /** @type {const} */ (["ajv", "ajv, compiled ahead", "zod", "zod, whole", "valibot"]);

/**
 * Bundles a client and gives the path of its file.
 * @param {ClientName} name
 * @param {string} folder
 * @param {string} [index] The file that is meant by `quickcall`.
 */
export async function bundleClient(name, folder, index = "index.js") {
  await bundle(PROGRAMS[name], folder, { index });
  return join(folder, basename(PROGRAMS[name]));
}

/**
 * Clients in this process, of the bundles that are measured everywhere else, too. They were held against one another: the
 * figures are of the same thing.
 * @template {ClientName} T
 * @param {readonly T[]} names
 * @param {string} folder
 * @returns {Promise<Record<T, Client>>}
 */
export async function loadClients(names, folder) {
  const clients = /** @type {Record<T, Client>} */ ({});
  for (const name of names) {
    const { createClient } = await import(pathToFileURL(await bundleClient(name, folder)).href);
    clients[name] = await createClient(CONFIG);
  }
  holdAlike(clients);
  return clients;
}

/**
 * Throws when the clients make not the same request of a call, or one takes what another refuses.
 * @param {Record<string, Client>} clients
 */
function holdAlike(clients) {
  const all = Object.entries(clients);
  for (const call of [...Object.values(CALLS), ...ALIKE]) {
    const [first, ...others] = all.map(([name, client]) => [name, requestOf(client, call)]);
    for (const [name, request] of others) {
      assert.deepEqual(request, first?.[1], `${name} and ${first?.[0]} make other requests`);
    }
  }
  for (const call of REFUSED) {
    for (const [name, client] of all) {
      assert.throws(() => client.build(call), /./, `${name} takes ${JSON.stringify(call).slice(0, 200)}`);
    }
  }
}

/** @param {Client} client @param {object} call */
function requestOf(client, call) {
  const { method, url, headers, body, number } = client.build(call);
  return { method, url, headers, body, number };
}
