/** Records, proofs, cosignatures and a policy that the Python side made. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

interface GoldenProof {
  readonly vkey: string;
  readonly policy: string;
  /** Signed by the log alone. */
  readonly head: string;
  /** The line of each witness under it. */
  readonly lines: Readonly<Record<string, string>>;
  /** When the first witness signed; each next one a second later. */
  readonly time: number;
  /** Every entry of the log. */
  readonly entries: readonly string[];
  /** Entries that could each come next. */
  readonly rotations: Readonly<Record<string, string>>;
  readonly records: Readonly<Record<string, { readonly file: string; readonly proof: string }>>;
}

export const GOLDEN = JSON.parse(readFileSync(join(process.cwd(), "test/golden/proof.json"), "utf8")) as GoldenProof;

export const raw = (text: string): Uint8Array => new TextEncoder().encode(text);

export function line(witness: string): string {
  const found = GOLDEN.lines[witness];
  if (found === undefined) throw new Error(`no golden line of ${witness}`);
  return found;
}

export function golden(index: number): { record: Uint8Array; proof: string } {
  const found = GOLDEN.records[String(index)];
  if (found === undefined) throw new Error(`no golden record ${index}`);
  return { record: new Uint8Array(Buffer.from(found.file, "base64")), proof: found.proof };
}

export function entry(index: number): Uint8Array {
  return new Uint8Array(Buffer.from(GOLDEN.entries[index] ?? "", "base64"));
}

export function rotation(name: string): Uint8Array {
  const found = GOLDEN.rotations[name];
  if (found === undefined) throw new Error(`no golden rotation ${name}`);
  return new Uint8Array(Buffer.from(found, "base64"));
}

/** Bytes with another value at one place. */
export function changed(data: Uint8Array, at: number, value = (data[at] ?? 0) ^ 1): Uint8Array {
  const copy = data.slice();
  copy[at] = value;
  return copy;
}
