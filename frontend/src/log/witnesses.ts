/**
 * Follows the witnesses of a log: which of them have signed its newest head, worked out here from the signatures
 * themselves. The policy that names them comes from the coordinator: the first one that asks for anybody is pinned, and
 * goes on to count until the reader takes over another.
 */

import { verifyCosignatures } from "./cosignature";
import { LogError, NoSuchFileError, UnreachableError } from "./errors";
import {
  decodeUtf8,
  openCheckpoint,
  parseNote,
  parseSignatureLines,
  type SignatureLine,
  type VerifierKey,
} from "./note";
import { changeOf, readPinned, type NamedKey, type PolicyChange } from "./pin";
import { Policy, type Tally } from "./policy";
import type { LogFiles } from "./tiles";
import type { Keeper } from "./watch";

/** Signatures come within moments of each other: so long is waited before they are all read again. */
const PAUSE_MS = 1_500;

export type WitnessStatus =
  | { readonly kind: "waiting" }
  /** The building has no witnesses yet. */
  | { readonly kind: "none" }
  | {
      readonly kind: "checked";
      readonly size: number;
      readonly met: boolean;
      readonly tally: readonly Tally[];
      /** By their names in the policy. */
      readonly wrong: readonly string[];
      readonly unread: readonly string[];
    }
  | { readonly kind: "unreachable"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

/** A head that enough witnesses have signed, and since when by what they say themselves. */
export interface Quorum {
  readonly size: number;
  readonly ms: number;
}

export interface WitnessView {
  readonly status: WitnessStatus;
  /** The newest that was seen since the page was opened. */
  readonly quorum: Quorum | null;
  /** How the policy that is served differs from the pinned one, which counts; null when it does not. */
  readonly change: PolicyChange | null;
}

export const NO_WITNESS_VIEW: WitnessView = { status: { kind: "waiting" }, quorum: null, change: null };

export class WitnessWatch {
  private view = NO_WITNESS_VIEW;
  private policyNow: Policy | "none" | "unknown" = "unknown";
  private running: Promise<void> | null = null;
  private again = false;
  /** The text of the policy as it was served last. */
  private served = "";

  constructor(
    private readonly key: VerifierKey,
    private readonly files: LogFiles,
    private readonly pin: Keeper,
    private readonly named: NamedKey,
    private readonly show: (view: WitnessView) => void,
    private readonly pauseMs = PAUSE_MS,
  ) {}

  /** The policy that counts. */
  get policy(): Policy | "none" | "unknown" {
    return this.policyNow;
  }

  /** Whether another policy is served than the one that counts. */
  get policyChanged(): boolean {
    return this.view.change !== null;
  }

  /** Takes the policy over that is served now. */
  async acceptPolicy(): Promise<void> {
    this.pin.save(this.served);
    this.view = { ...this.view, quorum: null };
    await this.refresh();
  }

  /** Reads policy, head and signatures anew: at once, or when the reading that goes on has ended. */
  refresh(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.again) {
      this.again = false;
      await this.readOnce();
      if (this.again) await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    }
  }

  private async readOnce(): Promise<void> {
    try {
      const policy = await this.readPolicy();
      this.policyNow = policy;
      if (policy === "none" || policy.asksForNobody) this.update({ status: { kind: "none" } });
      else await this.check(policy);
    } catch (error) {
      if (error instanceof UnreachableError) this.update({ status: { kind: "unreachable", detail: error.message } });
      else if (error instanceof LogError) this.update({ status: { kind: "failed", detail: error.message } });
      // There is no head before the first entry.
      else if (error instanceof NoSuchFileError) this.update({ status: { kind: "waiting" } });
      else throw error;
    }
  }

  private async readPolicy(): Promise<Policy | "none"> {
    const data = await this.readIfThere("policy");
    const served = data === null ? "none" : Policy.parse(data);
    this.served = data === null ? "" : decodeUtf8(data, "the policy");
    const text = this.pin.load();
    const pinned = readPinned(text);
    if (text === null || pinned === null || pinned.asksForNobody) {
      // A policy that asks for nobody is nothing to hold on to.
      if (served !== "none" && !served.asksForNobody) this.pin.save(this.served);
      this.update({ change: null });
      return served;
    }
    const same = text === this.served;
    const change = same ? null : changeOf({ text, policy: pinned }, { text: this.served, policy: served }, this.named);
    this.update({ change });
    return pinned;
  }

  private async check(policy: Policy): Promise<void> {
    const note = await this.files.read("checkpoint");
    const { size } = openCheckpoint(note, this.key);
    const { text, lines } = parseNote(note);
    const more = await this.readIfThere(`cosignatures/${size}`);
    // The published head shows 16 of them at most.
    const all: SignatureLine[] = more === null ? lines : [...lines, ...parseSignatureLines(more)];
    const { times, wrong, unread } = verifyCosignatures(text, all, policy);
    const signed = new Set(times.keys());
    const metAt = policy.metAt(times);
    const before = this.view.quorum;
    this.update({
      status: { kind: "checked", size, met: metAt !== null, tally: policy.tally(signed), wrong, unread },
      quorum: metAt === null || (before !== null && before.size > size) ? before : { size, ms: metAt * 1000 },
    });
  }

  private async readIfThere(path: string): Promise<Uint8Array | null> {
    try {
      return await this.files.read(path);
    } catch (error) {
      if (error instanceof NoSuchFileError) return null;
      throw error;
    }
  }

  private update(change: Partial<WitnessView>): void {
    this.view = { ...this.view, ...change };
    this.show(this.view);
  }
}
