/**
 * Signed notes and the checkpoint of a log.
 *
 * Specifications: C2SP signed-note v1.0.0 and tlog-checkpoint v1.0.0 (8 November 2025). Extension lines, which the
 * latter allows and advises against, are refused as the log's own tools refuse them.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { concatBytes, decodeBase64, decodeDecimal, encodeHex, equalBytes } from "./bytes";
import { LogError } from "./errors";
import { toHash, type Hash } from "./merkle";

/** The specification asks verifiers to take at least 16 signatures and to have a limit; Go's verifier stops at 100. */
const MAX_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
/** Types of keys, as the specifications of signed notes and cosignatures number them. */
export const ED25519 = 1;
export const COSIGNATURE = 4;
/** ML-DSA-44 cosignatures (tlog-cosignature v1.1.0-rc.1): known by their keys, but not computed here. */
export const MLDSA_COSIGNATURE = 6;
const KEY_BYTES: ReadonlyMap<number, number> = new Map([
  [ED25519, 32],
  [COSIGNATURE, 32],
  [MLDSA_COSIGNATURE, 1312],
]);
const ED25519_SIGNATURE_BYTES = 64;
const LINE_START = "— ";

/** The public key of a log or a witness: `name+keyid+base64(type ‖ key)`. */
export interface VerifierKey {
  readonly name: string;
  readonly type: number;
  readonly keyId: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** What a log says of itself, its signature verified. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** One line under a note; whether it is right is another matter. */
export interface SignatureLine {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** Reads a log's key. */
export function parseVerifierKey(text: string): VerifierKey {
  const key = parseKey(text);
  if (key.type !== ED25519) throw new LogError("format", "the log's key is not an Ed25519 key (type 1, 32 bytes)");
  return key;
}

/** Reads a key of any of the known types. */
export function parseKey(text: string): VerifierKey {
  const [name, id, encoded, ...rest] = splitPlus(text);
  if (name === undefined || id === undefined || encoded === undefined || rest.length > 0) {
    throw new LogError("format", "a key has the form name+keyid+base64");
  }
  checkName(name);
  const typed = decodeBase64(encoded, `the key of ${name}`);
  const [type = 0] = typed;
  if (KEY_BYTES.get(type) !== typed.length - 1) {
    throw new LogError(
      "format",
      `the key of ${name} is of type ${type} with ${typed.length - 1} bytes: of no known type`,
    );
  }
  const keyId = sha256(concatBytes(new TextEncoder().encode(`${name}\n`), typed)).slice(0, KEY_ID_BYTES);
  if (encodeHex(keyId) !== id) {
    throw new LogError("format", `the key of ${name} has the id ${encodeHex(keyId)}, but says ${id}`);
  }
  return { name, type, keyId, publicKey: typed.slice(1) };
}

/** Reads a signed checkpoint and verifies that the log's key has signed it for the log of the same name. */
export function openCheckpoint(note: Uint8Array, key: VerifierKey): Checkpoint {
  const { text, signatures } = readHead(note, key);
  for (const signature of signatures) {
    if (!verifyEd25519(signature, text, key.publicKey)) {
      throw new LogError("signature", `the signature of ${key.name} over this head is wrong`);
    }
  }
  return readCheckpoint(text, key);
}

/** The text of a head and the signatures, at least one, that are said to be the log's key's: none is verified. */
export function readHead(note: Uint8Array, key: VerifierKey): { text: Uint8Array; signatures: Uint8Array[] } {
  const { text, lines } = parseNote(note);
  const signatures = lines.filter((line) => isBy(line, key)).map(({ signature }) => signature);
  if (signatures.length === 0) throw new LogError("signature", `the log's key ${key.name} has not signed this head`);
  return { text, signatures };
}

/** Reads the text of a head, which must be of the log of the key's name. Whether it is signed is another matter. */
export function readCheckpoint(text: Uint8Array, key: VerifierKey): Checkpoint {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== key.name) {
    throw new LogError("origin", `the head is of the log ${checkpoint.origin}, not of ${key.name}`);
  }
  return checkpoint;
}

/** Whether a line says that a key made it. */
export function isBy(line: SignatureLine, key: VerifierKey): boolean {
  return line.name === key.name && equalBytes(line.keyId, key.keyId);
}

/** Divides a signed note into its text, which is what gets signed, and the lines under it. */
export function parseNote(note: Uint8Array): { text: Uint8Array; lines: SignatureLine[] } {
  const whole = decodeUtf8(note, "the head");
  // The text may have empty lines of its own: the last one divides.
  const middle = whole.lastIndexOf("\n\n");
  if (middle < 0 || !whole.endsWith("\n") || middle + 2 === whole.length) {
    throw new LogError("format", "a signed note is a text, an empty line, and lines of signatures");
  }
  const text = whole.slice(0, middle + 1);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw new LogError("format", "the head has control characters");
  const lines = whole.slice(middle + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new LogError("format", `a head with ${lines.length} signatures`);
  return { text: new TextEncoder().encode(text), lines: lines.map(parseSignatureLine) };
}

/** Reads signature lines that stand for themselves, without the note: as many as a building has witnesses. */
export function parseSignatureLines(data: Uint8Array): SignatureLine[] {
  const [end, ...lines] = decodeUtf8(data, "the list of signatures").split("\n").reverse();
  if (end !== "") throw new LogError("format", "the last line of signatures does not end");
  return lines.reverse().map(parseSignatureLine);
}

function parseSignatureLine(line: string): SignatureLine {
  const parts = line.startsWith(LINE_START) ? line.slice(LINE_START.length).split(" ") : [];
  const [name, encoded] = parts;
  if (name === undefined || encoded === undefined || parts.length !== 2) {
    throw new LogError("format", "a signature line has the form '— name base64'");
  }
  checkName(name);
  const raw = decodeBase64(encoded, `the signature of ${name}`);
  if (raw.length <= KEY_ID_BYTES) throw new LogError("format", `the signature of ${name} is empty`);
  return { name, keyId: raw.slice(0, KEY_ID_BYTES), signature: raw.slice(KEY_ID_BYTES) };
}

function parseCheckpoint(text: Uint8Array): Checkpoint {
  const [origin, size, root, end, ...rest] = decodeUtf8(text, "the checkpoint").split("\n");
  if (!origin || size === undefined || root === undefined || end !== "" || rest.length > 0) {
    throw new LogError("format", "a checkpoint has three lines: origin, size and root");
  }
  return {
    origin,
    size: decodeDecimal(size, "the checkpoint's size"),
    root: toHash(decodeBase64(root, "the checkpoint's root")),
  };
}

export function verifyEd25519(signature: Uint8Array, text: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== ED25519_SIGNATURE_BYTES) return false;
  // RFC 8032 to the letter: the laxer rule of ZIP 215 would take keys and signatures that other tools refuse.
  return ed25519.verify(signature, text, publicKey, { zip215: false });
}

function splitPlus(text: string): string[] {
  // Base64 may hold a plus sign itself: only the first two divide.
  const first = text.indexOf("+");
  const second = text.indexOf("+", first + 1);
  return first < 0 || second < 0 ? [] : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

function checkName(name: string): void {
  if (name === "" || /[\s+\p{White_Space}]/u.test(name)) {
    throw new LogError("format", `a key's name has no spaces and no plus sign, unlike ${JSON.stringify(name)}`);
  }
}

export function decodeUtf8(raw: Uint8Array, field: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new LogError("format", `${field} is not UTF-8`);
  }
}
