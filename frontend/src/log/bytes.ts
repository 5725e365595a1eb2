/**
 * The two spellings of a value inside a log's text files, base64 (RFC 4648 section 4) and decimal numbers.
 *
 * Both readers are strict inverses of their writers: a text with two spellings of one value could be changed
 * without breaking what it says.
 */

import { LogError } from "./errors";

export function encodeBase64(raw: Uint8Array): string {
  return btoa(String.fromCharCode(...raw));
}

export function decodeBase64(text: string, field: string): Uint8Array {
  let raw: Uint8Array;
  try {
    raw = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw new LogError("format", `${field} is not base64`);
  }
  if (encodeBase64(raw) !== text) throw new LogError("format", `${field} is not in the one spelling of base64`);
  return raw;
}

/** Reads a size or an index. Larger ones than a double can count are refused: no log here comes near 2^53 entries. */
export function decodeDecimal(text: string, field: string): number {
  const value = Number(text);
  if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(value)) {
    throw new LogError("format", `${field} is ${JSON.stringify(text.slice(0, 40))}, not a decimal number below 2^53`);
  }
  return value;
}

export function encodeHex(raw: Uint8Array): string {
  return Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
