/**
 * The memory of a handler in Deno KV, with a database that fails where a test wants it. How real ones behave is `edge/deno.test.js`'s.
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { denoKv } from "#quickcall/edge";
import { hurry } from "./harness/soon.js";

/** @typedef {{ key: any, value: unknown, versionstamp: string | null }} Entry */

/** A database in memory. What is done to it is in `changes`. */
function database() {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  /** @type {[string, string, unknown?, unknown?][]} */
  const changes = [];
  let version = 0;
  const nameOf = (/** @type {any} */ key) => JSON.stringify(key);
  const read = (/** @type {any} */ key) =>
    entries.get(nameOf(key)) ?? { key, value: null, versionstamp: null };
  const kv = {
    entries,
    changes,
    /** What somebody else writes. */
    write(/** @type {any} */ key, /** @type {unknown} */ value) {
      version += 1;
      entries.set(nameOf(key), { key, value, versionstamp: String(version) });
    },
    async getMany(/** @type {any[]} */ keys) {
      return keys.map(read);
    },
    atomic() {
      /** @type {Entry[]} */
      const checked = [];
      /** @type {(() => void)[]} */
      const work = [];
      const change = {
        check(/** @type {Entry[]} */ ...given) {
          checked.push(...given);
          return change;
        },
        set(/** @type {any} */ key, /** @type {unknown} */ value, /** @type {any} */ options) {
          work.push(() => {
            changes.push(["set", key.at(-1), value, options?.expireIn]);
            kv.write(key, value);
          });
          return change;
        },
        delete(/** @type {any} */ key) {
          work.push(() => {
            changes.push(["delete", key.at(-1)]);
            entries.delete(nameOf(key));
          });
          return change;
        },
        async commit() {
          const ok = checked.every(({ key, versionstamp }) => read(key).versionstamp === versionstamp);
          if (ok) for (const write of work) write();
          return { ok };
        },
      };
      return change;
    },
  };
  return kv;
}

test("a step reads its names, and writes, removes and keeps what it says for as long as it says", async () => {
  const kv = database();
  kv.write(["quickcall", "old"], "text");
  kv.write(["quickcall", "odd"], { no: "text" });
  kv.write(["quickcall", "other"], "not asked for");
  const now = Date.now();
  /** @type {unknown[]} */
  let read = [];
  const result = await denoKv(kv).update(["new", "old", "odd", "late"], (entries) => {
    read = entries;
    return {
      writes: [
        { name: "new", value: "a", expires: now + 3_600_000 },
        { name: "old", value: undefined, expires: now },
        { name: "late", value: "b", expires: now - 5_000 },
      ],
      result: "done",
    };
  });
  assert.equal(result, "done");
  // What is no text is the caller's to refuse.
  assert.deepEqual(read, [undefined, "text", { no: "text" }, undefined]);
  const [added, removed, late] = kv.changes;
  assert.deepEqual(added?.slice(0, 3), ["set", "new", "a"]);
  // A database may forget it then, and must not before.
  const kept = Number(added?.[3]);
  assert.ok(kept > 3_500_000 && kept <= 3_600_000, `${kept} ms`);
  assert.deepEqual(
    [removed, late],
    [
      ["delete", "old"],
      ["set", "late", "b", 1],
    ],
  );
  assert.deepEqual(
    [...kv.entries.values()].map(({ key }) => key),
    [
      ["quickcall", "odd"],
      ["quickcall", "other"],
      ["quickcall", "new"],
      ["quickcall", "late"],
    ],
  );
});

for (const name of ["first", "last"]) {
  test(`a step begins again where somebody else has written the ${name} of its names, and only the last counts`, async () => {
    const kv = database();
    let steps = 0;
    const result = await denoKv(kv).update(["first", "last"], (entries) => {
      steps += 1;
      if (steps < 4) kv.write(["quickcall", name], `theirs ${steps}`);
      const writes = [{ name: "first", value: `ours ${steps}`, expires: Date.now() + 1_000 }];
      return { writes, result: [steps, ...entries] };
    });
    const theirs = name === "first" ? ["theirs 3", undefined] : [undefined, "theirs 3"];
    assert.deepEqual(result, [4, ...theirs]);
    assert.deepEqual(
      kv.changes.map(([what, key, value]) => [what, key, value]),
      [["set", "first", "ours 4"]],
    );
  });
}

test("a step that somebody else always overtakes writes nothing, and is no result", async () => {
  const kv = database();
  let steps = 0;
  const update = denoKv(kv).update(["name"], () => {
    steps += 1;
    kv.write(["quickcall", "name"], "theirs");
    return { writes: [{ name: "name", value: "ours", expires: Date.now() + 1_000 }], result: "done" };
  });
  await assert.rejects(async () => update, /too busy/);
  assert.ok(steps > 100, `${steps} steps`);
  assert.deepEqual(kv.changes, []);
});

for (const what of /** @type {const} */ (["getMany", "commit"])) {
  test(`a database whose ${what} is busy is asked again, and not for ever`, async (context) => {
    const kv = database();
    let busy = 10;
    let asked = 0;
    const fails = () => {
      asked += 1;
      busy -= 1;
      if (busy >= 0) throw new Error("database is locked");
    };
    const { getMany, atomic } = kv;
    if (what === "getMany") {
      kv.getMany = async (keys) => {
        fails();
        return getMany(keys);
      };
    } else {
      kv.atomic = () => {
        const change = atomic();
        const { commit } = change;
        change.commit = async () => {
          fails();
          return commit();
        };
        return change;
      };
    }
    const update = async () =>
      denoKv(kv).update(["name"], () => ({
        writes: [{ name: "name", value: "ours", expires: Date.now() + 1_000 }],
        result: "done",
      }));
    const told = () => update().catch((error) => error.message);
    const first = await hurry(context, told, 60);
    // Each pause is over within a second.
    assert.deepEqual([first.value, first.seconds, asked, kv.changes.length], ["done", 10, 11, 1]);
    context.mock.timers.reset();
    busy = Number.POSITIVE_INFINITY;
    const { value } = await hurry(context, told, 600);
    assert.equal(value, "database is locked");
    assert.equal(kv.changes.length, 1);
  });
}

test("what is no open database is refused at once", () => {
  for (const wrong of /** @type {any[]} */ ([undefined, null, {}, Promise.resolve(database()), "kv"])) {
    assert.throws(() => denoKv(wrong), /denoKv\(\) takes an open database/);
  }
});
