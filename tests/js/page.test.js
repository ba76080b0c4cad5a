/**
 * What differs in a page: Chromium, against the simulator.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { launchChromium } from "./harness/browser.js";
import { startSimulator } from "./harness/simulator.js";

/** @import { Page } from "playwright-core" */

const TOKEN = "canary-token-31c7";
const CONFIG = {
  accountId: "0123456789abcdef0123456789abcdef",
  authToken: TOKEN,
  device: "dddddddddddddddddddddddddddddddd",
  baseUrl: "",
};

/** @type {import("./harness/simulator.js").Simulator} */
let simulator;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Page} */
let page;

before(async () => {
  simulator = await startSimulator({ speed: 20, token: TOKEN, package: "pkg", rateLimit: false });
  browser = await launchChromium();
  CONFIG.baseUrl = simulator.baseUrl;
});
after(async () => {
  await browser?.close();
  await simulator?.stop();
});
beforeEach(async () => {
  await simulator.clear();
  await open();
});

/** @param {string} [policy] */
async function open(policy) {
  await page?.close();
  page = await browser.newPage();
  await page.route("**/page.html", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: "<!doctype html><title>A page</title>",
      headers: policy ? { "content-security-policy": policy } : {},
    }),
  );
  await page.goto(`${simulator.origin}/page.html`);
}

/**
 * Runs a function's text in the page with the package, and gives what it returns or the error it throws as JSON.
 * @param {string} body
 * @param {object} [config]
 * @returns {Promise<any>}
 */
function run(body, config = {}) {
  return page.evaluate(
    async ({ body, config }) => {
      const AsyncFunction = /** @type {any} */ (async () => {}).constructor;
      const path = "/quickcall/dist/index.js";
      const quickcall = await import(path);
      try {
        return await new AsyncFunction("quickcall", "config", body)(quickcall, config);
      } catch (error) {
        return { thrown: /** @type {any} */ (error).toJSON?.() ?? String(error) };
      }
    },
    { body, config: { ...CONFIG, ...config } },
  );
}

const ALLOWED = { allowTokenInBrowser: true };

describe("a token in a page", () => {
  it("is refused, a function for one too, before anything is loaded or sent", async () => {
    for (const token of ["config.authToken", "() => 't'"]) {
      const { thrown } = await run(`new quickcall.Quickcall({ ...config, authToken: ${token} });`);
      assert.deepEqual([thrown.code, thrown.outcome], ["token_in_browser", "not_placed"]);
      assert.match(thrown.message, /handler.*allowTokenInBrowser/);
      assert.equal(JSON.stringify(thrown).includes(TOKEN), false);
    }
    assert.deepEqual(await simulator.calls(), []);
  });

  it("is refused to who watches, too, before a socket is opened", async () => {
    for (const token of ["config.authToken", "() => 't'"]) {
      const { thrown } = await run(`
        globalThis.opened = 0;
        class Socket { constructor() { globalThis.opened += 1; throw new Error("opened"); } }
        const { watch } = await import("/quickcall/dist/events.js");
        const url = "wss://kazoo.example.com:5556";
        await watch({ ...config, authToken: ${token}, url, WebSocket: Socket })
          .catch((error) => { throw Object.assign(error, { message: error.message + globalThis.opened }); });`);
      assert.deepEqual([thrown.code, thrown.outcome], ["token_in_browser", "not_placed"]);
      assert.match(thrown.message, /allowTokenInBrowser.*0$/);
    }
  });

  it("is refused where the page has Node in it, as one of Electron can and one of NW.js does", async () => {
    for (const process of [
      '{ type: "renderer", versions: { node: "20.0.0" } }',
      '{ versions: { node: "20.0.0", nw: "0.90.0" } }',
    ]) {
      const { thrown } = await run(`globalThis.process = ${process}; new quickcall.Quickcall(config);`);
      assert.equal(thrown.code, "token_in_browser");
    }
  });

  it("is refused in a worker of a page", async () => {
    const code = await page.evaluate(
      ({ origin, config }) => {
        const source = `
          const { Quickcall } = await import(${JSON.stringify(`${origin}/quickcall/dist/index.js`)});
          try { new Quickcall(${JSON.stringify(config)}); postMessage("allowed"); } catch ({ code }) { postMessage(code); }`;
        const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
        const worker = new Worker(url, { type: "module" });
        return new Promise((resolve) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => resolve(message);
        });
      },
      { origin: simulator.origin, config: CONFIG },
    );
    assert.equal(code, "token_in_browser");
  });

  it("places a call where the owner allows it", async () => {
    const body = "return await new quickcall.Quickcall(config).call({ number: '(415) 555-0100' });";
    const { state } = await run(body, ALLOWED);
    assert.equal(state, "started");
    assert.deepEqual(
      (await simulator.calls()).map(({ dialled }) => dialled),
      ["4155550100"],
    );
  });
});

it("a handler that is empty is not the page itself", async () => {
  /** @type {string[]} */
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
  for (const handler of ["", " "]) {
    const { thrown } = await run(
      `return await new quickcall.Quickcall({ handler: ${JSON.stringify(handler)} })
        .call({ endpoint: "sales", number: "+14155550100" });`,
    );
    const [{ path }] = thrown.issues;
    assert.deepEqual([thrown.code, thrown.outcome, path], ["invalid", "not_placed", ["handler"]]);
  }
  assert.deepEqual(posts, []);
});

describe("a call that a browser may send twice", () => {
  const VALIDATE = `await quickcall.init();
    return new quickcall.Quickcall(config).validate({ number: "1", ...config.call });`;
  const cases = [
    [{ blocking: false }, "blocking"],
    [{ timeout: 51 }, "timeout"],
  ];
  for (const [given, path] of cases) {
    it(`is refused with its reason and both remedies: ${JSON.stringify(given)}`, async () => {
      const body = VALIDATE.replace("...config.call", `...${JSON.stringify(given)}`);
      const [issue, ...others] = await run(body, ALLOWED);
      assert.deepEqual(others, []);
      assert.deepEqual([issue.severity, issue.code, issue.path], ["error", "not_allowed", [path]]);
      assert.match(issue.message, /again.*twice.*handler.*allowBrowserRepeat/);
      const call = `return await new quickcall.Quickcall(config).call({ number: "1", ...${JSON.stringify(given)} });`;
      assert.equal((await run(call, ALLOWED)).thrown.code, "invalid");
      assert.deepEqual(await simulator.calls(), []);
      const repeat = { ...ALLOWED, allowBrowserRepeat: true };
      const [warning] = await run(body, repeat);
      assert.deepEqual([warning.severity, warning.code, warning.path], ["warning", "may_repeat", [path]]);
      assert.match((await run(call, repeat)).state, /started|accepted/);
    });
  }

  it("is not meant where the call is short and waits", async () => {
    const body = VALIDATE.replace("...config.call", "timeout: 50");
    assert.deepEqual(await run(body, ALLOWED), []);
  });
});

describe("the WebAssembly in a page", () => {
  it("works under a strict policy, without one report", async () => {
    await open("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'");
    /** @type {string[]} */
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    const result = await page.evaluate(async (config) => {
      const path = "/quickcall/dist/index.js";
      const { Quickcall } = await import(path);
      return new Quickcall({ ...config, allowTokenInBrowser: true }).call({ number: "4155550100" });
    }, CONFIG);
    assert.equal(result.state, "started");
    assert.deepEqual(said, []);
  });

  it("is refused without 'wasm-unsafe-eval': one error that says the remedy, and nothing is sent", async () => {
    await open("default-src 'none'; script-src 'self'; connect-src 'self'");
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const error = await page.evaluate(async (config) => {
      const path = "/quickcall/dist/index.js";
      const { Quickcall } = await import(path);
      return new Quickcall({ ...config, allowTokenInBrowser: true })
        .call({ number: "4155550100" })
        .catch((/** @type {any} */ error) => error.toJSON());
    }, CONFIG);
    assert.deepEqual([error.code, error.outcome], ["load_failed", "not_placed"]);
    assert.match(error.message, /wasm-unsafe-eval/);
    assert.deepEqual(errors, []);
    assert.deepEqual(await simulator.calls(), []);
  });
});

it("an answer that is large when unpacked is read no further than the limit: its encoding cannot be seen", async () => {
  const packed = gzipSync(Buffer.alloc(64 << 20, " "));
  const server = createServer((request, response) => {
    const allowed = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    if (request.method === "OPTIONS") {
      response.writeHead(204, allowed).end();
      return;
    }
    const about = { "content-encoding": "gzip", "content-length": packed.length };
    response.writeHead(200, { ...allowed, ...about }).end(packed);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  // What the page gets of it, in whatever way.
  const body = `
    let got = 0;
    const count = (type, name, sizeOf) => {
      const real = type.prototype[name];
      type.prototype[name] = async function (...given) {
        const value = await real.apply(this, given);
        got += sizeOf(value) ?? 0;
        return value;
      };
    };
    count(Response, "arrayBuffer", (bytes) => bytes.byteLength);
    count(Response, "text", (text) => text.length);
    count(ReadableStreamDefaultReader, "read", ({ value }) => value?.byteLength);
    const { code } = await new quickcall.Quickcall(config).call({ number: "1001" }).catch((error) => error);
    return { code, got };`;
  try {
    // A page that the test makes up may not ask another server of this machine.
    await page.goto(`${simulator.origin}/_simulator/about`);
    const { code, got } = await run(body, { ...ALLOWED, baseUrl: `http://127.0.0.1:${port}/v2` });
    assert.equal(code, "bad_response");
    assert.ok(got > 1 << 20 && got < 4 << 20, String(got));
  } finally {
    server.close();
  }
});

it("two copies of the package know of each other's calls and errors", async () => {
  await page.route("**/copy/**", (route) =>
    route.fulfill({
      path: fileURLToPath(new URL(`../../pkg/${route.request().url().split("/copy/")[1]}`, import.meta.url)),
      contentType: "text/javascript",
    }),
  );
  const copy = await page.evaluate(async (config) => {
    const [one, two] = await Promise.all(
      ["quickcall", "copy"].map((name) => import(`/${name}/dist/index.js`)),
    );
    const make = (/** @type {any} */ { Quickcall }) =>
      new Quickcall({ ...config, allowTokenInBrowser: true });
    const call = { number: "+14155550106" };
    const [first, second] = await Promise.allSettled([make(one).call(call), make(two).call(call)]);
    const error = first.status === "rejected" ? first.reason : /** @type {any} */ (second).reason;
    return {
      same: one.Quickcall === two.Quickcall,
      code: error.code,
      brands: [one.QuickcallError, two.QuickcallError].map((type) => error instanceof type),
    };
  }, CONFIG);
  assert.deepEqual(copy, { same: false, code: "duplicate", brands: [true, true] });
  assert.equal((await simulator.calls()).length, 1);
});
