/**
 * Programs that a test starts and does not wait for.
 * @module
 */

/**
 * Lets this process end while a program that it started still runs: where a test fails before it ends the program, the run
 * would wait for it. `child.ref()` takes it back.
 * @param {import("node:child_process").ChildProcess} child
 */
export function letGo(child) {
  child.unref();
  for (const stream of child.stdio) {
    // Each pipe of a child is a socket; the types say less.
    /** @type {import("node:net").Socket | null | undefined} */ (/** @type {unknown} */ (stream))?.unref();
  }
}
