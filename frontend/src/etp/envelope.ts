/**
 * The signed envelope of a record: what the log, and so every neighbour, gets to see.
 *
 * COSE_Sign1 (RFC 9052, August 2022) with an empty unprotected map, over the CBOR of
 * `{0: version, 1: device, 2: epoch, 3: seq, 4: prev, 5: kind, 6: slot, 7: commitment, ? 8: [device, algorithm, key]}`.
 */

import { encodeHex } from "../log/bytes";
import { decodeCbor, type Value } from "./cbor";
import { RecordError } from "./errors";
import { Fields } from "./fields";

/** Bytes of an envelope at most. */
const LARGEST = 4096;
const CONTENT_TYPE = "application/vnd.local-vpp.etp+cbor";
const VERSION = 1;
const HASH_BYTES = 32;
const DEVICE_BYTES = 16;
const KEY_ID_BYTES = 8;
/** EdDSA and ES256, by the numbers of RFC 9053 and by the fully specified ones of RFC 9864. */
const ALGORITHMS: readonly Value[] = [-8, -19, -7, -9];

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
] as const;

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
}

export function parseEnvelope(data: Uint8Array): Envelope {
  if (data.length > LARGEST) throw new RecordError("encoding", `the envelope has ${data.length} bytes`);
  // d2 = tag 18, 84 = a list of four: the only bytes that a COSE_Sign1 in its one form begins with.
  if (data[0] !== 0xd2 || data[1] !== 0x84)
    throw new RecordError("encoding", "the envelope is not a tagged COSE_Sign1");
  const [protectedHeader, unprotected, payload, signature] = decodeCbor(data.slice(1), "the envelope") as Value[];
  if (!isBytes(protectedHeader) || !(unprotected instanceof Map) || !isBytes(payload) || !isBytes(signature)) {
    throw new RecordError("field", "the envelope is not a COSE_Sign1 of four parts");
  }
  if (unprotected.size > 0) throw new RecordError("field", "the envelope has headers that nobody signed");
  const { issuer, subject } = parseHeader(protectedHeader);
  const fields = new Fields(decodeCbor(payload, "the envelope's payload"), "the envelope");
  fields.exactly(0, "version", VERSION);
  const device = encodeHex(fields.bytes(1, "device", DEVICE_BYTES));
  fields.unsigned(2, "epoch");
  const seq = fields.unsigned(3, "seq");
  fields.bytes(4, "prev", HASH_BYTES);
  const kind = KINDS[fields.unsigned(5, "kind")];
  const slot = fields.unsigned(6, "slot");
  const commitment = fields.bytes(7, "commitment", HASH_BYTES);
  fields.optional(8, (key) => fields.list(key, "enrolled key"));
  fields.end();
  if (kind === undefined) throw new RecordError("field", "the envelope is of a kind that this page does not know");
  if (seq < 1) throw new RecordError("field", "the envelope: seq is 0, the first record has 1");
  if (issuer !== `urn:local-vpp:device:${device}`) {
    throw new RecordError("field", `the envelope names the issuer ${issuer}, but the device ${device}`);
  }
  return { device, building: subject, seq, kind, slot, commitment };
}

function parseHeader(data: Uint8Array): { issuer: string; subject: string } {
  const header = new Fields(decodeCbor(data, "the protected header"), "the protected header");
  const [algorithm, claims] = [header.integer(1, "algorithm"), new Fields(header.map(15, "claims"), "the claims")];
  const contentType = header.text(3, "content type");
  header.bytes(4, "key id", KEY_ID_BYTES);
  header.end();
  const [issuer, subject] = [claims.text(1, "issuer", 200), claims.text(2, "subject", 200)];
  claims.end();
  if (!ALGORITHMS.includes(algorithm)) throw new RecordError("field", `the algorithm ${algorithm} is none of records`);
  if (contentType !== CONTENT_TYPE) throw new RecordError("field", `the content type is ${contentType}`);
  return { issuer, subject };
}

function isBytes(value: Value | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}
