/**
 * The signed envelope of a record: what the log, and so every neighbour, gets to see.
 *
 * COSE_Sign1 (RFC 9052, August 2022) with an empty unprotected map, over the CBOR of
 * `{0: version, 1: device, 2: epoch, 3: seq, 4: prev, 5: kind, 6: slot, 7: commitment, ? 8: [device, algorithm, key],
 * ? 9: signature of the key in 8, ? 10: device concerned, ? 11: commitment to the building's next key}`.
 */

import { concatBytes, encodeHex } from "../log/bytes";
import { decodeCbor, encodeBytes, encodeText, listOf, type Value } from "./cbor";
import { RecordError } from "./errors";
import { Fields } from "./fields";
import { keyId, readAlgorithm, readKey, verifySignature, type Algorithm, type PublicKey } from "./keys";

/** Bytes of an envelope at most. */
const LARGEST = 4096;
const CONTENT_TYPE = "application/vnd.local-vpp.etp+cbor";
const VERSION = 1;
const HASH_BYTES = 32;
const DEVICE_BYTES = 16;
const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** The payload of a record that names no key and no other device: a map of eight. */
const PLAIN_PAYLOAD = 0xa8;
const POSSESSION = 9;
const NEXT_KEY = 11;

/** By their number in the envelope, as the records' events spell them. */
const KINDS = [
  "begin",
  "interval",
  "end",
  "tariff_change",
  "exception",
  "gap",
  "enrol",
  "rotate",
  "revoke",
  "raw",
  "transfer",
  "witness",
  "mirror",
  "settled",
  "suspend",
  "reinstate",
  "erased",
  "supply",
  "drill",
  "orders",
  "book",
  "cleared",
  "proposal",
  "correction",
  "payment",
] as const;
/** Bytes of field 11: its number, the head of its string, and that. */
const NEXT_KEY_FIELD = 1 + encodeBytes(new Uint8Array(HASH_BYTES)).length;
/** Kinds that name a key, and those that concern another device. */
const KEYED: readonly string[] = ["enrol", "rotate", "witness", "mirror"];
const CONCERNING: readonly string[] = ["revoke", "suspend", "reinstate", "erased"];

/** A key that comes into the log's directory. */
export interface Named {
  readonly device: string;
  readonly key: PublicKey;
}

export interface Envelope {
  /** The pseudonym of the device that signed, in hex. */
  readonly device: string;
  /** The origin of the building whose log the record is meant for. */
  readonly building: string;
  readonly seq: number;
  readonly kind: string;
  /** Begin of the slot, in seconds of Unix time. */
  readonly slot: number;
  readonly commitment: Uint8Array;
  /** What it says it was signed with; whether it was, `isSignedBy` tells. */
  readonly algorithm: Algorithm;
  readonly keyId: string;
  readonly named: Named | null;
  /** Signature of a rotation's new key: nobody takes a key that he does not hold. */
  readonly possession: Uint8Array | null;
  /** What the building's key after the named one has to open. */
  readonly nextKey: Uint8Array | null;
  readonly parts: Parts;
}

interface Parts {
  readonly protectedHeader: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether a log's entry names a key or another device: most do not, and are told from these without reading them. */
export function namesSomebody(data: Uint8Array): boolean {
  return parseParts(data).payload[0] !== PLAIN_PAYLOAD;
}

export function parseEnvelope(data: Uint8Array): Envelope {
  const parts = parseParts(data);
  const { algorithm, keyId, issuer, subject } = parseHeader(parts.protectedHeader);
  const fields = new Fields(decodeCbor(parts.payload, "the envelope's payload"), "the envelope");
  fields.exactly(0, "version", VERSION);
  const device = encodeHex(fields.bytes(1, "device", DEVICE_BYTES));
  fields.unsigned(2, "epoch");
  const seq = fields.unsigned(3, "seq");
  fields.bytes(4, "prev", HASH_BYTES);
  const kind = KINDS[fields.unsigned(5, "kind")];
  const slot = fields.unsigned(6, "slot");
  const commitment = fields.bytes(7, "commitment", HASH_BYTES);
  const named = fields.optional(8, (key) => readNamed(fields.list(key, "enrolled key")));
  const possession = fields.optional(POSSESSION, (key) => fields.bytes(key, "proof of possession", SIGNATURE_BYTES));
  const concerns = fields.optional(10, (key) => fields.bytes(key, "device concerned", DEVICE_BYTES));
  const nextKey = fields.optional(NEXT_KEY, (key) => fields.bytes(key, "next key", HASH_BYTES));
  fields.end();
  if (kind === undefined) throw new RecordError("field", "the envelope is of a kind that this page does not know");
  if (seq < 1) throw new RecordError("field", "the envelope: seq is 0, the first record has 1");
  if (issuer !== `urn:local-vpp:device:${device}`) {
    throw new RecordError("field", `the envelope names the issuer ${issuer}, but the device ${device}`);
  }
  if (
    (named !== null) !== KEYED.includes(kind) ||
    (possession !== null) !== (kind === "rotate") ||
    (concerns !== null) !== CONCERNING.includes(kind) ||
    !(kind === "rotate" || (nextKey !== null) === (kind === "enrol" && named?.device === device))
  ) {
    throw new RecordError("field", `the envelope: a ${kind} record has other fields than these`);
  }
  return {
    device,
    building: subject,
    seq,
    kind,
    slot,
    commitment,
    algorithm,
    keyId,
    named,
    possession,
    nextKey,
    parts,
  };
}

/** Whether a key has signed the envelope (RFC 9052, section 4.4). */
export function isSignedBy({ algorithm, keyId: told, parts }: Envelope, key: PublicKey): boolean {
  if (algorithm !== key.algorithm || told !== keyId(key)) return false;
  return verifySignature(key, parts.signature, signedBytes(parts));
}

/** What a device signs (the `Sig_structure` of RFC 9052, section 4.4). */
export function signedBytes({ protectedHeader, payload }: Parts): Uint8Array {
  return listOf(
    encodeText("Signature1"),
    encodeBytes(protectedHeader),
    encodeBytes(new Uint8Array()),
    encodeBytes(payload),
  );
}

/** Whether the new key of a rotation has signed it, for this building. */
export function isPossessed({ building, named, possession, nextKey, parts }: Envelope): boolean {
  if (named === null || possession === null) return false;
  const signed = listOf(
    encodeText("local-vpp rotate"),
    encodeText(building),
    encodeBytes(withoutPossession(parts.payload, nextKey === null ? 0 : NEXT_KEY_FIELD)),
  );
  return verifySignature(named.key, possession, signed);
}

/** The payload as it was before the new key had signed: field 9, which is the signature, taken out of the map. */
function withoutPossession(payload: Uint8Array, after: number): Uint8Array {
  const field = concatBytes(Uint8Array.of(POSSESSION), encodeBytes(new Uint8Array(SIGNATURE_BYTES)));
  // A rotation concerns nobody else: behind field 9 there is what the building commits to, or nothing.
  const end = payload.length - after;
  return concatBytes(
    Uint8Array.of((payload[0] ?? 0) - 1),
    payload.slice(1, end - field.length),
    payload.slice(end, payload.length),
  );
}

function parseParts(data: Uint8Array): Parts {
  if (data.length > LARGEST) throw new RecordError("encoding", `the envelope has ${data.length} bytes`);
  // d2 = tag 18, 84 = a list of four: the only bytes that a COSE_Sign1 in its one form begins with.
  if (data[0] !== 0xd2 || data[1] !== 0x84)
    throw new RecordError("encoding", "the envelope is not a tagged COSE_Sign1");
  const [protectedHeader, unprotected, payload, signature] = decodeCbor(data.slice(1), "the envelope") as Value[];
  if (!isBytes(protectedHeader) || !(unprotected instanceof Map) || !isBytes(payload) || !isBytes(signature)) {
    throw new RecordError("field", "the envelope is not a COSE_Sign1 of four parts");
  }
  if (unprotected.size > 0) throw new RecordError("field", "the envelope has headers that nobody signed");
  return { protectedHeader, payload, signature };
}

function parseHeader(data: Uint8Array): { algorithm: Algorithm; keyId: string; issuer: string; subject: string } {
  const header = new Fields(decodeCbor(data, "the protected header"), "the protected header");
  const algorithm = readAlgorithm(header.integer(1, "algorithm"));
  const claims = new Fields(header.map(15, "claims"), "the claims");
  const contentType = header.text(3, "content type");
  const keyId = encodeHex(header.bytes(4, "key id", KEY_ID_BYTES));
  header.end();
  const [issuer, subject] = [claims.text(1, "issuer", 200), claims.text(2, "subject", 200)];
  claims.end();
  if (contentType !== CONTENT_TYPE) throw new RecordError("field", `the content type is ${contentType}`);
  return { algorithm, keyId, issuer, subject };
}

function readNamed([device, algorithm, data, ...rest]: readonly Value[]): Named {
  if (!isBytes(device) || device.length !== DEVICE_BYTES || algorithm === undefined || !isBytes(data) || rest.length) {
    throw new RecordError("field", "the envelope: a named key is [device, algorithm, public key]");
  }
  return { device: encodeHex(device), key: readKey(algorithm, data) };
}

function isBytes(value: Value | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}
