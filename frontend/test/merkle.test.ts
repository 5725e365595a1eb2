import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeBase64, encodeHex } from "../src/log/bytes";
import { EMPTY_ROOT, Frontier, leafHash, nodeHash, type Hash } from "../src/log/merkle";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("hashes are those of RFC 6962 as other implementations make them", () => {
  assert.equal(encodeHex(EMPTY_ROOT), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.match(encodeHex(leafHash(bytes(""))), /^6e340b9c.*a01d$/);
  assert.match(encodeHex(leafHash(bytes("L123456"))), /^395aa064.*4d56$/);
  assert.match(encodeHex(nodeHash(bytes("N123") as Hash, bytes("N456") as Hash)), /^aa217fe8.*6bbb$/);
  assert.equal(encodeBase64(leafHash(bytes("hello world"))), "TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=");
});

/** RFC 9162 section 2.1.1 word for word. */
function definition(leaves: readonly Hash[]): Hash {
  const [only] = leaves;
  if (only === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

test("a growing edge has the root of the definition at every size, however it was grown", () => {
  const leaves = Array.from({ length: 70 }, (_, n) => leafHash(Uint8Array.of(n)));
  let frontier = Frontier.EMPTY;
  for (let size = 0; size <= leaves.length; size += 1) {
    assert.deepEqual(frontier.root(), definition(leaves.slice(0, size)), `size ${size}`);
    assert.deepEqual(Frontier.EMPTY.append(leaves.slice(0, size)), frontier);
    frontier = frontier.append(leaves.slice(size, size + 1));
  }
});

test("an edge with another number of subtrees than its size has ones is refused", () => {
  const leaf = leafHash(Uint8Array.of(1));
  assert.throws(() => new Frontier(3, [leaf]), /3 entries does not have 1/);
  assert.throws(() => new Frontier(-1, []), /does not have/);
  assert.equal(new Frontier(2 ** 40, [leaf]).append([leaf]).peaks.length, 2);
});
