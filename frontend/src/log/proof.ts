/**
 * Proofs that an entry is in a log, as they are carried away in a file.
 *
 * Specification: C2SP tlog-proof, version line `c2sp.org/tlog-proof@v1`, text as of November 2026.
 */

import { decodeBase64, decodeDecimal } from "./bytes";
import { LogError } from "./errors";
import { toHash, type Hash } from "./merkle";

export const PROOF_FIRST_LINE = "c2sp.org/tlog-proof@v1";
/** A path in a tree of fewer than 2^63 entries. */
const MAX_PATH = 63;
/** A note of 100 signatures, a path and 64 KiB of extra data stay below. */
const MAX_BYTES = 1_200_000;

/** A proof as it is written: nothing about it has been verified. */
export interface TlogProof {
  readonly index: number;
  /** The leaf's sibling first. */
  readonly path: readonly Hash[];
  /** The signed head, byte for byte. */
  readonly checkpoint: Uint8Array;
}

export function parseProof(data: Uint8Array): TlogProof {
  if (data.length > MAX_BYTES) throw new LogError("format", `a proof of ${data.length} bytes`);
  const middle = data.findIndex((byte, at) => byte === 10 && data[at + 1] === 10);
  if (middle < 0) throw new LogError("format", "a proof has an empty line before its head");
  const head = data.slice(0, middle);
  if (head.some((byte) => byte > 127)) throw new LogError("format", "a proof's own lines are ASCII");
  const lines = new TextDecoder().decode(head).split("\n");
  if (lines.shift() !== PROOF_FIRST_LINE) throw new LogError("format", `a proof starts with ${PROOF_FIRST_LINE}`);
  if (lines[0]?.startsWith("extra ") === true) {
    decodeBase64(lines.shift()?.slice("extra ".length) ?? "", "the proof's extra data");
  }
  const [place = "", ...path] = lines;
  if (!place.startsWith("index ")) throw new LogError("format", "a proof tells the index of its entry");
  if (path.length > MAX_PATH) throw new LogError("format", `a proof's path has at most ${MAX_PATH} hashes`);
  return {
    index: decodeDecimal(place.slice("index ".length), "the proof's index"),
    path: path.map((line) => toHash(decodeBase64(line, "a hash of the proof's path"))),
    checkpoint: data.slice(middle + 2),
  };
}
