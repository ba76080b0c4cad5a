import init, {
  base_url,
  Client,
  check_call,
  failure,
  filter_number,
  initSync,
  is_idempotency_key,
  is_token,
  outcome,
  to_curl,
} from "../build/glue.js";

/**
 * What binds the module of the class. It is listed here because for `import *` esbuild makes a chunk of its own, which every entry
 * loads, the button with its page too.
 * @type {import("./core.js").Glue}
 */
export const glue = {
  base_url,
  Client,
  check_call,
  default: init,
  failure,
  filter_number,
  initSync,
  is_idempotency_key,
  is_token,
  outcome,
  to_curl,
};
