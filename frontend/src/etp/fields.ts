/** Takes the fields of a signed map one by one; `end` refuses what is left over: what nobody reads must not be signed. */

import type { Value, ValueMap } from "./cbor";
import { RecordError } from "./errors";

export class Fields {
  private readonly left: Map<number, Value>;

  constructor(
    value: Value,
    private readonly what: string,
  ) {
    if (!(value instanceof Map)) throw new RecordError("field", `${what} is not a map`);
    this.left = new Map(value as ValueMap);
  }

  /** Takes a field with `read`, or gives null where there is none. */
  optional<T>(key: number, read: (key: number) => T): T | null {
    return this.left.has(key) ? read(key) : null;
  }

  unsigned(key: number, name: string, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.take(key, name);
    if (typeof value !== "number" || value < 0 || value > most) throw this.refuse(name, `an integer from 0 to ${most}`);
    return value;
  }

  integer(key: number, name: string): number {
    const value = this.take(key, name);
    if (typeof value !== "number") throw this.refuse(name, "an integer");
    return value;
  }

  exactly(key: number, name: string, expected: number): void {
    if (this.take(key, name) !== expected)
      throw this.refuse(name, `${expected}: a program of another version wrote it`);
  }

  bytes(key: number, name: string, length: number): Uint8Array {
    const value = this.take(key, name);
    if (!(value instanceof Uint8Array) || value.length !== length) throw this.refuse(name, `${length} bytes`);
    return value;
  }

  text(key: number, name: string, most = 64): string {
    const value = this.take(key, name);
    if (typeof value !== "string" || [...value].length > most)
      throw this.refuse(name, `text of at most ${most} letters`);
    return value;
  }

  list(key: number, name: string): readonly Value[] {
    const value = this.take(key, name);
    if (!Array.isArray(value)) throw this.refuse(name, "a list");
    return value as readonly Value[];
  }

  map(key: number, name: string): ValueMap {
    const value = this.take(key, name);
    if (!(value instanceof Map)) throw this.refuse(name, "a map");
    return value as ValueMap;
  }

  end(): void {
    for (const key of this.left.keys()) throw new RecordError("field", `${this.what} has the unknown key ${key}`);
  }

  private take(key: number, name: string): Value {
    const value = this.left.get(key);
    if (value === undefined) throw new RecordError("field", `${this.what} lacks ${name} (key ${key})`);
    this.left.delete(key);
    return value;
  }

  private refuse(name: string, expected: string): RecordError {
    return new RecordError("field", `${this.what}: ${name} is not ${expected}`);
  }
}
