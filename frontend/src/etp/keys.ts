/**
 * The keys that records are signed with: Ed25519 (RFC 8032), and ES256 (P-256) for keys that live in hardware.
 *
 * Both are computed by a library in the bundle, as the log's own signatures are: the browser's own are there on HTTPS
 * only, where a page inside a building is not, and older browsers lack Ed25519. So no browser is left that cannot check.
 * Where the browser's own are there, they are asked as well (`browser.ts`).
 */

import { p256 } from "@noble/curves/nist.js";

import { encodeHex } from "../log/bytes";
import { hashBytes } from "../log/merkle";
import { verifyEd25519 } from "../log/note";
import { encodeBytes, encodeText, listOf, type Value } from "./cbor";
import { RecordError } from "./errors";

const KEY_ID_BYTES = 8;
const DEVICE_ID_BYTES = 16;
const DEVICE_ID_PREFIX = new TextEncoder().encode("local-vpp device\0");
/** An uncompressed point begins with it (SEC 1 v2.0, 2.3.3). */
const UNCOMPRESSED = 4;

export type Algorithm = "ed25519" | "es256";

/** By the numbers of RFC 9053 and by the fully specified ones of RFC 9864. */
const ALGORITHMS: ReadonlyMap<Value, Algorithm> = new Map<Value, Algorithm>([
  [-8, "ed25519"],
  [-19, "ed25519"],
  [-7, "es256"],
  [-9, "es256"],
]);
/** -8 and -7, as CBOR writes them. */
const CBOR_NUMBERS: Readonly<Record<Algorithm, number>> = { ed25519: 0x27, es256: 0x26 };
const KEY_BYTES: Readonly<Record<Algorithm, number>> = { ed25519: 32, es256: 65 };

export interface PublicKey {
  readonly algorithm: Algorithm;
  readonly data: Uint8Array;
}

export function readAlgorithm(number: Value): Algorithm {
  const algorithm = ALGORITHMS.get(number);
  if (algorithm === undefined) throw new RecordError("field", `the algorithm ${String(number)} is none of records`);
  return algorithm;
}

export function readKey(number: Value, data: Uint8Array): PublicKey {
  const algorithm = readAlgorithm(number);
  if (data.length !== KEY_BYTES[algorithm]) throw new RecordError("field", `a key of ${data.length} bytes`);
  return { algorithm, data };
}

/** COSE `kid`: the start of the key's SHA-256. */
export function keyId({ data }: PublicKey): string {
  return encodeHex(hashBytes(data).slice(0, KEY_ID_BYTES));
}

/** The pseudonym of the device that is enrolled with the key. */
export function deviceId({ data }: PublicKey): string {
  const named = new Uint8Array(DEVICE_ID_PREFIX.length + data.length);
  named.set(DEVICE_ID_PREFIX);
  named.set(data, DEVICE_ID_PREFIX.length);
  return encodeHex(hashBytes(named).slice(0, DEVICE_ID_BYTES));
}

/** The commitment to a key, by which a building's key of today foresees that of tomorrow. */
export function foresee({ algorithm, data }: PublicKey, origin: string): Uint8Array {
  const number = Uint8Array.of(CBOR_NUMBERS[algorithm]);
  return hashBytes(listOf(encodeText("local-vpp next key"), encodeText(origin), number, encodeBytes(data)));
}

export function verifySignature({ algorithm, data }: PublicKey, signature: Uint8Array, message: Uint8Array): boolean {
  if (algorithm === "ed25519") return verifyEd25519(signature, message, data);
  if (data[0] !== UNCOMPRESSED || signature.length !== 64) return false;
  try {
    // Of the two forms of an ES256 signature only that with the smaller s is one: a record's name is the hash of its bytes.
    return p256.verify(signature, message, data, { lowS: true, prehash: true });
  } catch {
    // The library throws on numbers that are no signature, or no point: it is not the key's signature.
    return false;
  }
}
