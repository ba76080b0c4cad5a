/** How workers import a module: compiled. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** How Vercel's edge runtime imports a module: compiled. */
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
