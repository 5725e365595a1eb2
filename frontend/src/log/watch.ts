/**
 * Follows the log of a building: verifies each head that comes, one at a time, the newest first to be waited for, and
 * keeps what was verified for the next visit.
 */

import { encodeBase64 } from "./bytes";
import type { BeginReading, EntryReader } from "./entries";
import { LogError, UnreachableError, type LogErrorCode } from "./errors";
import { parseVerifierKey } from "./note";
import type { LogFiles } from "./tiles";
import { decodeRemembered, encodeRemembered, LogVerifier, type CheckResult, type Remembered } from "./verify";

/** Progress is shown so often at most, and of a log that was verified before not until so long. */
const SHOWN_EVERY_MS = 250;

export type LogStatus =
  | { readonly kind: "waiting" }
  | { readonly kind: "checking"; readonly done: number; readonly size: number }
  | {
      readonly kind: "verified";
      readonly size: number;
      readonly hashed: number;
      readonly milliseconds: number;
      readonly continues: number | null;
    }
  | { readonly kind: "unreachable"; readonly detail: string }
  | {
      readonly kind: "failed";
      readonly code: LogErrorCode;
      readonly index: number | null;
      readonly detail: string;
    };

/** What the head says of itself; what it is worth, the status tells. */
export interface ClaimedHead {
  readonly origin: string;
  readonly size: string;
  readonly root: string;
}

export interface LogView {
  readonly status: LogStatus;
  readonly head: ClaimedHead | null;
  /** How often a check has failed since the page was opened, and when last. */
  readonly failures: number;
  readonly lastFailure: number | null;
}

export const UNWATCHED: LogView = { status: { kind: "waiting" }, head: null, failures: 0, lastFailure: null };

/** Where one text is kept from visit to visit. */
export interface Keeper {
  load(): string | null;
  save(text: string): void;
}

/** A head to be verified: the signed note, and what a message said that is in it. */
export interface Announced {
  readonly note: Uint8Array;
  readonly size: number | null;
  readonly root: string | null;
}

export class LogWatch<R extends EntryReader<R>> {
  private readonly verifier: LogVerifier<R>;
  /** Whether this browser knows the log by another key: then nothing is verified until that one is forgotten. */
  private strangeKey: boolean;
  private readonly rememberedKey: string | null;
  private next: { head: Announced; all: boolean } | null = null;
  private running = false;

  constructor(
    private readonly logKey: string,
    private readonly files: LogFiles,
    begin: BeginReading<R>,
    private readonly keeper: Keeper,
    private view: LogView,
    private readonly show: (view: LogView) => void,
  ) {
    const remembered = restore(keeper);
    this.rememberedKey = remembered?.logKey ?? null;
    this.strangeKey = remembered !== null && remembered.logKey !== logKey;
    this.verifier = new LogVerifier(
      parseVerifierKey(logKey),
      files,
      begin,
      remembered === null || this.strangeKey ? null : remembered.verified,
    );
  }

  /** The key that this browser knows the log by, whatever the coordinator says now. */
  get trustedKey(): string {
    return this.strangeKey ? (this.rememberedKey ?? this.logKey) : this.logKey;
  }

  /** What the verified entries say. */
  get entries(): R {
    return this.verifier.entries;
  }

  holds(index: number, name: string): boolean | null {
    return this.verifier.holds(index, name);
  }

  /** Verifies the head that the coordinator serves now. */
  async refresh(all = false): Promise<void> {
    try {
      this.follow({ note: await this.files.read("checkpoint"), size: null, root: null }, all);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Takes the log as it is now for the one to follow, whatever was verified before. */
  async forget(): Promise<void> {
    this.verifier.forget();
    this.strangeKey = false;
    await this.refresh(true);
  }

  follow(head: Announced, all = false): void {
    // A head that waits is superseded by a newer one, but a wish to read everything is not.
    this.next = { head, all: all || (this.next?.all ?? false) };
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.next !== null) {
      const { head, all } = this.next;
      this.next = null;
      try {
        await this.check(head, all);
      } catch (error) {
        this.fail(error);
      }
    }
    this.running = false;
  }

  private async check(announced: Announced, all: boolean): Promise<void> {
    this.update({ head: claimOf(announced.note) });
    if (this.strangeKey) throw new LogError("key", `the building names the key ${this.logKey}`);
    const begin = performance.now();
    const { status } = this.view;
    let shown = status.kind === "verified" ? begin : -Infinity;
    const result = await this.checkOrAskAgain(announced, all, (done, size) => {
      if (performance.now() - shown < SHOWN_EVERY_MS) return;
      shown = performance.now();
      this.update({ status: { kind: "checking", done, size } });
    });
    const { checkpoint, hashed, continues } = result;
    const { size, root } = announced;
    if ((size !== null && size !== checkpoint.size) || (root !== null && root !== encodeBase64(checkpoint.root))) {
      throw new LogError("root", "the head that was announced is not the one that is signed");
    }
    // The same head again, as after a reconnection: what was found of it still stands.
    if (status.kind === "verified" && status.size === checkpoint.size && hashed === 0 && checkpoint.size > 0) return;
    const milliseconds = performance.now() - begin;
    this.update({ status: { kind: "verified", size: checkpoint.size, hashed, milliseconds, continues } });
    const { verified } = this.verifier;
    if (verified !== null) this.keeper.save(encodeRemembered({ logKey: this.logKey, verified }));
  }

  private async checkOrAskAgain(
    announced: Announced,
    all: boolean,
    progress: (done: number, size: number) => void,
  ): Promise<CheckResult> {
    try {
      return await this.verifier.check(announced.note, all, progress);
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== "shrunk") throw error;
      // A head that was fetched may have been overtaken by one that was announced: what counts is the present one.
      return await this.verifier.check(await this.files.read("checkpoint"), all, progress);
    }
  }

  private fail(error: unknown): void {
    if (error instanceof UnreachableError) {
      // What was verified stays so: a log that cannot be read now says nothing about it.
      if (this.view.status.kind !== "failed") this.update({ status: { kind: "unreachable", detail: error.message } });
      return;
    }
    const known = error instanceof LogError ? error : new LogError("missing", String(error));
    this.update({
      status: { kind: "failed", code: known.code, index: known.index, detail: known.message },
      failures: this.view.failures + 1,
      lastFailure: Date.now(),
    });
  }

  private update(change: Partial<LogView>): void {
    this.view = { ...this.view, ...change };
    this.show(this.view);
  }
}

function restore(keeper: Keeper): Remembered | null {
  const text = keeper.load();
  if (text === null) return null;
  try {
    return decodeRemembered(text);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    // What this browser kept is broken: the log is verified from its first entry again.
    console.warn(error.message);
    return null;
  }
}

function claimOf(note: Uint8Array): ClaimedHead {
  const [origin = "", size = "", root = ""] = new TextDecoder().decode(note).split("\n");
  return { origin: origin.slice(0, 200), size: size.slice(0, 20), root: root.slice(0, 44) };
}
