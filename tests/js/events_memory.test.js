/**
 * The module's memory, which never gets smaller: what watchers that are closed leave there.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { init } from "#quickcall/events";
import { startEventServer, watchEvents } from "./harness/event_server.js";

/** The memory of the module, which is loaded here. */
async function memoryOfModule() {
  const { Instance } = WebAssembly;
  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, given) {
      const instance = Reflect.construct(target, given);
      memories.push(instance.exports.memory);
      return instance;
    },
  });
  await init();
  WebAssembly.Instance = Instance;
  assert.equal(memories.length, 1);
  return /** @type {WebAssembly.Memory} */ (memories[0]);
}

test("a watcher that is closed keeps nothing of strangers", { timeout: 60_000 }, async () => {
  const memory = await memoryOfModule();
  const events = await startEventServer();
  // Those that are kept are given back by nothing that collects garbage.
  const kept = [];
  let first = 0;
  try {
    for (let turn = 1; turn <= 8; turn++) {
      const watcher = await watchEvents(events);
      kept.push(watcher);
      for (let place = 0; place < 4_096; place++) {
        const call_id = `${"s".repeat(36)}-${turn}-${place}`;
        events.tell("CHANNEL_CREATE", { call_id, other_leg_call_id: `${call_id}-${call_id}` });
      }
      const steps = watcher.follow(["last"]);
      events.tell("CHANNEL_CREATE", { call_id: "last" });
      assert.equal((await steps.next()).value?.state, "ringing");
      watcher.close();
      const { byteLength } = memory.buffer;
      first ||= byteLength;
      assert.ok(byteLength < 2 * first, `${byteLength} bytes after ${turn} watchers, ${first} after one`);
    }
  } finally {
    for (const watcher of kept) watcher.close();
    events.stop();
  }
});
