/** What the coordinator tells of the market and of a flat's wallet. Prices in 0.01 yen/kWh, money in 10⁻⁵ yen. */

import { DecodeError, count, integer, list, nullable, object, text, type Decoded, type Decoder } from "./decode";

const summary = {
  number: count,
  seconds: count,
  closed_ms: integer,
  log_size: count,
  stage: text,
  /** "traded" or "sharing_key"; null while it goes on. */
  outcome: nullable(text),
  why: nullable(text),
  voters: count,
  needed: count,
  /** SHA-256 of the documents. */
  book: nullable(text),
  result: nullable(text),
  energy_wh: nullable(count),
  gain: nullable(integer),
  clearing_price: nullable(count),
};
const roundSummary = object(summary);
export type RoundSummary = Decoded<typeof roundSummary>;

export const marketSlots = list(object({ slot: integer, outcome: nullable(text), rounds: list(roundSummary) }));
export type MarketSlot = Decoded<typeof marketSlots>[number];

/** A flat's name is null where it is not for the reader. */
const order = object({
  id: text,
  flat: nullable(text),
  side: text,
  wh: count,
  limit: count,
  filled_wh: nullable(count),
});
export type RoundOrder = Decoded<typeof order>;

const trade = object({
  seller: nullable(text),
  seller_order: text,
  buyer: nullable(text),
  buyer_order: text,
  wh: count,
  price: count,
  seller_price: count,
});
export type RoundTrade = Decoded<typeof trade>;

/** A limit, and all Wh until there. */
export type Step = readonly [limit: number, wh: number];

const step: Decoder<Step> = (value, at) => {
  const [limit, wh, ...rest] = list(count)(value, at);
  if (limit === undefined || wh === undefined || rest.length > 0) throw new DecodeError(`${at} is no pair`);
  return [limit, wh];
};

/** Whose orders a result is without, and why; null where that is not known. */
const leftOut = object({ flat: nullable(text), orders: list(text), why: nullable(text) });
export type LeftOut = Decoded<typeof leftOut>;

const round = object({
  ...summary,
  objective: nullable(text),
  price: nullable(text),
  book_index: nullable(count),
  cleared_index: nullable(count),
  ordered: nullable(list(text)),
  not_shown: nullable(list(text)),
  agreed: count,
  disputes: list(object({ flat: nullable(text), findings: list(text) })),
  left_out: list(leftOut),
  orders: list(order),
  curves: object({ asks: list(step), bids: list(step) }),
  trades: list(trade),
});
export type Round = Decoded<typeof round>;

/** A round whose gate is still open. */
const comingRound = object({ number: count, closes_ms: integer });
export type ComingRound = Decoded<typeof comingRound>;

export const marketRounds = object({
  slot: integer,
  outcome: nullable(text),
  rounds: list(round),
  to_come: list(comingRound),
});
export type MarketRounds = Decoded<typeof marketRounds>;

/** What the coordinator's own check finds wrong with a result. */
export const serverCheck = object({
  checked_by: text,
  unchecked: nullable(text),
  findings: list(object({ fault: text, subject: text, says: text, wh: nullable(integer) })),
});
export type ServerCheck = Decoded<typeof serverCheck>;

export const reader = object({ role: text, flat: nullable(text) });
export type Reader = Decoded<typeof reader>;

export const wallet = object({
  flat: text,
  slots: count,
  import_wh: count,
  export_wh: count,
  bought_wh: count,
  sold_wh: count,
  shared_in_wh: count,
  shared_out_wh: count,
  paid: integer,
  earned: integer,
  saved: integer,
  grid_money: integer,
  undelivered: count,
  traded_bought_wh: nullable(count),
  traded_sold_wh: nullable(count),
  /** Of so many of its slots as it is known in; below 0 where counters have not shown yet what they counted. */
  generated_wh: count,
  generated_slots: count,
  consumed_wh: integer,
  consumed_slots: count,
});
export type Wallet = Decoded<typeof wallet>;

/** A record's place in the log. Its hash is in the record, which the reader opens by the place. */
const place: Decoder<number> = (value, at) =>
  count(Array.isArray(value) ? (value as readonly unknown[])[0] : null, `${at}[0]`);

/** One slot of a wallet: of it alone, what the wallet has summed. */
export const walletSlot = object({
  slot: count,
  slots: count,
  import_wh: count,
  export_wh: count,
  bought_wh: count,
  sold_wh: count,
  shared_in_wh: count,
  shared_out_wh: count,
  paid: integer,
  earned: integer,
  saved: integer,
  grid_money: integer,
  undelivered: count,
  traded_bought_wh: count,
  traded_sold_wh: count,
  generated_wh: count,
  generated_slots: count,
  consumed_wh: integer,
  consumed_slots: count,
  /** Inside, of the grid, and for what is fed in; null while the slot is not settled. */
  prices: nullable(list(integer)),
  records: object({
    meter: list(place),
    transfers: list(place),
    settled: list(place),
    orders: list(place),
    cleared: list(place),
  }),
});
export type WalletSlot = Decoded<typeof walletSlot>;
export const walletSlots = object({ slots: list(walletSlot) });
