/**
 * Steps that can be left at any time.
 * @module
 */

/**
 * Lets who takes steps leave at once. A generator waits for the `next()` that is under way, which may wait for as long as a call goes on; one
 * that was not begun runs none of its code when it is ended.
 * @template T
 * @param {AsyncGenerator<T, void, unknown>} steps
 * @param {() => void} leave Ends the waiting.
 */
export function leftAtOnce(steps, leave) {
  const finish = steps.return.bind(steps);
  const fail = steps.throw.bind(steps);
  steps.return = (value) => {
    leave();
    return finish(value);
  };
  steps.throw = (reason) => {
    leave();
    return fail(reason);
  };
  return steps;
}
