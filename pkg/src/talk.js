/** @import { Talk } from "./call_words.js" */
import { loadInTime } from "./load_in_time.js";

/** What is said of calls, and the question before one, once they are loaded. @type {Talk | undefined} */
export let talk;

/** @type {Promise<void> | undefined} */
let loading;

/** Loads it: a page in which nobody presses needs it not. Never rejects; tried again after a failure. */
export function loadTalk() {
  loading ??= loadInTime(import("./call_words.js")).then(
    (loaded) => {
      talk = loaded;
    },
    () => {
      loading = undefined;
    },
  );
  return loading;
}
