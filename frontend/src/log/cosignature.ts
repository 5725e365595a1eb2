/**
 * Cosignatures: a witness's statement that a head is consistent with all it has seen of the log, and when.
 *
 * Specification: C2SP tlog-cosignature v1.0.1 (28 March 2026), type 0x04: eight bytes of time and an Ed25519 signature
 * over two lines of its own and the text of the head.
 */

import { concatBytes } from "./bytes";
import { COSIGNATURE, isBy, verifyEd25519, type SignatureLine, type VerifierKey } from "./note";
import type { Policy } from "./policy";

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

export interface Cosignatures {
  /** The witnesses of the policy that have signed, by their names in it, and when they say they did, in seconds. */
  readonly times: ReadonlyMap<string, number>;
  /** Those under whose name stands a signature that is not theirs. */
  readonly wrong: readonly string[];
  /** Those whose signatures are of a type that is not computed here: they do not count. */
  readonly unread: readonly string[];
}

/** The time of a cosignature that holds for the text of a head; null when it does not hold. */
export function verifyCosignature(signature: Uint8Array, text: Uint8Array, key: VerifierKey): number | null {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return null;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  // The specification ends time at 2^63 - 1; a double counts seconds exactly for as long as anybody will read them.
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const message = concatBytes(new TextEncoder().encode(`cosignature/v1\ntime ${time}\n`), text);
  return verifyEd25519(signature.slice(TIME_BYTES), message, key.publicKey) ? Number(time) : null;
}

/** Looks for the signatures of a policy's witnesses among the lines under a head. Lines of others say nothing here. */
export function verifyCosignatures(text: Uint8Array, lines: readonly SignatureLine[], policy: Policy): Cosignatures {
  const times = new Map<string, number>();
  const [wrong, unread] = [new Set<string>(), new Set<string>()];
  for (const { name, key } of policy.witnesses) {
    for (const { signature } of lines.filter((line) => isBy(line, key))) {
      if (key.type !== COSIGNATURE) {
        unread.add(name);
        continue;
      }
      const time = verifyCosignature(signature, text, key);
      if (time === null) wrong.add(name);
      else if (!times.has(name)) times.set(name, time);
    }
  }
  return { times, wrong: [...wrong], unread: [...unread] };
}
