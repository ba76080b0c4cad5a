/** @import { Namespace } from "./durable_object.js" */
/** @import { Known, Settled, Store } from "./guard.js" */
import { init } from "./core.js";
import { Guard } from "./guard.js";

/** All machines of a deployment share the object of this name. */
const NAME = "quickcall";

/** How long one request to the object waits for the answer of a call, in milliseconds. */
const WAIT = 20_000;

/** How often entries that are over are thrown away, in milliseconds. */
const SWEEP = 3_600_000;

/** How many entries are looked at together when that happens. */
const PAGE = 500;

/**
 * As much of a Durable Object's storage as is needed here.
 * @typedef {object} Storage
 * @property {<T>(work: (transaction: Storage) => Promise<T>) => Promise<T>} transaction
 * @property {(names: string[]) => Promise<Map<string, Entry>>} get
 * @property {(entries: Record<string, Entry>) => Promise<void>} put
 * @property {(names: string[]) => Promise<number>} delete
 * @property {(options: { limit: number, startAfter?: string }) => Promise<Map<string, Entry>>} list
 * @property {() => Promise<number | null>} getAlarm
 * @property {(time: number) => Promise<void>} setAlarm
 * @typedef {{ value: string, expires: number }} Entry
 */

/**
 * The memory of a handler as a Durable Object: one for all machines of a deployment, and it survives them. Export it from
 * the worker, bind it, and give the binding as `guard`.
 */
export class QuickcallGuard {
  #storage;
  #guard;
  #willSweep = false;

  /** @param {{ storage: Storage }} state */
  constructor({ storage }) {
    this.#storage = storage;
    this.#guard = new Guard(durableStore(storage));
  }

  /**
   * A step of the handler.
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  async fetch(request) {
    await init();
    const { step, given } = /** @type {any} */ (await request.json());
    const guard = this.#guard;
    /** @type {Record<string, () => Promise<unknown>>} */
    const steps = {
      known: () => guard.known(given[0], given[1]),
      wait: () => guard.wait(given[0], given[1], given[2]),
      reserve: () => guard.reserve(given[0]),
      settle: () => guard.settle(given[0], given[1], given[2]),
      release: () => guard.release(given[0], given[1]),
    };
    const take = Object.hasOwn(steps, step) ? steps[step] : undefined;
    if (!take) return new Response("There is no such step.", { status: 400 });
    const known = await take();
    if (step === "reserve" && !this.#willSweep) await this.#sweepLater();
    return Response.json(known);
  }

  /** The call was reserved: that must be told, whatever becomes of the alarm. A later step tries again. */
  async #sweepLater() {
    this.#willSweep = true;
    try {
      if ((await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(Date.now() + SWEEP);
    } catch {
      this.#willSweep = false;
    }
  }

  /** Throws away what is over, and comes again while anything is left. */
  async alarm() {
    const now = Date.now();
    // This one may fail for good: then the next reservation sets another.
    this.#willSweep = false;
    /** @type {string | undefined} */
    let last;
    let left = 0;
    for (let full = true; full; ) {
      const page = await this.#storage.list({
        limit: PAGE,
        ...(last === undefined ? {} : { startAfter: last }),
      });
      full = page.size === PAGE;
      const over = [];
      for (const [name, { expires }] of page) {
        last = name;
        if (expires <= now) over.push(name);
        else left += 1;
      }
      // At most 128 at once.
      for (let place = 0; place < over.length; place += 128) {
        await this.#storage.delete(over.slice(place, place + 128));
      }
    }
    if (left > 0) await this.#storage.setAlarm(now + SWEEP);
  }
}

/**
 * @param {Storage} storage
 * @returns {Store}
 */
function durableStore(storage) {
  return {
    update: (names, step) =>
      storage.transaction(async (transaction) => {
        const entries = await transaction.get(names);
        const { writes, result } = step(names.map((name) => entries.get(name)?.value));
        /** @type {Record<string, Entry>} */
        const put = {};
        for (const { name, value, expires } of writes)
          if (value !== undefined) put[name] = { value, expires };
        const gone = writes.filter(({ value }) => value === undefined).map(({ name }) => name);
        await Promise.all([
          Object.keys(put).length > 0 ? transaction.put(put) : undefined,
          gone.length > 0 ? transaction.delete(gone) : undefined,
        ]);
        return result;
      }),
  };
}

/** The steps of the memory, taken in the Durable Object. */
export class DurableGuard {
  #namespace;

  /** @param {Namespace} namespace */
  constructor(namespace) {
    this.#namespace = namespace;
  }

  /**
   * @param {string} key
   * @param {string} fingerprint
   * @returns {Promise<Known>}
   */
  known(key, fingerprint) {
    return this.#take("known", key, fingerprint);
  }

  /**
   * @param {string} key
   * @param {string} fingerprint
   * @param {number} milliseconds
   * @returns {Promise<Known>}
   */
  async wait(key, fingerprint, milliseconds) {
    const end = Date.now() + milliseconds;
    for (;;) {
      const known = await this.#take("wait", key, fingerprint, Math.min(WAIT, end - Date.now()));
      if (known.state !== "open" || Date.now() >= end) return known;
    }
  }

  /**
   * @param {string} reservation
   * @returns {Promise<Known>}
   */
  reserve(reservation) {
    return this.#take("reserve", reservation);
  }

  /**
   * @param {string} reservation
   * @param {number} at
   * @param {Settled} settled
   * @returns {Promise<null>}
   */
  settle(reservation, at, settled) {
    return this.#take("settle", reservation, at, settled);
  }

  /**
   * @param {string} reservation
   * @param {number} at
   * @returns {Promise<null>}
   */
  release(reservation, at) {
    return this.#take("release", reservation, at);
  }

  /**
   * @param {string} step
   * @param {unknown[]} given
   * @returns {Promise<any>}
   */
  async #take(step, ...given) {
    const object = this.#namespace.get(this.#namespace.idFromName(NAME));
    const body = JSON.stringify({ step, given });
    const response = await object.fetch("https://quickcall.invalid/", { method: "POST", body });
    if (!response.ok) throw new Error(`The guard answered ${response.status}.`);
    return response.json();
  }
}
