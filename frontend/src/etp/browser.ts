/**
 * A second opinion on a record and its proof: the browser's own cryptography (W3C Web Cryptography Level 2, which
 * has Ed25519) computes again what the proof rests on, after `check.ts` has done so with the bundled library.
 *
 * Both are there because each lacks something. Browsers offer WebCrypto in a secure context only (https, localhost), and
 * older ones without Ed25519, while a building's page on plain http must verify, too. And an error in the library is
 * not found by the library itself. Files are read by the same code as before: what is computed anew are hashes and
 * signatures.
 */

import { concatBytes, equalBytes } from "../log/bytes";
import { leafOf, toHash, type Hash } from "../log/merkle";
import { readCheckpoint, readHead } from "../log/note";
import type { TlogProof } from "../log/proof";
import { Finding, judged, namedKey, nodesOf, type Check, type Known, type ProofReport } from "./check";
import { signedBytes } from "./envelope";
import type { PublicKey } from "./keys";
import type { Sealed } from "./record";

const STEP = "browser";

type Asked = Pick<ProofReport, "sealed" | "proof">;

/** WebCrypto's name of what a key is imported as, and of what it verifies. */
const ALGORITHMS = {
  ed25519: { imported: { name: "Ed25519" }, verified: { name: "Ed25519" } },
  es256: { imported: { name: "ECDSA", namedCurve: "P-256" }, verified: { name: "ECDSA", hash: "SHA-256" } },
} as const;

/** The page's own, which only a secure context has. */
function ownSubtle(): SubtleCrypto | null {
  return (globalThis.crypto?.subtle as SubtleCrypto | undefined) ?? null;
}

/** The report with one step more. */
export async function askBrowser(report: ProofReport, known: Known, subtle = ownSubtle()): Promise<ProofReport> {
  const check = await checkByBrowser(report, known, subtle);
  return { ...report, checks: [...report.checks, check], proven: report.proven && check.outcome !== "failed" };
}

/** The step itself: it looks at the files alone, whatever the steps before it have found. */
export async function checkByBrowser({ sealed, proof }: Asked, known: Known, subtle = ownSubtle()): Promise<Check> {
  try {
    if (subtle === null) throw new Finding("notSecure", "there is no crypto.subtle: no secure context", "open");
    if (sealed === null || proof === null) throw new Finding("before", "an earlier step has failed", "open");
    await checkHashes(sealed, proof, known, subtle);
    await checkHead(proof, known, subtle);
    await checkDevice(sealed, proof, known, subtle);
    return { step: STEP, outcome: "passed", reason: null, detail: null };
  } catch (error) {
    return judged(STEP, error);
  }
}

async function checkHashes(sealed: Sealed, proof: TlogProof, known: Known, subtle: SubtleCrypto): Promise<void> {
  const { envelope, salt, body, entry } = sealed;
  if (!equalBytes(await digest(concatBytes(salt, body), subtle), envelope.commitment)) {
    throw new Finding("commitment", "WebCrypto: SHA-256 of salt and body is not the envelope's commitment");
  }
  const { size, root } = readCheckpoint(readHead(proof.checkpoint, known.key).text, known.key);
  const nodes = nodesOf(proof, size);
  let hash = await digest(leafOf(entry), subtle);
  for (const node of nodes) hash = await digest(node(hash), subtle);
  if (!equalBytes(hash, root)) throw new Finding("path", "WebCrypto: the record and the path lead to another root");
}

async function checkHead({ checkpoint }: TlogProof, { key }: Known, subtle: SubtleCrypto): Promise<void> {
  const { text, signatures } = readHead(checkpoint, key);
  for (const signature of signatures) {
    if (!(await isSigned({ algorithm: "ed25519", data: key.publicKey }, signature, text, subtle))) {
      throw new Finding("signature", `WebCrypto: the signature of ${key.name} over this head is wrong`);
    }
  }
}

async function checkDevice(
  { envelope }: Sealed,
  { index }: TlogProof,
  { keys }: Known,
  subtle: SubtleCrypto,
): Promise<void> {
  const { device, algorithm, parts } = envelope;
  const key = namedKey(device, index, keys);
  if (algorithm !== key.algorithm || !(await isSigned(key, parts.signature, signedBytes(parts), subtle))) {
    throw new Finding("notSigned", `WebCrypto: the signature is not of the key that device ${device} has there`);
  }
}

async function digest(data: Uint8Array, subtle: SubtleCrypto): Promise<Hash> {
  return toHash(new Uint8Array(await subtle.digest("SHA-256", new Uint8Array(data))));
}

async function isSigned(
  { algorithm, data }: PublicKey,
  signature: Uint8Array,
  message: Uint8Array,
  subtle: SubtleCrypto,
): Promise<boolean> {
  const { imported, verified } = ALGORITHMS[algorithm];
  try {
    const key = await subtle.importKey("raw", new Uint8Array(data), imported, false, ["verify"]);
    return await subtle.verify(verified, key, new Uint8Array(signature), new Uint8Array(message));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "NotSupportedError") throw new Finding("noEd25519", error.message, "open");
    // Numbers that are no point of the curve are nobody's key: on import or, by some browsers, on verification.
    if (error.name === "DataError" || error.name === "OperationError") return false;
    throw error;
  }
}
