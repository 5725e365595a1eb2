/** Reading what entries say while the log over them is verified. The check of the log itself does not need to know. */

/** Takes in entries in their order. What it has taken counts only once the head over them has verified. */
export interface EntryReader<Self> {
  take(index: number, entry: Uint8Array): void;
  /** One that goes on by itself. */
  copy(): Self;
  /** What it has taken in, as text for the next visit. */
  encode(): string;
}

/** Begins to read: from nothing, or from what was kept. Throws `LogError` when that is not readable. */
export type BeginReading<R extends EntryReader<R>> = (kept: string | null) => R;
