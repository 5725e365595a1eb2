/**
 * Deterministic CBOR (RFC 8949 section 4.2.1), read strictly: as much of it as signed records are made of.
 *
 * Signed bytes must have one form only, or two honest programs could disagree on what was signed. There are integers,
 * bytes, text, lists, maps with the keys 0 to 255 in rising order, true and false; no float, no null, no tag, nothing of
 * open length, and nothing after the value.
 */

import { concatBytes } from "../log/bytes";
import { RecordError } from "./errors";

export type Value = number | Uint8Array | string | boolean | readonly Value[] | ValueMap;
export type ValueMap = ReadonlyMap<number, Value>;

/** Of unsigned integers the shorter one is the smaller one, so that all orders of canonical CBOR agree. */
const LARGEST_KEY = 255;
/** Containers inside containers; a record nests two deep. */
const DEEPEST = 8;

const [UNSIGNED, NEGATIVE, BYTES, TEXT, LIST, MAP, TAG, SIMPLE] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const [FALSE, TRUE] = [20, 21] as const;

/** Writes what is signed, in the one form: a list of bytes and texts is all that needs writing here. */
export function listOf(...items: readonly Uint8Array[]): Uint8Array {
  return concatBytes(head(LIST, items.length), ...items);
}

export function encodeBytes(data: Uint8Array): Uint8Array {
  return concatBytes(head(BYTES, data.length), data);
}

export function encodeText(text: string): Uint8Array {
  const data = new TextEncoder().encode(text);
  return concatBytes(head(TEXT, data.length), data);
}

function head(major: number, argument: number): Uint8Array {
  const type = major << 5;
  if (argument < 24) return Uint8Array.of(type | argument);
  if (argument < 256) return Uint8Array.of(type | 24, argument);
  if (argument >= 65_536) throw new Error("bad math in head: nothing signed here is so long");
  return Uint8Array.of(type | 25, argument >> 8, argument & 255);
}

export function decodeCbor(data: Uint8Array, what: string): Value {
  const reader = new Reader(data, what);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(
    private readonly data: Uint8Array,
    private readonly what: string,
  ) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  value(depth: number): Value {
    const begin = this.take(1);
    const first = this.view.getUint8(begin);
    const [major, info] = [first >> 5, first & 31];
    if (major === SIMPLE) {
      if (info !== FALSE && info !== TRUE) throw this.refuse("holds a float, null or another value that no record has");
      return info === TRUE;
    }
    if (major === TAG) throw this.refuse("holds a tag inside");
    const argument = this.argument(info);
    switch (major) {
      case UNSIGNED:
        return argument;
      case NEGATIVE:
        return -1 - argument;
      case BYTES:
        return this.bytes(argument);
      case TEXT:
        return this.text(argument);
      case LIST:
        return this.list(argument, this.deeper(depth));
      case MAP:
        return this.map(argument, this.deeper(depth));
      default:
        throw new Error("bad math in Reader.value");
    }
  }

  end(): void {
    if (this.at !== this.data.length) throw this.refuse(`has ${this.data.length - this.at} bytes after its end`);
  }

  /** The number in or after a first byte, in the fewest bytes that hold it. */
  private argument(info: number): number {
    if (info < 24) return info;
    if (info > 27) throw this.refuse("holds a part of open length");
    const length = 2 ** (info - 24);
    const begin = this.take(length);
    const value = this.bigEndian(begin, length);
    const least = info === 24 ? 24 : 2 ** (4 * length);
    if (value < least) throw this.refuse(`spells ${value} in more bytes than it needs`);
    // Larger ones exist in 64 bits. No meter, clock or log here comes near, and a double would round them.
    if (!Number.isSafeInteger(value + 1)) throw this.refuse("holds an integer beyond 2^53");
    return value;
  }

  private bigEndian(begin: number, length: number): number {
    switch (length) {
      case 1:
        return this.view.getUint8(begin);
      case 2:
        return this.view.getUint16(begin);
      case 4:
        return this.view.getUint32(begin);
      default:
        return Number(this.view.getBigUint64(begin));
    }
  }

  private bytes(length: number): Uint8Array {
    const begin = this.take(length);
    return this.data.slice(begin, begin + length);
  }

  private text(length: number): string {
    const raw = this.bytes(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    } catch {
      throw this.refuse("holds text that is no UTF-8");
    }
  }

  private list(length: number, depth: number): Value[] {
    const items: Value[] = [];
    for (let count = 0; count < length; count += 1) items.push(this.value(depth));
    return items;
  }

  private map(length: number, depth: number): ValueMap {
    const items = new Map<number, Value>();
    let before = -1;
    for (let count = 0; count < length; count += 1) {
      const key = this.value(depth);
      if (typeof key !== "number" || key < 0 || key > LARGEST_KEY) throw this.refuse("has a map key beyond 0 to 255");
      if (key <= before) throw this.refuse(`has the map key ${key} twice or out of order`);
      before = key;
      items.set(key, this.value(depth));
    }
    return items;
  }

  private deeper(depth: number): number {
    if (depth >= DEEPEST) throw this.refuse(`nests more than ${DEEPEST} deep`);
    return depth + 1;
  }

  private take(length: number): number {
    const begin = this.at;
    if (length > this.data.length - begin) throw this.refuse("ends too early");
    this.at += length;
    return begin;
  }

  private refuse(problem: string): RecordError {
    return new RecordError("encoding", `${this.what} ${problem}`);
  }
}
