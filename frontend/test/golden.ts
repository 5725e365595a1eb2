/** The log that the Python side made: its key, its signed heads and its files. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { NoSuchFileError } from "../src/log/errors";
import type { LogFiles } from "../src/log/tiles";

interface Golden {
  readonly vkey: string;
  readonly notes: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

// The tests run bundled, from another folder: the package's own is where they were started.
const golden = JSON.parse(readFileSync(join(process.cwd(), "test/golden/log.json"), "utf8")) as Golden;

export const VKEY = golden.vkey;

export function noteText(size: number): string {
  const note = golden.notes[String(size)];
  if (note === undefined) throw new Error(`no golden head of ${size} entries`);
  return note;
}

export function note(size: number): Uint8Array {
  return new TextEncoder().encode(noteText(size));
}

/** Files in memory, to be read, counted and broken. */
export class MemoryFiles implements LogFiles {
  readonly reads: string[] = [];
  private readonly files = new Map(
    Object.entries(golden.files).map(([path, content]) => [
      path,
      new Uint8Array(Buffer.from(content, "base64")) as Uint8Array,
    ]),
  );

  async read(path: string): Promise<Uint8Array> {
    this.reads.push(path);
    const data = this.files.get(path);
    if (data === undefined) throw new NoSuchFileError(path);
    return data.slice();
  }

  remove(path: string): void {
    if (!this.files.delete(path)) throw new Error(`no ${path}`);
  }

  change(path: string, change: (data: Uint8Array) => Uint8Array): void {
    const data = this.files.get(path);
    if (data === undefined) throw new Error(`no ${path}`);
    this.files.set(path, change(data.slice()));
  }

  flip(path: string, at: number): void {
    this.change(path, (data) => {
      data[at] = (data[at] ?? 0) ^ 1;
      return data;
    });
  }
}
