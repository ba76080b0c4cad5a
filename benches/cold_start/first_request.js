/**
 * From the import of a client to its first built request, in Node and in pages.
 * @module
 */

const untouched = { Module: WebAssembly.Module, Instance: WebAssembly.Instance };

/** @typedef {{ total: number, import: number, ready: number, build: number, compile: number, instantiate: number }} Times */

/**
 * @param {string} url Where the client's bundle is.
 * @param {object} config
 * @param {object} call
 * @param {() => unknown} [module] Gets the WebAssembly, where the bundle brings none.
 * @returns {Promise<Times>} Milliseconds. `compile` and `instantiate` are parts of `ready`.
 */
export async function firstRequest(url, config, call, module) {
  const webAssembly = watchWebAssembly();
  const began = performance.now();
  const { createClient } = await import(url);
  const imported = performance.now();
  const client = await createClient(config, module?.());
  const ready = performance.now();
  const request = client.build(call);
  const built = performance.now();
  if (!request.url.startsWith("https://")) throw new Error("That is no request.");
  return {
    total: built - began,
    import: imported - began,
    ready: ready - imported,
    build: built - ready,
    ...webAssembly,
  };
}

/**
 * Whether WebAssembly is that of Node's own `fetch`, its reader of HTTP.
 * @param {WebAssembly.Module | WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource} made
 */
function isNodes(made) {
  const { Module, Instance } = untouched;
  const instance = made instanceof Instance ? made : "instance" in made ? made.instance : undefined;
  const names = instance
    ? Object.keys(instance.exports)
    : Module.exports(/** @type {WebAssembly.Module} */ (made)).map(({ name }) => name);
  return names.some((name) => name.startsWith("llhttp"));
}

/** Tells how long WebAssembly is compiled and instantiated, by whatever function. */
function watchWebAssembly() {
  const times = { compile: 0, instantiate: 0 };
  /** @type {(part: "compile" | "instantiate") => (target: any, self: any, given: any[]) => any} */
  const timed = (part) => (target, self, given) => {
    const began = performance.now();
    const add = (/** @type {any} */ made) => {
      const took = performance.now() - began;
      if (!isNodes(made)) times[part] += took;
    };
    const made = self === undefined ? Reflect.construct(target, given) : Reflect.apply(target, self, given);
    if (typeof made.then === "function") made.then(add);
    else add(made);
    return made;
  };
  const own = /** @type {any} */ (WebAssembly);
  for (const [name, part] of /** @type {const} */ ([
    ["compile", "compile"],
    ["compileStreaming", "compile"],
    ["instantiate", "instantiate"],
    ["instantiateStreaming", "instantiate"],
  ])) {
    own[name] = new Proxy(own[name], { apply: timed(part) });
  }
  for (const [name, part] of /** @type {const} */ ([
    ["Module", "compile"],
    ["Instance", "instantiate"],
  ])) {
    const construct = timed(part);
    own[name] = new Proxy(own[name], { construct: (target, given) => construct(target, undefined, given) });
  }
  return times;
}
