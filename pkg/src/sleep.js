/**
 * Waits for so long, whatever happens. What ends with a signal is `within` of `deadline.js`.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
