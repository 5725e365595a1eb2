/** What the rounds of a slot have traded, and what they have left over. */

import type { Round } from "../api/market";

export interface Left {
  /** Wh that nobody has bought. */
  readonly offered: number;
  /** Wh that nobody has sold. */
  readonly wanted: number;
}

/**
 * What of a round's orders it has not traded; null while that is not known: it goes on, or its orders are kept no
 * longer. A result that nobody has agreed to has traded nothing.
 */
export function leftOf({ outcome, orders }: Pick<Round, "outcome" | "orders">): Left | null {
  if (outcome === null || (outcome === "traded" && orders.length === 0)) return null;
  const left = { offered: 0, wanted: 0 };
  for (const { side, wh, filled_wh } of orders) {
    const rest = outcome === "traded" ? wh - (filled_wh ?? 0) : wh;
    if (side === "ask") left.offered += rest;
    else left.wanted += rest;
  }
  return left;
}

/** The Wh that rounds have traded together; null where one that counts does not tell how many. */
export function together(rounds: readonly Pick<Round, "outcome" | "energy_wh">[]): number | null {
  let sum = 0;
  for (const { outcome, energy_wh } of rounds) {
    if (outcome !== "traded") continue;
    if (energy_wh === null) return null;
    sum += energy_wh;
  }
  return sum;
}
