/**
 * The tree of RFC 6962 and RFC 9162 section 2.1 (December 2021), SHA-256.
 *
 * The hashes come from a library in the bundle: the browser's own are only there on HTTPS, and a page in a
 * building's network has none. Where it has them, a record's proof is hashed by both (`etp/browser.ts`).
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { concatBytes } from "./bytes";
import { LogError } from "./errors";

export const HASH_BYTES = 32;

export type Hash = Uint8Array & { readonly __hash: true };
/** What a node's hash is of, from the hash of the one child. */
export type NodeOf = (child: Hash) => Uint8Array;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function toHash(raw: Uint8Array): Hash {
  if (raw.length !== HASH_BYTES) throw new LogError("format", `a hash has ${HASH_BYTES} bytes, not ${raw.length}`);
  return raw as Hash;
}

export function hashBytes(data: Uint8Array): Hash {
  return sha256(data) as Uint8Array as Hash;
}

/** What a leaf's hash is of. */
export function leafOf(entry: Uint8Array): Uint8Array {
  return concatBytes(LEAF, entry);
}

export function leafHash(entry: Uint8Array): Hash {
  return hashBytes(leafOf(entry));
}

function nodeOf(left: Hash, right: Hash): Uint8Array {
  return concatBytes(NODE, left, right);
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return hashBytes(nodeOf(left, right));
}

/** The root of a log without entries. */
export const EMPTY_ROOT: Hash = hashBytes(new Uint8Array());

/**
 * The growing edge of the tree: the complete subtrees that stand side by side in it, largest first, as many as there
 * are one-bits in its size. A value: `append` returns the next one.
 */
export class Frontier {
  static readonly EMPTY = new Frontier(0, []);

  constructor(
    readonly size: number,
    readonly peaks: readonly Hash[],
  ) {
    if (!Number.isSafeInteger(size) || size < 0 || peaks.length !== countOnes(size)) {
      throw new LogError("format", `a tree of ${size} entries does not have ${peaks.length} complete subtrees`);
    }
  }

  append(leaves: readonly Hash[]): Frontier {
    const peaks = [...this.peaks];
    let size = this.size;
    for (const leaf of leaves) {
      let hash = leaf;
      // Every trailing one-bit of the size is a subtree that the new leaf completes.
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const left = peaks.pop();
        if (left === undefined) throw new Error("bad math in Frontier.append");
        hash = nodeHash(left, hash);
      }
      peaks.push(hash);
      size += 1;
    }
    return new Frontier(size, peaks);
  }

  root(): Hash {
    return this.peaks.length === 0 ? EMPTY_ROOT : this.peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/**
 * What is hashed for each node of an inclusion path, given the hash so far: by whom is another matter.
 * From the leaf to the root (RFC 9162 section 2.1.3.2); null when the path has not the one possible length.
 * Requires 0 <= index < size.
 */
export function inclusionNodes(size: number, index: number, path: readonly Hash[]): readonly NodeOf[] | null {
  const nodes: NodeOf[] = [];
  let [at, last] = [index, size - 1];
  for (const sibling of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      nodes.push((hash) => nodeOf(sibling, hash));
      // The right edge has no sibling on these levels.
      for (; at % 2 === 0 && at > 0; last = Math.floor(last / 2)) at = at / 2;
    } else {
      nodes.push((hash) => nodeOf(hash, sibling));
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? nodes : null;
}

/** The root to which an inclusion path leads. */
export function rootFrom(leaf: Hash, nodes: readonly NodeOf[]): Hash {
  return nodes.reduce((hash, node) => hashBytes(node(hash)), leaf);
}

function countOnes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
