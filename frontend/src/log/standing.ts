/**
 * How a log stands with its witnesses: what this browser has verified where it has, else what the coordinator tells, and
 * which of the two it is.
 */

import { FLATS, type Tally } from "./policy";
import type { Quorum, WitnessView } from "./witnesses";

/** Flats sign within a round trip, and one that failed is asked again after some seconds. */
export const WAIT_MS = 60_000;
/** A quorum that is older than this, while a newer head waits for one, is not a matter of moments any more. */
export const OLD_MS = 600_000;

/** What the coordinator tells; null for what it does not. */
export interface Told {
  readonly cosigners: number | null;
  readonly witnesses: number | null;
  readonly needed: number | null;
  readonly quorum_size: number | null;
  readonly quorum_ms: number | null;
}

export interface Standing {
  /** Of the flats; null where nobody tells. */
  readonly flats: Omit<Tally, "group"> | null;
  /** Of the outside witnesses and any other group, as verified here. */
  readonly others: readonly Tally[];
  /** Whether the numbers were verified in this browser. */
  readonly verifiedHere: boolean;
  readonly quorum: (Quorum & { readonly verifiedHere: boolean }) | null;
  /** Whether the newest head waits for its quorum for longer than witnesses need, or the last quorum is old by then. */
  readonly warning: "waits" | "old" | null;
}

export function standingOf(
  view: WitnessView,
  told: Told | null,
  head: { readonly size: number | null; readonly ageMs: number | null },
  now: number,
): Standing {
  const { status } = view;
  const here = status.kind === "checked";
  const quorum = newerQuorum(view.quorum, told);
  return {
    flats: here ? (status.tally.find(({ group }) => group === FLATS) ?? null) : toldTally(told),
    others: here ? status.tally.filter(({ group }) => group !== FLATS) : [],
    verifiedHere: here,
    quorum,
    // Where nobody has to sign, nothing waits.
    warning: status.kind === "none" || (!here && toldTally(told) === null) ? null : warningOf(quorum, head, now),
  };
}

function toldTally(told: Told | null): Standing["flats"] {
  if (told === null || told.cosigners === null || told.witnesses === null || told.needed === null) return null;
  return told.needed === 0 ? null : { signed: told.cosigners, members: told.witnesses, needed: told.needed };
}

function newerQuorum(seen: Quorum | null, told: Told | null): Standing["quorum"] {
  const { quorum_size: size = null, quorum_ms: ms = null } = told ?? {};
  if (size !== null && ms !== null && size > (seen?.size ?? 0)) return { size, ms, verifiedHere: false };
  return seen === null ? null : { ...seen, verifiedHere: true };
}

function warningOf(
  quorum: Quorum | null,
  head: { readonly size: number | null; readonly ageMs: number | null },
  now: number,
): Standing["warning"] {
  if (head.size === null || head.ageMs === null || head.size <= (quorum?.size ?? 0) || head.ageMs <= WAIT_MS)
    return null;
  return quorum !== null && now - quorum.ms > OLD_MS ? "old" : "waits";
}
