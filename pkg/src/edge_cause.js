/**
 * The runtime's code of a connection that failed, such as `ECONNREFUSED`, for the log. Its texts may hold what was sent.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function codeOfCause(error) {
  try {
    let cause = /** @type {any} */ (error);
    for (let depth = 0; depth < 4 && cause; depth++, cause = cause.cause) {
      const { code } = cause;
      if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,49}$/.test(code)) return code;
    }
  } catch {
    // A getter of somebody else's error.
  }
  return undefined;
}
