/**
 * Checking a growing log from its entries to its signed head, in the reader's own browser.
 *
 * Every entry is hashed anew, compared with the hash in the log's tree, and all hashes together must make the root that
 * the log's key has signed. A later head must continue the one verified before: while the hashes are put together, the
 * tree passes through the size of the earlier head, and its root there must be the earlier root.
 *
 * Work does not repeat: the edge of the tree is kept at multiples of 256, where the log's files divide, so that a later
 * head costs the last, unfinished bundle and what came after it.
 */

import { encodeBase64, decodeBase64, encodeHex, equalBytes } from "./bytes";
import type { BeginReading, EntryReader } from "./entries";
import { LogError } from "./errors";
import { Frontier, hashBytes, leafHash, toHash, type Hash } from "./merkle";
import { openCheckpoint, type Checkpoint, type VerifierKey } from "./note";
import { readSpans, TILE_WIDTH, type LogFiles, type SpanContent } from "./tiles";

/** How many of the newest records can be told to be in the log, by their hash. The page shows fewer. */
const REMEMBERED_ENTRIES = 1024;

/** What a browser keeps from one visit to the next: the head it has verified and an edge to continue from. */
export interface Verified {
  readonly size: number;
  readonly root: Hash;
  /** At multiples of 256 entries, the latest last; at most two, so that some hundred entries behind the head are read anew. */
  readonly edges: readonly Frontier[];
  /** What the reader of the entries has kept; null where nobody has read them yet. */
  readonly notes: string | null;
}

export interface CheckResult {
  readonly checkpoint: Checkpoint;
  /** How many entries were read and hashed for it. */
  readonly hashed: number;
  /** How many entries the head before had, when it was verified that this one continues it. */
  readonly continues: number | null;
}

export type Progress = (done: number, size: number) => void;

export class LogVerifier<R extends EntryReader<R>> {
  private readEntries: R;
  /** SHA-256 of the newest verified entries, in hex, by index: the names of their records. */
  private readonly names = new Map<number, string>();
  /** The size of the head that was verified by reading entries, not only remembered from an earlier visit. */
  private readUpTo: number | null = null;

  constructor(
    private readonly key: VerifierKey,
    private readonly files: LogFiles,
    private readonly begin: BeginReading<R>,
    private known: Verified | null = null,
  ) {
    this.readEntries = this.goOn();
  }

  /** The head verified last; null before the first. */
  get verified(): Verified | null {
    return this.known;
  }

  /** What the entries below the verified head say. */
  get entries(): R {
    return this.readEntries;
  }

  /** Whether the record of this name stands at this index of the verified log; null where that is not remembered. */
  holds(index: number, name: string): boolean | null {
    const known = this.names.get(index);
    return known === undefined ? null : known === name;
  }

  /** Forgets the head verified before, so that a log with another history can be followed from here on. */
  forget(): void {
    this.known = null;
    this.readUpTo = null;
    this.names.clear();
    this.readEntries = this.begin(null);
  }

  /**
   * Verifies a signed head. Nothing is remembered of one that fails.
   *
   * @param note the head as the log has signed it
   * @param all reads every entry anew, not only those after the edge that is known already
   * @throws LogError when the log is wrong, UnreachableError when it could not be read
   */
  async check(note: Uint8Array, all = false, progress: Progress = () => undefined): Promise<CheckResult> {
    const checkpoint = openCheckpoint(note, this.key);
    const known = this.known;
    if (known !== null) compareHeads(known, checkpoint);
    if (!all && known !== null && checkpoint.size === known.size && this.readUpTo === known.size) {
      // The roots are equal, and what lies below was read: the same head again.
      return { checkpoint, hashed: 0, continues: known.size };
    }
    const start = all ? Frontier.EMPTY : (known?.edges[0] ?? Frontier.EMPTY);
    const reader = start.size === 0 ? this.begin(null) : this.readEntries.copy();
    const edges = start.size === 0 ? [] : [start];
    const names = new Map<number, string>();
    let edge = start;
    for await (const content of readSpans(this.files, start.size, checkpoint.size)) {
      const leaves = checkLeaves(content);
      nameEntries(content, checkpoint.size - REMEMBERED_ENTRIES, names);
      content.entries.forEach((entry, at) => reader.take(content.span.index * TILE_WIDTH + at, entry));
      if (known !== null) checkContinues(edge, leaves, known);
      edge = edge.append(leaves);
      if (content.span.width === TILE_WIDTH) edges.push(edge);
      if (edges.length > 2) edges.shift();
      progress(edge.size, checkpoint.size);
    }
    if (!equalBytes(edge.root(), checkpoint.root)) {
      // With entries that this browser has not read again, it may be them: only all of them tell a fork from a wrong root.
      if (start.size > 0) return this.check(note, true, progress);
      throw new LogError("root", `the ${checkpoint.size} entries make another root than the signed one`);
    }
    this.readEntries = reader;
    this.known = { size: checkpoint.size, root: checkpoint.root, edges, notes: reader.encode() };
    this.readUpTo = checkpoint.size;
    this.remember(names, checkpoint.size);
    return { checkpoint, hashed: checkpoint.size - start.size, continues: known?.size ?? null };
  }

  /** Goes on from what was kept, where all of it was: without the notes, every entry is read again. */
  private goOn(): R {
    const { known } = this;
    if (known === null) return this.begin(null);
    try {
      if (known.notes !== null) return this.begin(known.notes);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      console.warn(error.message);
    }
    this.known = { ...known, edges: [], notes: null };
    return this.begin(null);
  }

  private remember(names: ReadonlyMap<number, string>, size: number): void {
    for (const [index, name] of names) this.names.set(index, name);
    for (const index of this.names.keys()) {
      if (index < size - REMEMBERED_ENTRIES) this.names.delete(index);
    }
  }
}

/** The hashes of a span's entries, each compared with the one in the tree. */
function checkLeaves({ span, entries, tile }: SpanContent): Hash[] {
  return entries.map((entry, at) => {
    const leaf = leafHash(entry);
    const stored = tile[at];
    if (stored === undefined || !equalBytes(leaf, stored)) {
      const index = span.index * TILE_WIDTH + at;
      throw new LogError("entry", `entry ${index} is not the one whose hash stands in the tree`, index);
    }
    return leaf;
  });
}

/** Notes the names of a span's records, from index `from` on. */
function nameEntries({ span, entries }: SpanContent, from: number, names: Map<number, string>): void {
  entries.forEach((entry, at) => {
    const index = span.index * TILE_WIDTH + at;
    if (index >= from) names.set(index, encodeHex(hashBytes(entry)));
  });
}

/** What two heads tell before any entry is read. */
function compareHeads(known: Verified, head: Checkpoint): void {
  if (head.size < known.size) {
    throw new LogError("shrunk", `the log has ${head.size} entries; it had ${known.size} when last verified`);
  }
  if (head.size === known.size && !equalBytes(head.root, known.root)) {
    throw new LogError("fork", `the log has signed two different roots over ${head.size} entries`);
  }
}

/** Compares the root at the known head's size with the known root, when that size is reached within these leaves. */
function checkContinues(edge: Frontier, leaves: readonly Hash[], known: Verified): void {
  const until = known.size - edge.size;
  if (until < 0 || until > leaves.length) return;
  if (!equalBytes(edge.append(leaves.slice(0, until)).root(), known.root)) {
    throw new LogError("fork", `the first ${known.size} entries are not those that were verified before`);
  }
}

// --- From one visit to the next -----------------------------------------------------------------------------------

/** What was verified, and by which key the log is known. */
export interface Remembered {
  readonly logKey: string;
  readonly verified: Verified;
}

export function encodeRemembered({ logKey, verified: { size, root, edges, notes } }: Remembered): string {
  return JSON.stringify({
    logKey,
    size,
    root: encodeBase64(root),
    edges: edges.map((edge) => ({ size: edge.size, peaks: edge.peaks.map(encodeBase64) })),
    notes,
  });
}

/** The inverse of `encodeRemembered`. */
export function decodeRemembered(text: string): Remembered {
  const { logKey, size, root, edges, notes = null } = parseJson(text);
  if (
    typeof logKey !== "string" ||
    typeof size !== "number" ||
    !Number.isSafeInteger(size) ||
    !Array.isArray(edges) ||
    edges.length > 2 ||
    (notes !== null && typeof notes !== "string")
  ) {
    throw new LogError("format", "what was kept of the log is not readable");
  }
  return {
    logKey,
    verified: { size, root: decodeHash(root), edges: edges.map((edge) => decodeEdge(edge, size)), notes },
  };
}

function decodeEdge(value: unknown, most: number): Frontier {
  const { size, peaks } = (value ?? {}) as { size?: unknown; peaks?: unknown };
  if (typeof size !== "number" || size > most || size % TILE_WIDTH !== 0 || !Array.isArray(peaks)) {
    throw new LogError("format", "what was kept of the log's edge is not readable");
  }
  return new Frontier(size, peaks.map(decodeHash));
}

function decodeHash(value: unknown): Hash {
  if (typeof value !== "string") throw new LogError("format", "what was kept of the log is not readable");
  return toHash(decodeBase64(value, "a hash that was kept"));
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LogError("format", "what was kept of the log is not JSON");
  }
  if (typeof value !== "object" || value === null)
    throw new LogError("format", "what was kept of the log is no object");
  return value as Record<string, unknown>;
}
