/**
 * The functions of a WebAssembly module, by its bytes.
 * @module
 */

/** The sections that are read. */
const CODE = 10;
const IMPORTS = 2;
const CUSTOM = 0;
/** The part of the section `name` that has those of functions. */
const OF_FUNCTIONS = 1;

/**
 * @param {Uint8Array} bytes
 * @returns {{ name: string, size: number }[]} Each function of its own with its size in bytes.
 */
export function sizesOfFunctions(bytes) {
  const reader = new Reader(bytes, 8, bytes.length);
  /** @type {number[]} */
  const sizes = [];
  /** @type {Map<number, string>} */
  const names = new Map();
  let imported = 0;
  while (!reader.isAtEnd) {
    const kind = reader.byte();
    const section = reader.part();
    if (kind === IMPORTS) imported = section.number();
    if (kind === CODE) for (let rest = section.number(); rest > 0; rest--) sizes.push(section.part().size);
    if (kind === CUSTOM && section.text() === "name") readNames(section, names);
  }
  // This module imports nothing, and so each import that there is would be a function.
  return sizes.map((size, place) => ({ name: names.get(imported + place) ?? "", size }));
}

/** @param {Reader} section @param {Map<number, string>} names */
function readNames(section, names) {
  while (!section.isAtEnd) {
    const kind = section.byte();
    const list = section.part();
    if (kind !== OF_FUNCTIONS) continue;
    for (let rest = list.number(); rest > 0; rest--) names.set(list.number(), list.text());
  }
}

/** Reads what stands one behind the other. */
class Reader {
  #bytes;
  #place;
  #end;

  /** @param {Uint8Array} bytes @param {number} place @param {number} end */
  constructor(bytes, place, end) {
    this.#bytes = bytes;
    this.#place = place;
    this.#end = end;
  }

  get isAtEnd() {
    return this.#place >= this.#end;
  }

  /** In bytes. */
  get size() {
    return this.#end - this.#place;
  }

  byte() {
    return this.#bytes[this.#place++] ?? 0;
  }

  /** A whole number (LEB128). */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** What has its length before it. */
  part() {
    const length = this.number();
    const start = this.#place;
    this.#place += length;
    return new Reader(this.#bytes, start, this.#place);
  }

  text() {
    const length = this.number();
    this.#place += length;
    return new TextDecoder().decode(this.#bytes.subarray(this.#place - length, this.#place));
  }
}
