/**
 * The declarations of the packed package, as several versions of TypeScript read them.
 */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeProject } from "./harness/project.js";
import { undocumented } from "./harness/undocumented.js";

const own = fileURLToPath(new URL("node_modules", import.meta.url));
const root = fileURLToPath(new URL("../../node_modules", import.meta.url));
const deno = fileURLToPath(new URL("../edge/node_modules/.bin/deno", import.meta.url));
const COMPILERS = [
  ["5.4", join(own, "typescript54/bin/tsc")],
  ["5.9", join(own, "typescript59/bin/tsc")],
  ["7", join(root, "typescript/bin/tsc")],
];
const FLAGS = [
  "--noEmit",
  "--strict",
  "--target",
  "es2022",
  "--lib",
  "es2022,dom,dom.iterable,dom.asynciterable",
];

const element = readFileSync(new URL("../../docs/element.md", import.meta.url), "utf8");
const MODULE = `
import { apiToken, callSchema, init, Quickcall, QuickcallError } from "quickcall";
import type { AuthToken, Call, Config, ErrorCode, Issue, Originate, Placed, Request } from "quickcall";
import { init as initSlim } from "quickcall/slim";
import { createHandler, denoKv, nodeListener, QuickcallGuard } from "quickcall/edge";
import type { Destinations, Limits } from "quickcall/edge";

export const authToken: AuthToken = apiToken({ baseUrl: "https://kazoo.example.com/v2", apiKey: "k" });
export const config: Config = { baseUrl: "https://kazoo.example.com/v2", accountId: "0".repeat(32), authToken };
export const quickcall = new Quickcall(config);
export const call: Call = { user: "a", number: "1", "cid-name": "x", numberFilter: /(1)/, timeout: 5 };
export const issues: Issue[] = quickcall.validate(call);
export const request: Request = quickcall.build(call);
export async function place(signal: AbortSignal): Promise<string | undefined> {
  await init();
  await initSlim(fetch("/quickcall.wasm"));
  try {
    const placed: Placed = await quickcall.call(call, { signal, again: true });
    const originate: Originate = placed.originate;
    return originate.route ?? placed.callIds[0];
  } catch (error) {
    if (!(error instanceof QuickcallError)) throw error;
    const texts: { [Code in ErrorCode]?: string } = { duplicate: "Look at your phone." };
    if (error.code === "aborted") return error.callIds?.[0] ?? error.toJSON().callIds?.[0];
    return error.outcome === "unknown" ? error.hangupCause : texts[error.code as ErrorCode] ?? error.code;
  }
}
const destinations: Destinations = { allow: ["+1415"] };
const limits: Limits = { perVisitor: "5/min" };
export const handler = createHandler({
  baseUrl: "https://kazoo.example.com/v2",
  accountId: "0".repeat(32),
  authToken: "t",
  endpoints: { sales: { user: "a" } },
  origins: ["https://www.example.com"],
  destinations,
  limits,
});
import { watch } from "quickcall/events";
import type { ChannelStatus, ProgressStep, Watcher, WatchOptions } from "quickcall/events";
export async function follow(options: WatchOptions): Promise<ChannelStatus> {
  const watcher: Watcher = await watch({ ...options, WebSocket });
  const { result, progress } = await watcher.call(quickcall, call, { signal: AbortSignal.timeout(1) });
  const steps: ProgressStep[] = [];
  for await (const step of progress) steps.push(step);
  return watcher.hangup(steps[0]?.otherCallId ?? result.callIds[0] ?? "");
}
import { enhanceTelLinks, QuickcallButton } from "quickcall/element";
import { QuickcallButton as SameClass } from "quickcall/element/class";
import type { CallState, Messages, QuickcallButtonAttributes, TelLinkOptions } from "quickcall/element";
import { ar } from "quickcall/messages/ar";
import { de } from "quickcall/messages/de";
import { es } from "quickcall/messages/es";
import { fr } from "quickcall/messages/fr";
export function button(): CallState {
  const messages: Messages[] = [ar, de, es, fr, { ...de, call: "Anruf" }, { call: "Bel", errors: { network: "?" } }];
  QuickcallButton.messages = messages[0];
  const made = document.createElement("quickcall-button");
  made.number = "+14155550100";
  made.authToken = authToken;
  made.progress = async function* () { yield { state: "ringing" }; };
  made.addEventListener("quickcall-error", ({ detail }) => console.log(detail.outcome, detail.toJSON()));
  made.addEventListener("quickcall-placed", ({ detail }) => console.log(detail.callIds));
  document.addEventListener("quickcall-before", (event) => event.detail.number === "" && event.preventDefault());
  document.addEventListener("quickcall-placed", ({ detail }) => console.log(detail.callIds));
  window.addEventListener("quickcall-state", ({ detail }) => console.log(detail.state));
  document.createElement("div").addEventListener("quickcall-error", ({ detail }) => console.log(detail.callIds));
  const button = made;
  ${/```js\n(button\.progress[\s\S]+?)```/.exec(element)?.[1]}
  const options: TelLinkOptions = { handler: "/call", endpoint: "sales", confirm: "dialog" };
  const stop: () => void = enhanceTelLinks(document, options);
  stop();
  const attributes: QuickcallButtonAttributes = { number: "1", confirm: "press" };
  return attributes.disabled && made instanceof SameClass ? "idle" : made.state;
}
export const others = [denoKv, nodeListener, QuickcallGuard, callSchema["~standard"].version];
// @ts-expect-error a number is text
quickcall.validate({ user: "a", number: 5 });
// @ts-expect-error there is no such media
quickcall.validate({ user: "a", number: "1", media: "x" });
// @ts-expect-error there is no such option
quickcall.validate({ user: "a", number: "1", cidNmae: "x" });
// @ts-expect-error nor is there one in the document
quickcall.validate({ user: "a", number: "1", "cid-nmae": "x" });
// @ts-expect-error it is a boolean, in this spelling, too
quickcall.validate({ user: "a", number: "1", auto_answer: "yes" });
// @ts-expect-error there is no such option among the defaults
new Quickcall({ handler: "https://edge.example.com/call", options: { timeOut: 5 } });
// @ts-expect-error there is no such code
QuickcallButton.messages = { errors: { netwrok: "?" } };
// @ts-expect-error there is no such code, in JSX, too
export const words: QuickcallButtonAttributes = { messages: { errors: { netwrok: "?" } } };
// @ts-expect-error options are an object
export const given: QuickcallButtonAttributes = { options: "timeout=20" };
// @ts-expect-error a handler or a server
new Quickcall({ handler: "https://edge.example.com/call", baseUrl: "https://kazoo.example.com/v2" });
`;

/** A service as Node's own declarations see it, with what the environment gives. */
const NODE = `
import { apiToken, Quickcall } from "quickcall";
import { createHandler, nodeListener } from "quickcall/edge";
import { watch } from "quickcall/events";
import { init } from "quickcall/slim";
const server = {
  baseUrl: "https://kazoo.example.com/v2",
  accountId: "0".repeat(32),
  authToken: process.env.KAZOO_TOKEN,
};
export const quickcall = new Quickcall(server);
export const watcher = watch({ url: "wss://kazoo.example.com:5556", ...server });
export const listener = nodeListener(
  createHandler<NodeJS.ProcessEnv>((env) => ({
    baseUrl: server.baseUrl,
    accountId: server.accountId,
    authToken: apiToken({ baseUrl: server.baseUrl, apiKey: env.KAZOO_API_KEY ?? "" }),
    endpoints: { sales: { user: "a" } },
    origins: ["https://www.example.com"],
    destinations: { allow: ["+1415"] },
  })),
);
export const ready = init(new Uint8Array());
`;

/** What a program has or has not, such as a signal that nobody may have given, as the strictest compiler sees it. */
const LEFT_OUT = `
import { apiToken, type Quickcall } from "quickcall";
import type { EdgeConfig, EventsConfig } from "quickcall/edge";
import { follow, watch } from "quickcall/events";
type Given = { signal: AbortSignal | undefined; fetch: typeof fetch | undefined; is: boolean | undefined };
interface Asked { endpoint: string; number: string }
const server = { baseUrl: "https://kazoo.example.com/v2", accountId: "0".repeat(32) };
export const key = ({ fetch, is }: Given) => apiToken({ baseUrl: "", apiKey: "k", fetch, allowInsecure: is });
export async function place(quickcall: Quickcall, { signal, fetch, is }: Given) {
  const own = { WebSocket: undefined, signal, fetch, allowInsecure: is, allowTokenInBrowser: is };
  const watcher = await watch({ url: "wss://kazoo.example.com:5556", ...server, authToken: undefined, ...own });
  return watcher.call(quickcall, { user: "a", number: "1" }, { signal, again: is });
}
export const steps = (call: Asked, { signal, fetch }: Given) => follow({ handler: "/", call, key: "k", signal, fetch });
export const events: EventsConfig = { url: "wss://kazoo.example.com:5556", WebSocket: undefined };
// An editor knows the names of what visitors may set, and the compiler takes a list of texts as well.
type Option = NonNullable<EdgeConfig["visitorOptions"]>[number];
export const known: Extract<Option, "timeout" | "cid-name" | "numberFilter">[] = ["timeout", "cid-name"];
export const texts = (visitorOptions: string[]): Pick<EdgeConfig, "visitorOptions"> => ({ visitorOptions });
// @ts-expect-error no visitor sets it
export const never: Extract<Option, "numberFilter"> = "numberFilter";
`;

/** A handler as Cloudflare's own declarations see it. */
const WORKER = `
import { apiToken, createHandler, QuickcallGuard } from "quickcall/edge";
export { QuickcallGuard };
interface Env { KAZOO_URL: string; KAZOO_API_KEY: string; QUICKCALL_GUARD: DurableObjectNamespace<QuickcallGuard> }
const handler = createHandler((env: Env) => ({
  baseUrl: env.KAZOO_URL,
  accountId: "0".repeat(32),
  authToken: apiToken({ baseUrl: env.KAZOO_URL, apiKey: env.KAZOO_API_KEY }),
  endpoints: { sales: { user: "a" } },
  origins: ["https://www.example.com"],
  destinations: { allow: ["+1415"] },
  guard: env.QUICKCALL_GUARD,
  verify: (request, { verification }) => request.url !== "" && typeof verification === "string",
  visitor: (_request, { KAZOO_URL }, context) => {
    context?.waitUntil?.(Promise.resolve());
    return KAZOO_URL;
  },
}));
export default { fetch: handler } satisfies ExportedHandler<Env>;
`;

/** A handler as Deno's own declarations see it. */
const DENO = `
import { createHandler, denoKv } from "quickcall/edge";
const handler = createHandler({
  baseUrl: "https://kazoo.example.com/v2",
  accountId: "0".repeat(32),
  authToken: "t",
  endpoints: { sales: { user: "a" } },
  origins: ["https://www.example.com"],
  destinations: { allow: ["+1415"] },
  guard: denoKv(await Deno.openKv()),
});
Deno.serve(handler);
`;

/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
before(async () => {
  project = await makeProject();
  writeFileSync(join(project.folder, "module.mts"), MODULE);
  writeFileSync(join(project.folder, "common.cts"), MODULE);
  writeFileSync(join(project.folder, "bundled.ts"), MODULE);
});
after(() => project.remove());

for (const [version, compiler = ""] of COMPILERS) {
  for (const [file, module, resolution] of [
    ["module.mts", "nodenext", "nodenext"],
    ["common.cts", "nodenext", "nodenext"],
    ["bundled.ts", "esnext", "bundler"],
  ]) {
    test(`TypeScript ${version}: ${file}`, () => {
      const options = [
        ...FLAGS,
        "--module",
        module ?? "",
        "--moduleResolution",
        resolution ?? "",
        file ?? "",
      ];
      const { stdout, status } = spawnSync(process.execPath, [compiler, ...options], {
        cwd: project.folder,
        encoding: "utf8",
      });
      assert.equal(stdout, "");
      assert.equal(status, 0);
    });
  }
}

test("a project of Node needs no types of browsers", () => {
  const types = join(project.folder, "node_modules/@types/node");
  cpSync(join(root, "@types/node"), types, { recursive: true });
  cpSync(join(root, "undici-types"), join(project.folder, "node_modules/undici-types"), { recursive: true });
  writeFileSync(join(project.folder, "node.mts"), NODE);
  const options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022", "--types", "node"];
  for (const [version, compiler = ""] of COMPILERS) {
    const { stdout, status } = spawnSync(
      process.execPath,
      [compiler, ...options, "--module", "nodenext", "--moduleResolution", "nodenext", "node.mts"],
      { cwd: project.folder, encoding: "utf8" },
    );
    assert.deepEqual({ version, stdout, status }, { version, stdout: "", status: 0 });
  }
});

test("the examples of README, documents and declarations are right for the strictest compiler, and so is what was left out", () => {
  for (const name of ["@types/node", "undici-types", "ws", "@types/ws"]) {
    cpSync(join(root, name), join(project.folder, "node_modules", name), { recursive: true });
  }
  const installed = join(project.folder, "node_modules/quickcall");
  const documents = ["README.md", "docs/events.md", "examples/README.md"]
    .map((name) => readFileSync(join(installed, name), "utf8"))
    .join("\n");
  const types = join(installed, "dist/types/src");
  const declared = readdirSync(types)
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => readFileSync(join(types, name), "utf8"));
  const examples = [
    ...[...documents.matchAll(/```js\n([\s\S]+?)```/g)].map(([, code = ""]) => code),
    ...declared
      .flatMap((text) => [...text.matchAll(/^ *\* @example\n((?: *\* (?!@).*\n| *\*\n)+)/gm)])
      .map(([, lines = ""]) => lines.replaceAll(/^ *\* ?/gm, "")),
    // Parts of a program lack names, and only JavaScript does without the type of an environment.
  ].filter((code) => code.includes("import ") && !code.includes("(env)"));
  assert.ok(examples.length >= 9, String(examples.length));
  const files = examples.map((code, place) => {
    writeFileSync(join(project.folder, `example${place}.mts`), code);
    return `example${place}.mts`;
  });
  writeFileSync(join(project.folder, "left_out.mts"), LEFT_OUT);
  files.push("left_out.mts");
  const strictest = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const options = ["--noEmit", "--target", "es2022", "--lib", "es2023", "--types", "node", "--skipLibCheck"];
  const modules = ["--module", "nodenext", "--moduleResolution", "nodenext"];
  for (const [version, compiler = ""] of COMPILERS) {
    const { stdout, status } = spawnSync(
      process.execPath,
      [compiler, ...strictest, ...options, ...modules, ...files],
      { cwd: project.folder, encoding: "utf8" },
    );
    assert.deepEqual({ version, stdout, status }, { version, stdout: "", status: 0 });
  }
});

test("what a wrong call is told is an error of the compiler", () => {
  writeFileSync(join(project.folder, "wrong.mts"), MODULE.replaceAll("// @ts-expect-error", "//"));
  const [[, compiler = ""] = []] = COMPILERS;
  const options = [...FLAGS, "--module", "nodenext", "--moduleResolution", "nodenext", "wrong.mts"];
  assert.throws(
    () => execFileSync(process.execPath, [compiler, ...options], { cwd: project.folder, encoding: "utf8" }),
    (/** @type {any} */ error) =>
      (error.stdout.match(/error TS/g) ?? []).length >= MODULE.split("@ts-expect-error").length - 1,
  );
});

test("a handler is one of Cloudflare's", () => {
  const types = join(project.folder, "node_modules/@cloudflare/workers-types");
  cpSync(join(own, "@cloudflare/workers-types"), types, { recursive: true });
  writeFileSync(join(project.folder, "worker.ts"), WORKER);
  const [[, compiler = ""] = []] = COMPILERS.slice(-1);
  const options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022", "--module", "esnext"];
  const more = ["--moduleResolution", "bundler", "--types", "@cloudflare/workers-types", "worker.ts"];
  const { stdout, status } = spawnSync(process.execPath, [compiler, ...options, ...more], {
    cwd: project.folder,
    encoding: "utf8",
  });
  assert.deepEqual({ stdout, status }, { stdout: "", status: 0 });
});

test("a handler is one of Deno's, and its database a store", () => {
  writeFileSync(join(project.folder, "deno.ts"), DENO);
  writeFileSync(join(project.folder, "deno.json"), '{ "nodeModulesDir": "manual", "unstable": ["kv"] }');
  const { stderr, status } = spawnSync(deno, ["check", "--quiet", "deno.ts"], {
    cwd: project.folder,
    encoding: "utf8",
  });
  assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
});

test("React's JSX knows the button, as docs/element.md says", () => {
  const bundlers = fileURLToPath(new URL("../bundlers/node_modules", import.meta.url));
  for (const name of ["@types/react", "csstype"]) {
    cpSync(join(bundlers, name), join(project.folder, "node_modules", name), { recursive: true });
  }
  const recipe = /```ts\n(import type \{ QuickcallButton,[\s\S]+?)```/.exec(element)?.[1];
  const component = `import * as React from "react";
${recipe}
export const right = <quickcall-button number="1" confirm="dialog" cooldown={3}>Call</quickcall-button>;
export const heard = <quickcall-button number="1" onquickcall-placed={(event) => event.detail.callIds[0]} />;
export const said = <quickcall-button number="1" onquickcall-error={({ detail }) => detail.outcome} />;
export const referred = <quickcall-button number="1" ref={(button) => void button?.abort()} />;
// @ts-expect-error it is no input
export const other = <quickcall-button number="1" ref={React.createRef<HTMLInputElement>()} />;
// @ts-expect-error there is no such question
export const wrong = <quickcall-button confirm="sometimes" />;
`;
  writeFileSync(join(project.folder, "component.tsx"), component);
  const [[, compiler = ""] = []] = COMPILERS.slice(-1);
  const options = [...FLAGS, "--module", "esnext", "--moduleResolution", "bundler", "--jsx", "react-jsx"];
  const { stdout, status } = spawnSync(process.execPath, [compiler, ...options, "component.tsx"], {
    cwd: project.folder,
    encoding: "utf8",
  });
  assert.deepEqual({ stdout, status }, { stdout: "", status: 0 });
});

test("no declaration says any", () => {
  const folder = join(project.folder, "node_modules/quickcall/dist");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.d\.c?ts$/.test(name),
  );
  assert.ok(files.length > 20);
  for (const name of files) {
    const code = readFileSync(join(folder, name), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, /\bany\b/, name);
  }
});

test("every exported name and every member has its documentation", () => {
  const { missing, count } = undocumented(join(project.folder, "node_modules/quickcall"));
  assert.ok(count > 600, String(count));
  assert.deepEqual(missing, []);
});
