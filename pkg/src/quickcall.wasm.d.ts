/** The module of the core, as runtimes import it that compile it beforehand. Others give its URL or its bytes. */
declare const module: WebAssembly.Module;
export default module;
