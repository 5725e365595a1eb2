/** Where what is shown of the market and of a wallet is asked for. */

import { fetchFile, fetchJson, fetchProven } from "../api/client";
import { marketRounds, serverCheck, wallet, type MarketRounds, type Wallet } from "../api/market";
import { slotTransfers, type SlotTransfers } from "../api/messages";
import type { Sources } from "./examine";

export interface MarketSources extends Sources {
  readonly rounds: (slot: number) => Promise<MarketRounds>;
  /** What was delivered in a settled slot. */
  readonly settled: (slot: number) => Promise<SlotTransfers>;
}

export type LoadWallet = (flat: string, begin: number, end: number) => Promise<Wallet>;

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

export const loadWallet: LoadWallet = (flat, begin, end) =>
  fetchJson(`api/v1/flats/${encodeURIComponent(flat)}/wallet?begin=${begin}&end=${end}`, wallet);
