/**
 * The files of a log: which there are, and what is in them.
 *
 * Specification: C2SP tlog-tiles v0.1.0 (August 2024) with its text as of November 2026.
 */

import { LogError, NoSuchFileError } from "./errors";
import { HASH_BYTES, toHash, type Hash } from "./merkle";

/** The specification fixes the width of a tile and of an entry bundle. */
export const TILE_WIDTH = 256;

/** A place in the tree of leaves: `width` of them, the first being number `index * 256`. */
export interface Span {
  readonly index: number;
  readonly width: number;
}

/** Where the files of a log are. Rejects with `NoSuchFileError` or `UnreachableError`. What it gives is not trusted. */
export interface LogFiles {
  read(path: string): Promise<Uint8Array>;
}

/** The spans of a log of `size` entries from the one that starts at `first`, a multiple of 256. */
export function* spans(first: number, size: number): Generator<Span> {
  for (let begin = first; begin < size; begin += TILE_WIDTH) {
    yield { index: begin / TILE_WIDTH, width: Math.min(TILE_WIDTH, size - begin) };
  }
}

export function tilePath(level: number, span: Span): string {
  return `tile/${level}/${placeOf(span)}`;
}

export function bundlePath(span: Span): string {
  return `tile/entries/${placeOf(span)}`;
}

export function parseTile(data: Uint8Array, width: number, path: string): Hash[] {
  if (data.length !== width * HASH_BYTES) {
    throw new LogError("format", `${path} has ${data.length} bytes, not ${width * HASH_BYTES}`);
  }
  return Array.from({ length: width }, (_, at) => toHash(data.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES)));
}

/** Reads a bundle of exactly `width` entries, each after its length in 16 bits, high byte first. */
export function parseBundle(data: Uint8Array, width: number, path: string): Uint8Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  for (let number = 0; number < width; number += 1) {
    const begin = at + 2;
    if (begin > data.length || begin + view.getUint16(at) > data.length) {
      throw new LogError("format", `${path} ends inside its entry ${number} of ${width}`);
    }
    at = begin + view.getUint16(at);
    entries.push(data.slice(begin, at));
  }
  if (at !== data.length) throw new LogError("format", `${path} has ${data.length - at} bytes after its entries`);
  return entries;
}

export interface SpanContent {
  readonly span: Span;
  readonly entries: readonly Uint8Array[];
  /** The stored hashes of the entries, from the tile at level 0. */
  readonly tile: readonly Hash[];
}

/** So many spans are asked for before they are needed: a server in the same building answers faster than one can hash. */
const AHEAD = 4;

/** Reads the bundles and tiles of a log of `size` entries in their order, from the span that starts at `first`. */
export async function* readSpans(files: LogFiles, first: number, size: number): AsyncGenerator<SpanContent> {
  const waiting: Promise<SpanContent>[] = [];
  for (const span of spans(first, size)) {
    const content = Promise.all([readBundle(files, span), readTile(files, 0, span)]).then(([entries, tile]) => ({
      span,
      entries,
      tile,
    }));
    // Whoever waits for it hears of its failure; when an earlier one has failed, nobody does.
    content.catch(() => undefined);
    waiting.push(content);
    if (waiting.length > AHEAD) yield await (waiting.shift() as Promise<SpanContent>);
  }
  for (const content of waiting) yield await content;
}

export async function readBundle(files: LogFiles, span: Span): Promise<Uint8Array[]> {
  const { data, width, path } = await readSpan(files, span, bundlePath);
  return parseBundle(data, width, path).slice(0, span.width);
}

export async function readTile(files: LogFiles, level: number, span: Span): Promise<Hash[]> {
  const { data, width, path } = await readSpan(files, span, (place) => tilePath(level, place));
  return parseTile(data, width, path).slice(0, span.width);
}

/** A log may delete a partial file once the full one is there: then the full one is read. */
async function readSpan(
  files: LogFiles,
  span: Span,
  pathOf: (span: Span) => string,
): Promise<{ data: Uint8Array; width: number; path: string }> {
  const full = { index: span.index, width: TILE_WIDTH };
  const wanted = span.width === TILE_WIDTH ? [full] : [span, full];
  for (const place of wanted) {
    const path = pathOf(place);
    try {
      return { data: await files.read(path), width: place.width, path };
    } catch (error) {
      if (!(error instanceof NoSuchFileError)) throw error;
    }
  }
  throw new LogError("missing", `the log has signed for ${pathOf(span)} and does not have it`);
}

function placeOf({ index, width }: Span): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  const place = groups.join("/");
  return width === TILE_WIDTH ? place : `${place}.p/${width}`;
}
