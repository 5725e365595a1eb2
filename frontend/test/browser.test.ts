import assert from "node:assert/strict";
import { test } from "node:test";

import { askBrowser, checkByBrowser } from "../src/etp/browser";
import { checkRecord, type Check, type Known, type ProofReport } from "../src/etp/check";
import { KeyDirectory } from "../src/etp/directory";
import { RecordError } from "../src/etp/errors";
import { parseSealed, type Sealed } from "../src/etp/record";
import { encodeBase64 } from "../src/log/bytes";
import { LogError } from "../src/log/errors";
import { inclusionNodes, leafHash, rootFrom } from "../src/log/merkle";
import { ED25519, parseVerifierKey, type VerifierKey } from "../src/log/note";
import { parseProof, type TlogProof } from "../src/log/proof";
import { changed, entry, golden, GOLDEN, line, raw } from "./proofs";

const { subtle } = globalThis.crypto;

const keys = KeyDirectory.begin("vpp.example/golden");
GOLDEN.entries.forEach((_, index) => keys.take(index, entry(index)));
const KNOWN: Known = {
  key: parseVerifierKey(GOLDEN.vkey),
  policy: "none",
  policyChanged: false,
  keys,
  holds: () => true,
};

const at5 = golden(5);

function reported(index: number, known = KNOWN): ProofReport {
  const { record, proof } = golden(index);
  return checkRecord(record, raw(proof), known);
}

/** What the step says by itself; null when a file cannot be read, so that there is nothing to compute. */
async function opinion(record: Uint8Array, proof: Uint8Array, known = KNOWN): Promise<Check | null> {
  let read: { sealed: Sealed; proof: TlogProof };
  try {
    read = { sealed: parseSealed(record), proof: parseProof(proof) };
  } catch (error) {
    if (!(error instanceof RecordError || error instanceof LogError)) throw error;
    return null;
  }
  return checkByBrowser(read, known, subtle);
}

/** A log of somebody's own, whose key has signed that it holds a record at an index. */
async function forgeLog(index: number, record: Uint8Array): Promise<{ key: VerifierKey; proof: Uint8Array }> {
  const pair = (await subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const key = { name: KNOWN.key.name, type: ED25519, keyId: raw("test"), publicKey };
  const { path } = parseProof(raw(golden(index).proof));
  const nodes = inclusionNodes(11, index, path) ?? assert.fail();
  const root = rootFrom(leafHash(parseSealed(record).entry), nodes);
  const text = `${key.name}\n11\n${encodeBase64(root)}\n`;
  const signature = new Uint8Array(await subtle.sign("Ed25519", pair.privateKey, new Uint8Array(raw(text))));
  const signed = encodeBase64(Uint8Array.of(...key.keyId, ...signature));
  const lines = ["c2sp.org/tlog-proof@v1", `index ${index}`, ...path.map(encodeBase64)];
  return { key, proof: raw(`${lines.join("\n")}\n\n${text}\n— ${key.name} ${signed}\n`) };
}

test("WebCrypto agrees on records of the Python side, with keys of both kinds", async () => {
  const algorithms = new Set<string>();
  for (const index of [0, 5, 7, 8, 9, 10]) {
    const report = await askBrowser(reported(index), KNOWN, subtle);
    assert.deepEqual(report.checks.at(-1), { step: "browser", outcome: "passed", reason: null, detail: null });
    assert.equal(report.checks.length, 10);
    assert.ok(report.proven);
    algorithms.add(report.sealed?.envelope.algorithm ?? "");
  }
  assert.deepEqual(algorithms, new Set(["ed25519", "es256"]));
});

test("it is the platform's own unless told otherwise", async () => {
  assert.equal((await checkByBrowser(reported(5), KNOWN)).outcome, "passed");
});

test("WebCrypto alone refuses a record with any one byte changed", async () => {
  let computed = 0;
  for (let at = 0; at < at5.record.length; at += 1) {
    const check = await opinion(changed(at5.record, at), raw(at5.proof));
    if (check === null) continue;
    computed += 1;
    assert.equal(check.outcome, "failed", `byte ${at}`);
  }
  assert.ok(computed > at5.record.length / 2, `${computed} of ${at5.record.length}`);
});

test("WebCrypto alone refuses a path, a head and a log's signature with any one byte changed", async () => {
  const proof = raw(at5.proof);
  // Whose witnesses' lines come behind: they are not this step's.
  const end = raw(at5.proof.slice(0, Math.min(...Object.keys(GOLDEN.lines).map(startOf)))).length;
  const reasons = new Set<string | null>();
  for (let at = 0; at < end; at += 1) {
    const check = await opinion(at5.record, changed(proof, at));
    if (check === null) continue;
    assert.equal(check.outcome, "failed", `byte ${at}: ${JSON.stringify(check)}`);
    reasons.add(check.reason);
  }
  for (const reason of ["path", "signature"]) assert.ok(reasons.has(reason), reason);
});

test("WebCrypto alone refuses what a log has signed for and the device has not, with keys of both kinds", async () => {
  for (const index of [5, 9]) {
    const { record } = golden(index);
    const { entry: logged } = parseSealed(record);
    const end = Buffer.from(record).indexOf(logged) + logged.length;
    for (const [file, outcome, reason] of [
      [record, "passed", null],
      [changed(record, end - 1), "failed", "notSigned"],
      [changed(record, end - 64), "failed", "notSigned"],
    ] as const) {
      const { key, proof } = await forgeLog(index, file);
      const check = await opinion(file, proof, { ...KNOWN, key });
      assert.deepEqual([check?.outcome, check?.reason], [outcome, reason], `${index}: ${check?.detail}`);
    }
  }
});

test("WebCrypto takes no other key of the device than the one that the log names there", async () => {
  const before = KeyDirectory.begin("vpp.example/golden");
  GOLDEN.entries.forEach((_, index) => before.take(index, index === 7 ? raw("another") : entry(index)));
  const { record, proof } = golden(8);
  assert.equal((await opinion(record, raw(proof), { ...KNOWN, keys: before }))?.reason, "notSigned");
});

test("a key that is no point of its curve has signed nothing", async () => {
  const none = { size: 11, keyAt: () => ({ algorithm: "es256", data: new Uint8Array(65).fill(4) }) };
  const { record, proof } = golden(9);
  const check = await opinion(record, raw(proof), { ...KNOWN, keys: none as unknown as KeyDirectory });
  assert.deepEqual([check?.outcome, check?.reason], ["failed", "notSigned"]);
});

test("without a secure context the step is open, and the record is proven by the others", async () => {
  const report = await askBrowser(reported(5), KNOWN, null);
  const last = report.checks.at(-1);
  assert.deepEqual([last?.step, last?.outcome, last?.reason], ["browser", "open", "notSecure"]);
  assert.ok(report.proven);
});

test("a browser that does not know Ed25519 leaves the step open, but still tells a wrong hash", async () => {
  const old = {
    digest: subtle.digest.bind(subtle),
    importKey: () => Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError")),
  } as unknown as SubtleCrypto;
  const open = await checkByBrowser(reported(5), KNOWN, old);
  assert.deepEqual([open.outcome, open.reason], ["open", "noEd25519"]);
  const { sealed } = reported(7);
  const failed = await checkByBrowser({ sealed, proof: reported(5).proof }, KNOWN, old);
  assert.deepEqual([failed.outcome, failed.reason], ["failed", "path"]);
});

test("where the browser disagrees, the record is not proven, though every step before has passed", async () => {
  const other = {
    digest: () => Promise.resolve(new ArrayBuffer(32)),
    importKey: subtle.importKey.bind(subtle),
    verify: subtle.verify.bind(subtle),
  } as unknown as SubtleCrypto;
  const before = reported(5);
  assert.ok(before.proven);
  const report = await askBrowser(before, KNOWN, other);
  assert.deepEqual(
    report.checks.filter(({ outcome }) => outcome === "failed").map(({ step, reason }) => [step, reason]),
    [["browser", "commitment"]],
  );
  assert.ok(!report.proven);
});

test("files that cannot be read leave nothing to compute", async () => {
  const report = await askBrowser(checkRecord(raw("no record"), raw(at5.proof), KNOWN), KNOWN, subtle);
  assert.deepEqual([report.checks.at(-1)?.outcome, report.checks.at(-1)?.reason], ["open", "before"]);
  assert.ok(!report.proven);
});

function startOf(witness: string): number {
  const at = at5.proof.indexOf(line(witness));
  return at < 0 ? at5.proof.length : at;
}
