/**
 * Strict reading of the coordinator's JSON: a value has the shape the protocol says, or the message is refused with the
 * place and the value that are wrong. Members that this page does not know are left alone, so that an older page
 * follows a newer coordinator.
 */

export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

/** Reads a value; `at` names its place in the message. */
export type Decoder<T> = (value: unknown, at: string) => T;

export type Decoded<D> = D extends Decoder<infer T> ? T : never;

export const text: Decoder<string> = (value, at) => {
  if (typeof value !== "string") throw refuse(value, at, "a text");
  return value;
};

export const flag: Decoder<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw refuse(value, at, "true or false");
  return value;
};

export const number: Decoder<number> = (value, at) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw refuse(value, at, "a number");
  return value;
};

export const integer: Decoder<number> = (value, at) => {
  if (!Number.isSafeInteger(value)) throw refuse(value, at, "an integer");
  return value as number;
};

export const count: Decoder<number> = (value, at) => {
  if (integer(value, at) < 0) throw refuse(value, at, "an integer from 0");
  return value as number;
};

/** The protocol's unknown is null, and stays null. */
export function nullable<T>(inner: Decoder<T>): Decoder<T | null> {
  return (value, at) => (value === null ? null : inner(value, at));
}

const MAY_BE_MISSING = new WeakSet<Decoder<unknown>>();

/** A member that a coordinator of an earlier version does not tell: an open page outlives its exchange. Null then. */
export function sinceLater<T>(inner: Decoder<T>): Decoder<T | null> {
  const decoder: Decoder<T | null> = (value, at) => (value === undefined || value === null ? null : inner(value, at));
  MAY_BE_MISSING.add(decoder);
  return decoder;
}

export function list<T>(inner: Decoder<T>): Decoder<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw refuse(value, at, "a list");
    return value.map((item, index) => inner(item, `${at}[${index}]`));
  };
}

export function record<T>(inner: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, at) => {
    const members = Object.entries(asObject(value, at));
    return Object.fromEntries(members.map(([name, member]) => [name, inner(member, `${at}.${name}`)]));
  };
}

export function object<T extends object>(shape: { readonly [K in keyof T]: Decoder<T[K]> }): Decoder<Readonly<T>> {
  const names = Object.keys(shape) as (keyof T & string)[];
  return (value, at) => {
    const source = asObject(value, at);
    const result: Partial<T> = {};
    for (const name of names) {
      if (!(name in source) && !MAY_BE_MISSING.has(shape[name])) throw new DecodeError(`${at}.${name} is missing`);
      result[name] = shape[name](source[name], `${at}.${name}`);
    }
    return result as T;
  };
}

export function parse<T>(decoder: Decoder<T>, json: string, at: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new DecodeError(`${at} is not JSON`);
  }
  return decoder(value, at);
}

function asObject(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(value, at, "an object");
  return value as Record<string, unknown>;
}

function refuse(value: unknown, at: string, expected: string): DecodeError {
  const shown = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
  return new DecodeError(`${at} is ${shown}, expected ${expected}`);
}
