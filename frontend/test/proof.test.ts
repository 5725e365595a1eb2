import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeCbor } from "../src/etp/cbor";
import { KeyDirectory } from "../src/etp/directory";
import { parseEnvelope } from "../src/etp/envelope";
import { keyId } from "../src/etp/keys";
import { checkRecord, isProof, type Known, type ProofReport, type Reason, type Step } from "../src/etp/check";
import { RecordError } from "../src/etp/errors";
import { parseSealed, recordName } from "../src/etp/record";
import { concatBytes, encodeBase64, encodeHex, equalBytes } from "../src/log/bytes";
import { LogError } from "../src/log/errors";
import { Frontier, inclusionNodes, leafHash, nodeHash, rootFrom, type Hash } from "../src/log/merkle";
import { parseVerifierKey } from "../src/log/note";
import { Policy } from "../src/log/policy";
import { changed, entry, golden, GOLDEN, line, raw, rotation } from "./proofs";

/** The keys that so many entries name. */
function directory(size = GOLDEN.entries.length, origin = "vpp.example/golden"): KeyDirectory {
  const keys = KeyDirectory.begin(origin);
  for (let index = 0; index < size; index += 1) keys.take(index, entry(index));
  return keys;
}

const KNOWN: Known = {
  key: parseVerifierKey(GOLDEN.vkey),
  policy: Policy.parse(raw(GOLDEN.policy)),
  policyChanged: false,
  keys: directory(),
  holds: () => true,
};

function check(record: Uint8Array, proof: string | Uint8Array, known: Partial<Known> = {}): ProofReport {
  return checkRecord(record, typeof proof === "string" ? raw(proof) : proof, { ...KNOWN, ...known });
}

/** The steps that failed, and why. */
function failures({ checks }: ProofReport): [Step, Reason | null][] {
  return checks.filter(({ outcome }) => outcome === "failed").map(({ step, reason }) => [step, reason]);
}

const at5 = golden(5);
const sealed5 = parseSealed(at5.record);

// --- A record that is proven ----------------------------------------------------------------------------------------

test("records of the Python side are proven, wherever they stand in the log", () => {
  for (const index of [0, 5, 7, 8, 9, 10]) {
    const { record, proof } = golden(index);
    const report = check(record, proof);
    assert.deepEqual(
      report.checks.map(({ outcome }) => outcome),
      Array(9).fill("passed"),
      JSON.stringify(report.checks),
    );
    assert.ok(report.proven);
    assert.deepEqual([report.proof?.index, report.checkpoint?.size], [index, 11]);
  }
});

test("what a record says is read from it", () => {
  const { body, sealed, tally } = check(at5.record, at5.proof);
  assert.ok(body !== null && sealed !== null);
  assert.deepEqual(
    [sealed.envelope.kind, sealed.envelope.seq, sealed.envelope.building],
    ["interval", 3, "vpp.example/golden"],
  );
  assert.equal(body.sender, sealed.envelope.device);
  assert.deepEqual([body.energyWh, body.sources], [35, { solar: 20, battery: 15 }]);
  assert.deepEqual([body.imported, body.exported], [{ begin: 1005, end: 1040 }, null]);
  assert.deepEqual([body.endMs - body.startMs, body.slotSeconds], [60_000, 60]);
  assert.deepEqual([body.millihertz, body.place, body.meter, body.price], [60_010, "101", "M-0001", null]);
  assert.deepEqual(tally[0], { group: "flats", signed: 3, members: 4, needed: 3 });
});

test("a suspension tells its reason", () => {
  const { record, proof } = golden(10);
  const { body, sealed } = check(record, proof);
  assert.deepEqual([sealed?.envelope.kind, body?.reason], ["suspend", "the flat's computer was stolen"]);
});

test("a building without witnesses, or a policy that could not be had, leaves that step open and nothing else", () => {
  for (const [policy, reason] of [
    ["none", "noWitnesses"],
    [Policy.parse(raw("quorum none\n")), "noWitnesses"],
    ["unknown", "noPolicy"],
  ] as const) {
    const report = check(at5.record, at5.proof, { policy });
    const open = report.checks.filter(({ outcome }) => outcome === "open");
    assert.deepEqual(
      open.map(({ step, reason }) => [step, reason]),
      [["witnesses", reason]],
    );
    assert.ok(report.proven);
  }
});

test("the two files are told apart by what is in them", () => {
  assert.ok(isProof(raw(at5.proof)));
  assert.ok(!isProof(at5.record));
  assert.ok(!isProof(raw("c2sp")));
});

// --- One that is not ------------------------------------------------------------------------------------------------

test("a record with any one byte changed is not proven", () => {
  for (let at = 0; at < at5.record.length; at += 1) {
    const report = check(changed(at5.record, at), at5.proof, { policy: "none" });
    assert.ok(!report.proven, `byte ${at}`);
    // The log's proof holds for the record with one byte changed if anybody forges it: the device's signature does not.
    const step = report.checks.find(({ step }) => step === "device");
    const sealed = report.sealed;
    if (sealed !== null && !equalBytes(sealed.entry, sealed5.entry))
      assert.equal(step?.outcome, "failed", `byte ${at}`);
  }
});

test("a proof with any one byte changed does not prove the record", () => {
  const proof = raw(at5.proof);
  for (let at = 0; at < proof.length; at += 1) {
    const report = check(at5.record, changed(proof, at));
    assert.ok(!report.proven, `byte ${at}: ${JSON.stringify(report.checks)}`);
  }
});

test("a record whose content was changed is no longer what its envelope commits to", () => {
  const at = indexOf(at5.record, sealed5.body) + sealed5.body.length - 1;
  const report = check(changed(at5.record, at), at5.proof);
  assert.deepEqual(failures(report), [["body", "commitment"]]);
  assert.equal(report.body, null);
});

test("the proof of another record does not prove this one", () => {
  assert.deepEqual(failures(check(at5.record, golden(7).proof)), [["place", "path"]]);
});

test("a proof for an entry beyond its head is told so", () => {
  const report = check(at5.record, at5.proof.replace("index 5\n", "index 11\n"));
  assert.deepEqual(failures(report), [["place", "beyond"]]);
});

test("a path of another length than the tree's is refused before anything is hashed", () => {
  const lines = at5.proof.split("\n");
  const short = [...lines.slice(0, 2), ...lines.slice(3)].join("\n");
  assert.deepEqual(failures(check(at5.record, short)), [["place", "pathLength"]]);
  const long = [...lines.slice(0, 2), ...lines.slice(2, 3), ...lines.slice(2)].join("\n");
  assert.deepEqual(failures(check(at5.record, long)), [["place", "pathLength"]]);
});

test("a head of another key or of another log is refused", () => {
  const strange = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const report = check(at5.record, at5.proof, { key: parseVerifierKey(strange) });
  assert.deepEqual(failures(report), [
    ["building", "otherBuilding"],
    ["head", "signature"],
  ]);
  assert.equal(report.checkpoint, null);
  const forged = at5.proof.replace("\n11\n", "\n12\n");
  assert.deepEqual(failures(check(at5.record, forged)), [["head", "signature"]]);
});

test("too few witnesses, and a wrong one, are told apart", () => {
  const few = at5.proof.replace(line("102"), "");
  const report = check(at5.record, few);
  assert.deepEqual(failures(report), [["witnesses", "tooFew"]]);
  assert.deepEqual(report.tally[0], { group: "flats", signed: 2, members: 4, needed: 3 });
  const name = line("102").split(" ")[1] ?? "";
  const encoded = line("102").trimEnd().split(" ")[2] ?? "";
  const bent = changed(new Uint8Array(Buffer.from(encoded, "base64")), 20);
  const wrong = check(at5.record, at5.proof.replace(line("102"), `— ${name} ${encodeBase64(bent)}\n`));
  assert.deepEqual(failures(wrong), [["witnesses", "wrongWitness"]]);
  assert.deepEqual(wrong.cosignatures?.wrong, ["102"]);
});

test("another record at that place of the log verified here is told, and one that is not remembered is not", () => {
  const asked: unknown[] = [];
  const holds = (index: number, name: string): boolean => {
    asked.push([index, name]);
    return false;
  };
  assert.deepEqual(failures(check(at5.record, at5.proof, { holds })), [["here", "otherRecord"]]);
  assert.deepEqual(asked, [[5, recordName(sealed5)]]);
  const open = check(at5.record, at5.proof, { holds: () => null });
  assert.equal(open.checks.find(({ step }) => step === "here")?.reason, "notRemembered");
  assert.ok(open.proven);
});

test("too few by a list of witnesses that has changed meanwhile is told as that", () => {
  const few = at5.proof.replace(line("102"), "");
  assert.deepEqual(failures(check(at5.record, few, { policyChanged: true })), [["witnesses", "policyChanged"]]);
  assert.ok(check(at5.record, at5.proof, { policyChanged: true }).proven);
});

// --- The device's own signature -------------------------------------------------------------------------------------

test("the log's directory names each key from the entry after it on", () => {
  const keys = directory();
  const [device = "", chip = ""] = [3, 6].map((index) => parseEnvelope(entry(index)).device);
  assert.equal(keys.size, 11);
  const id = (of: string, index: number): string | null => {
    const key = keys.keyAt(of, index);
    return key === null ? null : keyId(key);
  };
  assert.deepEqual([id(device, 1), id(chip, 2)], [null, null]);
  assert.equal(id(device, 2), parseEnvelope(entry(3)).keyId);
  assert.equal(id(device, 7), parseEnvelope(entry(7)).keyId);
  assert.equal(id(device, 8), parseEnvelope(entry(8)).keyId);
  assert.notEqual(id(device, 7), id(device, 8));
  assert.equal(keys.keyAt(chip, 9)?.algorithm, "es256");
  const named = Policy.parse(raw(GOLDEN.policy)).witnesses.find(({ name }) => name === "101");
  assert.deepEqual(keys.witness(device), named?.key.publicKey);
  assert.equal(keys.witness(chip), null);
});

test("a directory is kept as text and goes on from there, and entries that were read already change nothing", () => {
  const half = KeyDirectory.begin("vpp.example/golden", directory(5).encode());
  const copy = half.copy();
  for (let index = 2; index < 11; index += 1) half.take(index, entry(index));
  assert.equal(half.encode(), directory().encode());
  assert.equal(copy.encode(), directory(5).encode());
  for (const bad of [
    "",
    "{}",
    "null",
    '{"entries":1,"building":null,"lines":[["aa"]]}',
    '{"entries":"1","lines":[]}',
    '{"entries":1,"building":"aa","lines":[]}',
  ]) {
    assert.throws(() => KeyDirectory.begin("vpp.example/golden", bad), LogError, bad);
  }
});

test("the building's key is renewed by the one that the key before has committed to, and by no other", () => {
  const building = parseEnvelope(entry(0)).device;
  const device = parseEnvelope(entry(3)).device;
  const before = directory().keyAt(building, 12);
  for (const name of ["unforeseen", "uncommitted"]) {
    const keys = directory();
    keys.take(11, rotation(name));
    assert.deepEqual(keys.keyAt(building, 12), before, name);
    // What was refused has changed nothing: the foreseen one still comes in.
    keys.take(12, rotation("foreseen"));
    assert.notDeepEqual(keys.keyAt(building, 13), before, name);
  }
  const kept = directory();
  kept.take(11, rotation("foreseen"));
  const keys = KeyDirectory.begin("vpp.example/golden", kept.encode());
  assert.deepEqual(keys.keyAt(building, 11), before);
  assert.equal(parseEnvelope(rotation("afterwards")).keyId, keyId(keys.keyAt(building, 12) ?? assert.fail()));
  // What it commits to now is held against the next one.
  keys.take(12, rotation("afterwards"));
  assert.deepEqual(keys.keyAt(building, 13), keys.keyAt(building, 12));
  // No other device commits to anything.
  const strange = directory();
  strange.take(11, rotation("of a device"));
  assert.deepEqual(strange.keyAt(device, 12), directory().keyAt(device, 12));
});

test("a key that nobody may name does not come in", () => {
  const keys = directory();
  const [building, device] = [parseEnvelope(entry(0)), parseEnvelope(entry(3))];
  // Of another building's log, with a byte of the signature changed, without the building's own key before it.
  assert.equal(directory(11, "vpp.example/other").keyAt(building.device, 11), null);
  for (const skipped of [0, 1, 7]) {
    const bent = KeyDirectory.begin("vpp.example/golden");
    for (let index = 0; index < 11; index += 1) {
      const good = entry(index);
      bent.take(index, index === skipped ? changed(good, good.length - 1) : good);
    }
    const key = bent.keyAt(device.device, 10);
    if (skipped < 7) assert.equal(key, null);
    else assert.deepEqual(key, keys.keyAt(device.device, 7));
  }
  // A rotation whose new key has not signed; what it is signed with otherwise cannot be made without the device's key.
  const noRecord = KeyDirectory.begin("vpp.example/golden");
  noRecord.take(0, raw("no record at all"));
  assert.deepEqual([noRecord.size, noRecord.keyAt(building.device, 1)], [1, null]);
});

test("who has not signed the record as its device is told, each for its own reason", () => {
  const at8 = golden(8);
  // Before the rotation was read, the log is not verified so far: nothing is said.
  const open = check(at8.record, at8.proof, { keys: directory(8) });
  assert.deepEqual(
    open.checks.filter(({ outcome }) => outcome === "open").map(({ step, reason }) => [step, reason]),
    [["device", "keysUnread"]],
  );
  assert.ok(open.proven);
  const without = (skipped: number): KeyDirectory => {
    const keys = KeyDirectory.begin("vpp.example/golden");
    for (let index = 0; index < 11; index += 1) keys.take(index, index === skipped ? raw("another") : entry(index));
    return keys;
  };
  assert.deepEqual(failures(check(at8.record, at8.proof, { keys: without(7) })), [["device", "otherKey"]]);
  assert.deepEqual(failures(check(at8.record, at8.proof, { keys: without(1) })), [["device", "noKey"]]);
  const parts = sealed5.entry;
  const forged = changed(at5.record, indexOf(at5.record, parts) + parts.length - 1);
  assert.deepEqual(failures(check(forged, at5.proof)), [
    ["place", "path"],
    ["device", "notSigned"],
  ]);
});

test("files that are no proof are refused as such, and the record is told all the same", () => {
  const good = at5.proof;
  for (const bad of [
    "",
    good.replace("@v1", "@v2"),
    good.replace("index 5", "index 05"),
    good.replace("index 5\n", ""),
    good.replace("index 5", "extra !!\nindex 5"),
    good.replace("\n\n", "\nAAAA\n\n"),
    good.replace("\n\n", "\n"),
    good.replace("index", "índex"),
  ]) {
    const report = check(at5.record, bad);
    assert.deepEqual(failures(report)[0], ["proof", "format"], bad.slice(0, 60));
    assert.equal(report.checks.find(({ step }) => step === "place")?.reason, "before");
    assert.equal(report.body?.energyWh, 35);
    assert.ok(!report.proven);
  }
});

test("extra data in a proof says nothing", () => {
  assert.ok(check(at5.record, at5.proof.replace("index 5", "extra AAAA\nindex 5")).proven);
});

test("a file that is no record is refused, each for its own reason", () => {
  const list = (...parts: Uint8Array[]): Uint8Array =>
    concatBytes(Uint8Array.of(0x80 + parts.length), ...parts.map(byteString));
  const { entry: logged, salt, body } = sealed5;
  for (const [bad, reason, detail] of [
    [new Uint8Array(), "encoding", /ends too early/],
    [at5.record.slice(0, -1), "encoding", /ends too early/],
    [concatBytes(at5.record, Uint8Array.of(0)), "encoding", /1 bytes after its end/],
    [raw(at5.proof), "encoding", /./],
    [new Uint8Array(16 * 1024 + 1), "encoding", /16385 bytes/],
    [list(logged, salt), "field", /\[envelope, salt, body\]/],
    [list(logged, salt, body, body), "field", /\[envelope, salt, body\]/],
    [list(logged, salt.slice(1), body), "field", /31 bytes/],
    [list(body, salt, body), "encoding", /COSE_Sign1/],
    [list(new Uint8Array(4097), salt, body), "encoding", /4097 bytes/],
  ] as const) {
    const [first] = check(bad, at5.proof).checks;
    assert.deepEqual([first?.step, first?.outcome, first?.reason], ["record", "failed", reason], String(detail));
    assert.match(first?.detail ?? "", detail);
  }
});

// --- Deterministic CBOR ---------------------------------------------------------------------------------------------

test("deterministic CBOR is read as what it says", () => {
  for (const [hex, value] of [
    ["00", 0],
    ["17", 23],
    ["1818", 24],
    ["1a00010000", 65_536],
    ["1b0000000100000000", 2 ** 32],
    ["1b001ffffffffffffe", Number.MAX_SAFE_INTEGER - 1],
    ["26", -7],
    ["3863", -100],
    ["f5", true],
    ["f4", false],
    ["63e38182", "あ"],
    ["8201820203", [1, [2, 3]]],
  ] as const) {
    assert.deepEqual(decodeCbor(fromHex(hex), "it"), value, hex);
  }
  assert.deepEqual(
    decodeCbor(fromHex("a2006161174101"), "it"),
    new Map<number, unknown>([
      [0, "a"],
      [23, Uint8Array.of(1)],
    ]),
  );
});

test("every other form of CBOR is refused with its reason", () => {
  for (const [hex, reason] of [
    ["1817", /more bytes than it needs/],
    ["190018", /more bytes than it needs/],
    ["1a0000ffff", /more bytes than it needs/],
    ["1b00000000ffffffff", /more bytes than it needs/],
    ["1bffffffffffffffff", /beyond 2\^53/],
    ["1c", /open length/],
    ["5f4100ff", /open length/],
    ["9f00ff", /open length/],
    ["f6", /float, null/],
    ["f7", /float, null/],
    ["f93c00", /float, null/],
    ["fb3ff0000000000000", /float, null/],
    ["c000", /tag/],
    ["62e381", /UTF-8/],
    ["a201000000", /twice or out of order/],
    ["a200000000", /twice or out of order/],
    ["a119010000", /map key beyond/],
    ["a12000", /map key beyond/],
    ["a1616100", /map key beyond/],
    ["81818181818181818100", /nests more than 8/],
    ["", /ends too early/],
    ["4201", /ends too early/],
    ["9b00ffffffffffffff", /beyond 2\^53|ends too early/],
    ["0000", /1 bytes after its end/],
  ] as const) {
    const refused = (error: unknown): boolean =>
      error instanceof RecordError && error.code === "encoding" && reason.test(error.message);
    assert.throws(() => decodeCbor(fromHex(hex), "it"), refused, hex);
  }
});

// --- The tree -------------------------------------------------------------------------------------------------------

test("inclusion paths lead to the root for every entry of every tree up to 40 leaves, and for no other leaf", () => {
  const leaves = Array.from({ length: 40 }, (_, n) => leafHash(Uint8Array.of(n)));
  for (let size = 1; size <= leaves.length; size += 1) {
    const tree = leaves.slice(0, size);
    const root = Frontier.EMPTY.append(tree).root();
    tree.forEach((leaf, index) => {
      const path = pathTo(index, tree);
      assert.deepEqual(rootFromInclusion(size, index, leaf, path), root, `${index} of ${size}`);
      assert.notDeepEqual(rootFromInclusion(size, index, leafHash(raw("other")), path), root);
      assert.equal(rootFromInclusion(size, index, leaf, [...path, root]), null);
      if (path.length > 0) assert.equal(rootFromInclusion(size, index, leaf, path.slice(1)), null);
    });
  }
});

/** RFC 6962 section 2.1.1 word for word. */
function pathTo(index: number, leaves: readonly Hash[]): Hash[] {
  if (leaves.length <= 1) return [];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k ? [...pathTo(index, left), rootOf(right)] : [...pathTo(index - k, right), rootOf(left)];
}

const rootOf = (leaves: readonly Hash[]): Hash => Frontier.EMPTY.append(leaves).root();

test("a path is followed beyond what 32 bits count", () => {
  const [size, leaf] = [2 ** 40 + 1, leafHash(raw("last"))];
  const left = leafHash(raw("the full tree beside it"));
  assert.deepEqual(rootFromInclusion(size, 2 ** 40, leaf, [left]), nodeHash(left, leaf));
});

// --- Helpers --------------------------------------------------------------------------------------------------------

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function byteString(data: Uint8Array): Uint8Array {
  const { length } = data;
  const head = length < 24 ? [0x40 + length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
  return concatBytes(Uint8Array.from(head), data);
}

function indexOf(whole: Uint8Array, part: Uint8Array): number {
  const at = encodeHex(whole).indexOf(encodeHex(part));
  assert.ok(at >= 0 && at % 2 === 0);
  return at / 2;
}

/** The root to which a path leads; null when it has not the one possible length. */
function rootFromInclusion(size: number, index: number, leaf: Hash, path: readonly Hash[]): Hash | null {
  const nodes = inclusionNodes(size, index, path);
  return nodes === null ? null : rootFrom(leaf, nodes);
}
