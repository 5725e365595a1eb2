/** Where what is shown of the market and of a wallet is asked for. */

import { fetchFile, fetchJson, fetchProven } from "../api/client";
import {
  marketRounds,
  serverCheck,
  wallet,
  walletSlots,
  type MarketRounds,
  type Wallet,
  type WalletSlot,
} from "../api/market";
import { slotTransfers, type SlotTransfers } from "../api/messages";
import type { Sources } from "./examine";

export interface MarketSources extends Sources {
  readonly rounds: (slot: number) => Promise<MarketRounds>;
  /** What was delivered in a settled slot. */
  readonly settled: (slot: number) => Promise<SlotTransfers>;
}

/** Where a wallet is asked for: its sums over a time, and the slots of one day that they are of. */
export interface WalletSource {
  /** `traded`: with what was traded, which is told for two days at most, and takes the server a while. */
  readonly sums: (flat: string, begin: number, end: number, traded: boolean) => Promise<Wallet>;
  readonly slots: (flat: string, begin: number, end: number) => Promise<readonly WalletSlot[]>;
}

export function marketSources(known: Sources["known"]): MarketSources {
  const slots = "api/v1/market/slots";
  return {
    rounds: (slot) => fetchJson(`${slots}/${slot}`, marketRounds),
    settled: (slot) => fetchJson(`api/v1/slots/${slot}`, slotTransfers),
    document: (slot, round, which) => fetchFile(`${slots}/${slot}/rounds/${round}/${which}`),
    server: (slot, round) => fetchJson(`${slots}/${slot}/rounds/${round}/check`, serverCheck),
    proven: fetchProven,
    known,
  };
}

export const walletSource: WalletSource = {
  sums: (flat, begin, end, traded) =>
    fetchJson(`${walletOf(flat)}?begin=${begin}&end=${end}&traded=${traded ? 1 : 0}`, wallet),
  slots: async (flat, begin, end) =>
    (await fetchJson(`${walletOf(flat)}/slots?begin=${begin}&end=${end}`, walletSlots)).slots,
};

function walletOf(flat: string): string {
  return `api/v1/flats/${encodeURIComponent(flat)}/wallet`;
}
