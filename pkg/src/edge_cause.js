/** What a runtime says of connections that fail. Nothing else is logged: an error of somebody else may hold a secret. */
const CODES = new Set([
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "EPROTO",
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ETIMEDOUT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/**
 * The runtime's code of a connection that failed, such as `ECONNREFUSED`, for the log.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function systemCode(error) {
  try {
    let cause = /** @type {any} */ (error);
    for (let depth = 0; depth < 4 && cause; depth++, cause = cause.cause) {
      const { code } = cause;
      if (CODES.has(code)) return code;
    }
  } catch {
    // A getter of somebody else's error.
  }
  return undefined;
}
