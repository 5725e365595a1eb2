/** The rows of a wallet: what each is a sum of, and which records of a slot its part of that slot rests on. */

import type { Wallet, WalletSlot } from "../api/market";
import type { Format } from "../i18n/format";
import type { Messages } from "../i18n/ja";

export type RowKey = keyof Messages["wallet"]["rows"];
export type RecordKind = keyof WalletSlot["records"];

/** A wallet's sums, or one slot of them. */
type Sums = Omit<Wallet, "flat">;

export interface Row {
  readonly key: RowKey;
  readonly value: (of: Sums) => number | null;
  readonly written: (value: number | null, f: Format) => string;
  /** In how many of its slots it is known, where it may be unknown in some. */
  readonly known?: (of: Sums) => number;
  readonly records: readonly RecordKind[];
  /** Whether it is money at the building's prices. */
  readonly priced?: boolean;
}

const METER = ["meter"] as const;
const AGREED = ["orders", "cleared"] as const;
const MOVED = ["meter", "transfers", "settled"] as const;

const energy = (value: number | null, f: Format): string => f.kilowattHours(value);
const amount = (value: number | null, f: Format): string => f.exactMoney(value ?? 0);
const balance = (value: number | null, f: Format): string => f.money(value);

export const ROWS: readonly Row[] = [
  {
    key: "generated",
    value: (of) => (of.generated_slots === 0 ? null : of.generated_wh),
    known: (of) => of.generated_slots,
    written: energy,
    records: METER,
  },
  {
    key: "consumed",
    value: (of) => (of.consumed_slots === 0 ? null : of.consumed_wh),
    known: (of) => of.consumed_slots,
    written: energy,
    records: METER,
  },
  { key: "imported", value: (of) => of.import_wh, written: energy, records: METER },
  { key: "exported", value: (of) => of.export_wh, written: energy, records: METER },
  { key: "tradedBought", value: (of) => of.traded_bought_wh, written: energy, records: AGREED },
  { key: "bought", value: (of) => of.bought_wh, written: energy, records: MOVED },
  { key: "tradedSold", value: (of) => of.traded_sold_wh, written: energy, records: AGREED },
  { key: "sold", value: (of) => of.sold_wh, written: energy, records: MOVED },
  { key: "sharedIn", value: (of) => of.shared_in_wh, written: energy, records: MOVED },
  { key: "sharedOut", value: (of) => of.shared_out_wh, written: energy, records: MOVED },
  { key: "paid", value: (of) => of.paid, written: amount, records: MOVED },
  { key: "earned", value: (of) => of.earned, written: amount, records: MOVED },
  { key: "grid", value: (of) => of.grid_money, written: balance, records: MOVED, priced: true },
  { key: "saved", value: (of) => of.saved, written: balance, records: MOVED, priced: true },
];

/** The days of a time, in seconds, by the reader's own calendar. */
export function daysBetween(begin: number, end: number): readonly { readonly begin: number; readonly end: number }[] {
  const found = [];
  for (let from = begin; from < end;) {
    const day = new Date(from * 1000);
    const to = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime() / 1000;
    found.push({ begin: from, end: to });
    from = to;
  }
  return found;
}
