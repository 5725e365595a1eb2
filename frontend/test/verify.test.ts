import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeHex } from "../src/log/bytes";
import { LogError, type LogErrorCode } from "../src/log/errors";
import { hashBytes, toHash } from "../src/log/merkle";
import { parseVerifierKey } from "../src/log/note";
import { readBundle } from "../src/log/tiles";
import { decodeRemembered, encodeRemembered, LogVerifier, type Verified } from "../src/log/verify";
import { MemoryFiles, note, VKEY } from "./golden";
import { beginIndexes, type Indexes } from "./reading";

const KEY = parseVerifierKey(VKEY);

const fails = (check: Promise<unknown>, code: LogErrorCode, index: number | null = null): Promise<void> =>
  assert.rejects(check, (error) => {
    assert.ok(error instanceof LogError, String(error));
    assert.deepEqual([error.code, error.index], [code, index]);
    return true;
  });

test("a log verifies from nothing, and each later head continues the one before", async () => {
  const verifier = new LogVerifier(KEY, new MemoryFiles(), beginIndexes);
  let before: number | null = null;
  for (const size of [0, 1, 7, 255, 256, 257, 300]) {
    const { checkpoint, continues } = await verifier.check(note(size));
    assert.deepEqual([checkpoint.size, continues], [size, before]);
    before = size;
  }
});

test("a later head costs the unfinished bundle, and the same head nothing", async () => {
  const files = new MemoryFiles();
  const verifier = new LogVerifier(KEY, files, beginIndexes);
  await verifier.check(note(257));
  assert.equal((await verifier.check(note(257))).hashed, 0);
  const again = new LogVerifier(KEY, files, beginIndexes, verifier.verified);
  files.reads.length = 0;
  assert.equal((await again.check(note(300))).hashed, 300 - 256);
  assert.deepEqual(files.reads.sort(), ["tile/0/001.p/44", "tile/entries/001.p/44"]);
  assert.equal((await again.check(note(300), true)).hashed, 300);
});

test("what was verified is kept as text and read back the same", async () => {
  const verifier = new LogVerifier(KEY, new MemoryFiles(), beginIndexes);
  await verifier.check(note(300));
  const { verified } = verifier;
  assert.ok(verified !== null);
  const text = encodeRemembered({ logKey: VKEY, verified });
  assert.deepEqual(decodeRemembered(text), { logKey: VKEY, verified });
  for (const bad of [
    "",
    "null",
    "{}",
    text.replace('"size":300', '"size":-1.5'),
    text.replace(/"peaks":\["../, '"peaks":["'),
  ]) {
    assert.throws(() => decodeRemembered(bad), LogError, bad.slice(0, 40));
  }
});

test("a changed byte of any entry is found and named, and what was verified before stays", async () => {
  for (const [entry, at] of [
    [0, 2],
    [1, 4],
  ] as const) {
    const files = new MemoryFiles();
    const verifier = new LogVerifier(KEY, files, beginIndexes);
    await verifier.check(note(1));
    // Entry 0 is empty: the byte at 2 is the length of entry 1.
    files.flip("tile/entries/000.p/7", at);
    if (entry === 1) await fails(verifier.check(note(7)), "entry", 1);
    else await fails(verifier.check(note(7)), "format");
    assert.equal(verifier.verified?.size, 1);
    files.flip("tile/entries/000.p/7", at);
    assert.equal((await verifier.check(note(7))).continues, 1);
  }
});

test("a changed hash in a tile is found", async () => {
  const files = new MemoryFiles();
  files.flip("tile/0/001.p/44", 32 * 3);
  await fails(new LogVerifier(KEY, files, beginIndexes).check(note(300)), "entry", 259);
});

test("an entry and its hash changed together do not make the signed root", async () => {
  const files = new MemoryFiles();
  const [, , entry = new Uint8Array()] = await readBundle(files, { index: 0, width: 7 });
  assert.equal(entry.length, 14);
  // 2 for the empty entry 0, 9 for entry 1, 2 for the length of entry 2.
  files.flip("tile/entries/000.p/7", 13);
  const changed = entry.slice();
  changed[0] = (changed[0] ?? 0) ^ 1;
  const leaf = hashBytes(Uint8Array.of(0, ...changed));
  files.change("tile/0/000.p/7", (data) => {
    data.set(leaf, 64);
    return data;
  });
  await fails(new LogVerifier(KEY, files, beginIndexes).check(note(7)), "root");
});

test("a file that the log has signed for and does not have is the log's fault", async () => {
  const files = new MemoryFiles();
  files.remove("tile/entries/000.p/7");
  files.remove("tile/entries/000");
  await fails(new LogVerifier(KEY, files, beginIndexes).check(note(7)), "missing");
});

test("a log that has become shorter is refused", async () => {
  const verifier = new LogVerifier(KEY, new MemoryFiles(), beginIndexes);
  await verifier.check(note(257));
  await fails(verifier.check(note(255)), "shrunk");
  assert.equal((await verifier.check(note(300))).continues, 257);
});

test("another history is refused at the same size, further on and far on, until it is accepted as new", async () => {
  const files = new MemoryFiles();
  const good = new LogVerifier(KEY, files, beginIndexes);
  await good.check(note(300));
  const { verified } = good;
  assert.ok(verified !== null);
  const other = toHash(hashBytes(Uint8Array.of(1)));
  const pretend = (size: number, edges: Verified["edges"]): LogVerifier<Indexes> =>
    new LogVerifier(KEY, files, beginIndexes, { size, root: other, edges, notes: "[]" });
  await fails(pretend(300, []).check(note(300)), "fork");
  await fails(pretend(7, []).check(note(300)), "fork");
  await fails(pretend(256, verified.edges).check(note(300)), "fork");
  await fails(pretend(257, verified.edges).check(note(300)), "fork");
  const forgetful = pretend(257, verified.edges);
  forgetful.forget();
  assert.equal((await forgetful.check(note(300))).continues, null);
});

test("a wrong edge from an earlier visit is told apart from a wrong log by reading everything", async () => {
  const files = new MemoryFiles();
  const good = new LogVerifier(KEY, files, beginIndexes);
  await good.check(note(257));
  const { verified } = good;
  const [edge] = verified?.edges ?? [];
  assert.ok(verified !== null && edge !== undefined);
  const wrong = { ...edge, size: 256, peaks: [toHash(hashBytes(Uint8Array.of(1)))] };
  const edges = [Object.assign(Object.create(Object.getPrototypeOf(edge) as object) as typeof edge, wrong)];
  await fails(new LogVerifier(KEY, files, beginIndexes, { ...verified, edges }).check(note(300)), "fork");
  const result = await new LogVerifier(KEY, files, beginIndexes, {
    size: 7,
    root: verified.root,
    edges: [],
    notes: "[]",
  })
    .check(note(300))
    .catch((error: unknown) => error);
  assert.ok(result instanceof LogError && result.code === "fork");
});

test("a record's name is told to be in the verified log, not to be, or not to be known", async () => {
  const files = new MemoryFiles();
  const verifier = new LogVerifier(KEY, files, beginIndexes);
  const [first = new Uint8Array()] = await readBundle(files, { index: 1, width: 44 });
  const name = encodeHex(hashBytes(first));
  assert.equal(verifier.holds(256, name), null);
  await verifier.check(note(300));
  assert.equal(verifier.holds(256, name), true);
  assert.equal(verifier.holds(257, name), false);
  assert.equal(verifier.holds(300, name), null);
});

test("progress is told from the first bundle to the last", async () => {
  const seen: number[] = [];
  await new LogVerifier(KEY, new MemoryFiles(), beginIndexes).check(note(300), false, (done) => seen.push(done));
  assert.deepEqual(seen, [256, 300]);
});

test("the same head again reads nothing, but its signature is still verified", async () => {
  const files = new MemoryFiles();
  const verifier = new LogVerifier(KEY, files, beginIndexes);
  await verifier.check(note(300));
  files.reads.length = 0;
  assert.equal((await verifier.check(note(300))).hashed, 0);
  assert.deepEqual(files.reads, []);
  const forged = note(300);
  const at = forged.length - 5;
  forged[at] = forged[at] === 65 ? 66 : 65;
  await assert.rejects(verifier.check(forged), LogError);
});

test("what entries say is read once with each, and counts only once the head over them has verified", async () => {
  const files = new MemoryFiles();
  const verifier = new LogVerifier(KEY, files, beginIndexes);
  await verifier.check(note(7));
  const upTo = (size: number): number[] => Array.from({ length: size }, (_, index) => index);
  assert.deepEqual(verifier.entries.all, upTo(7));
  files.flip("tile/0/001.p/44", 0);
  await fails(verifier.check(note(300)), "entry", 256);
  assert.deepEqual(verifier.entries.all, upTo(7));
  files.flip("tile/0/001.p/44", 0);
  await verifier.check(note(257));
  const { verified } = verifier;
  assert.ok(verified !== null);
  const again = new LogVerifier(
    KEY,
    files,
    beginIndexes,
    decodeRemembered(encodeRemembered({ logKey: VKEY, verified })).verified,
  );
  assert.equal((await again.check(note(300))).hashed, 44);
  assert.deepEqual(again.entries.all.slice(257), upTo(300).slice(256));
  for (const notes of [null, "broken"]) {
    const anew: LogVerifier<Indexes> = new LogVerifier(KEY, files, beginIndexes, { ...verified, notes });
    const { hashed, continues } = await anew.check(note(300));
    assert.deepEqual([hashed, continues], [300, 257]);
    assert.deepEqual(anew.entries.all, upTo(300));
  }
  again.forget();
  assert.deepEqual(again.entries.all, []);
});
