import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeBase64, encodeHex } from "../src/log/bytes";
import { LogError, type LogErrorCode } from "../src/log/errors";
import { openCheckpoint, parseVerifierKey } from "../src/log/note";
import { note, noteText, VKEY } from "./golden";

/** From the specification of signed notes. */
const EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

const raw = (text: string): Uint8Array => new TextEncoder().encode(text);
const code =
  (expected: LogErrorCode) =>
  (error: unknown): boolean =>
    error instanceof LogError && error.code === expected;

test("a key is read with its name and id", () => {
  const key = parseVerifierKey(EXAMPLE);
  assert.equal(key.name, "example.com/foo");
  assert.equal(encodeHex(key.keyId), "530d903a");
  assert.equal(encodeHex(key.publicKey).slice(0, 8), "e932791a");
});

test("a key with any one character changed is refused or is another key", () => {
  for (let at = 0; at < EXAMPLE.length; at += 1) {
    const changed = EXAMPLE.slice(0, at) + (EXAMPLE[at] === "A" ? "B" : "A") + EXAMPLE.slice(at + 1);
    assert.throws(() => parseVerifierKey(changed), code("format"), `character ${at}`);
  }
});

test("a head signed by the Python side opens", () => {
  const checkpoint = openCheckpoint(note(300), parseVerifierKey(VKEY));
  assert.equal(checkpoint.origin, "vpp.example/golden");
  assert.equal(checkpoint.size, 300);
  assert.equal(encodeBase64(checkpoint.root), noteText(300).split("\n")[2]);
});

test("a head with any one byte flipped is refused", () => {
  const key = parseVerifierKey(VKEY);
  const whole = note(7);
  for (let at = 0; at < whole.length; at += 1) {
    const flipped = whole.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    assert.throws(() => openCheckpoint(flipped, key), LogError, `byte ${at}`);
  }
});

test("a head that another key has signed is refused, and unknown signatures beside a good one are not minded", () => {
  const other = parseVerifierKey(EXAMPLE);
  assert.throws(() => openCheckpoint(note(7), other), code("signature"));
  const cosigned = raw(`${noteText(7)}— witness.example/w ${encodeBase64(new Uint8Array(76))}\n`);
  assert.equal(openCheckpoint(cosigned, parseVerifierKey(VKEY)).size, 7);
});

test("a second, wrong signature of the log's key makes the head refused", () => {
  const line = noteText(7).split("\n").at(-2) ?? "";
  const wrong = noteText(1).split("\n").at(-2) ?? "";
  assert.notEqual(line, wrong);
  assert.throws(() => openCheckpoint(raw(`${noteText(7)}${wrong}\n`), parseVerifierKey(VKEY)), code("signature"));
});

test("text that is no signed note is refused with its reason", () => {
  const key = parseVerifierKey(VKEY);
  const [text = "", lines = ""] = noteText(7).split("\n\n");
  for (const bad of ["", "\n", text, `${text}\n\n`, `${text}\n\n${lines.trimEnd()}`, `${text}\n\nno signature\n`]) {
    assert.throws(() => openCheckpoint(raw(bad), key), code("format"), JSON.stringify(bad));
  }
  assert.throws(() => openCheckpoint(Uint8Array.of(0xff, 0xfe), key), code("format"));
  const line = lines.trimEnd();
  assert.throws(
    () => openCheckpoint(raw(`${text}\n\n${Array<string>(101).fill(line).join("\n")}\n`), key),
    code("format"),
  );
});
