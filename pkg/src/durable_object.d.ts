/** As much of a Durable Object's binding as is needed here. */
export interface Namespace {
  /** The id of the object of this name. */
  idFromName(name: string): unknown;
  /** The object with this id. */
  get(id: unknown): Stub;
}

/** As much of a Durable Object as is needed to ask it. */
export interface Stub {
  /** Asks it. */
  fetch(url: string, init: { method: string; body: string }): Promise<Response>;
}

declare module "./guard_durable_object.js" {
  interface QuickcallGuard {
    /** Cloudflare's types know a Durable Object by it: `DurableObjectNamespace<QuickcallGuard>`. There is no such value. */
    __DURABLE_OBJECT_BRAND: never;
  }
}
