/**
 * The rules of a call's texts, as the schemas of all hand-written clients state them: no control character, no half of a
 * surrogate pair, and what the server or its switch would lose the call over.
 * @module
 */

/** The id of a device or a user. */
export const ID = /^[0-9A-Za-z_-]+$/u;
/** What can be dialled. */
export const DIALABLE = /^(?=.*[0-9A-Za-z*#])[+0-9A-Za-z*#._-]{1,64}$/u;
export const CID_NAME = /^[^\p{Cc}\p{Cs}'^]+$/u;
export const CID_NUMBER = /^[^\p{Cc}\p{Cs}'^=]+$/u;
export const CALL_ID = /^[^\p{Cc}\p{Cs}]+$/u;
export const VAR_KEY = /^[A-Za-z0-9_-]+$/u;
export const VAR_VALUE = /^[^\p{Cc}\p{Cs}='"\\{}[\]^]+$/u;
/** In a query every value becomes a var, and one with `=` loses the call. */
export const NO_EQUALS = /^[^=]*$/u;
export const MEDIA = /** @type {const} */ (["bypass", "process"]);
export const TIMEOUT = { least: 3, most: 600 };
export const MAX_VARS = 64;
export const MAX_PATTERN = 1_000;
