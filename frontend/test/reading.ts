/** A reader of entries that reads nothing, for tests of the log alone, and one that notes which it was told of. */

import type { EntryReader } from "../src/log/entries";
import { LogError } from "../src/log/errors";

export class Indexes implements EntryReader<Indexes> {
  constructor(readonly seen: readonly number[] = []) {}

  private added: number[] = [];

  get all(): readonly number[] {
    return [...this.seen, ...this.added];
  }

  take(index: number): void {
    this.added.push(index);
  }

  copy(): Indexes {
    return new Indexes(this.all);
  }

  encode(): string {
    return JSON.stringify(this.all);
  }
}

export const beginIndexes = (kept: string | null): Indexes => {
  if (kept === "broken") throw new LogError("format", "broken");
  return new Indexes(kept === null ? [] : (JSON.parse(kept) as number[]));
};
