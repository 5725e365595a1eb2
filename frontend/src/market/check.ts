/**
 * Whether a result is right for its book, computed here from the two documents alone: nobody's word counts for it.
 *
 * It covers what most rounds are: the goal of most gain in a building whose lines limit nothing, without orders for
 * green energy only. The certificate is one price: at it, take for every order what it would gain if it traded all it
 * likes; no solution is worth more than the sum of that (weak duality), so one that reaches it is best. Of equally good
 * ones the ranks single out one: a rising price passes the orders one by one, and none behind the last that was passed
 * may be before one that was not. What is not covered is told as such; `localvpp.market.check` covers all.
 */

import type { Book, Order, Outcome, Trade } from "./book";
import { ranked } from "./book";

/** Why this browser cannot check a round. */
export type Uncovered = "lines" | "green" | "objective" | "rule" | "document";

export type Step = "book" | "possible" | "best" | "pairs" | "prices";
export const STEPS: readonly Step[] = ["book", "possible", "best", "pairs", "prices"];

export type Code =
  | "otherBook"
  | "otherRules"
  | "energySum"
  | "gainSum"
  | "unknownOrder"
  | "wrongSide"
  | "noEnergy"
  | "tooMuch"
  | "outsideLimits"
  | "noCertificate"
  | "bound"
  | "couldTrade"
  | "loses"
  | "turned"
  | "pairing"
  | "price";

/** Something wrong: with which orders, and how many Wh it is about where it is about some. */
export interface Found {
  readonly step: Step;
  readonly code: Code;
  readonly orders: readonly string[];
  readonly wh: number | null;
  /** What is, and what should be: in Wh, ticks of price or of money as the code has it. */
  readonly is: number;
  readonly should: number;
}

export interface Checked {
  /** Steps that were not taken, for one before has failed. */
  readonly open: readonly Step[];
  readonly found: readonly Found[];
}

const ROOT = "building";
const HIGHEST_LIMIT = 1_000_000;
/** Findings of one kind that are told. */
const MOST_TOLD = 20;

export function uncovered(book: Book): Uncovered | null {
  if (book.limited) return "lines";
  if (book.objective !== "gain") return "objective";
  if (!["mid", "pair", "bid"].includes(book.price)) return "rule";
  return book.orders.some((order) => order.wantsGreen) ? "green" : null;
}

/** Only for a book that is covered. */
export function check(book: Book, outcome: Outcome): Checked {
  const found: Found[] = [];
  const tell = (step: Step, code: Code, orders: readonly string[], wh: number | null, is = 0, should = 0): void => {
    if (found.filter((each) => each.code === code).length < MOST_TOLD)
      found.push({ step, code, orders, wh, is, should });
  };
  const byId = new Map(book.orders.map((order) => [order.id, order]));
  const { result } = outcome;
  checkBook(book, outcome, byId, tell);
  const trades: Joined[] = [];
  for (const trade of result.trades) {
    const [ask, bid] = [byId.get(trade.seller), byId.get(trade.buyer)];
    for (const [name, order] of [
      [trade.seller, ask],
      [trade.buyer, bid],
    ] as const) {
      if (order === undefined) tell("possible", "unknownOrder", [name], trade.wh);
    }
    if (ask !== undefined && bid !== undefined) trades.push({ trade, ask, bid });
  }
  const fills = checkPossible(trades, book.orders, tell);
  if (found.some(({ step }) => step === "possible")) return { found, open: ["best", "pairs", "prices"] };
  const order = ranked(book);
  checkBest(order, fills, outcome, tell);
  checkPairs(order, trades, tell);
  checkPrices(book.price, trades, tell);
  return { found, open: [] };
}

type Tell = (
  step: Step,
  code: Code,
  orders: readonly string[],
  wh: number | null,
  is?: number,
  should?: number,
) => void;

interface Joined {
  readonly trade: Trade;
  readonly ask: Order;
  readonly bid: Order;
}

function checkBook(book: Book, outcome: Outcome, byId: ReadonlyMap<string, Order>, tell: Tell): void {
  const { result } = outcome;
  const { certificate } = result;
  if (outcome.book !== book.name || outcome.slot !== book.slot) tell("book", "otherBook", [], null);
  if (certificate.objective !== book.objective || certificate.price !== book.price)
    tell("book", "otherRules", [], null);
  const energy = result.trades.reduce((sum, { wh }) => sum + wh, 0);
  if (energy !== result.energy_wh) {
    tell("book", "energySum", [], Math.abs(energy - result.energy_wh), result.energy_wh, energy);
  }
  const limit = (id: string): bigint => BigInt(byId.get(id)?.limit ?? 0);
  // Money of a whole book is beyond what a double counts exactly.
  const gain = result.trades.reduce(
    (sum, { buyer, seller, wh }) => sum + BigInt(wh) * (limit(buyer) - limit(seller)),
    0n,
  );
  if (gain !== BigInt(result.gain)) tell("book", "gainSum", [], null, result.gain, Number(gain));
}

function checkPossible(trades: readonly Joined[], orders: readonly Order[], tell: Tell): ReadonlyMap<string, number> {
  const fills = new Map<string, number>();
  for (const { trade, ask, bid } of trades) {
    if (trade.wh < 1) tell("possible", "noEnergy", [ask.id, bid.id], trade.wh);
    if (ask.side !== "ask") tell("possible", "wrongSide", [ask.id], trade.wh);
    if (bid.side !== "bid") tell("possible", "wrongSide", [bid.id], trade.wh);
    const gets = trade.seller_price ?? trade.price;
    if (trade.price > bid.limit || gets < ask.limit || gets > trade.price) {
      tell(
        "possible",
        "outsideLimits",
        [ask.id, bid.id],
        trade.wh,
        trade.price,
        gets < ask.limit ? ask.limit : bid.limit,
      );
    }
    for (const { id } of [ask, bid]) fills.set(id, (fills.get(id) ?? 0) + trade.wh);
  }
  for (const order of orders) {
    const fill = fills.get(order.id) ?? 0;
    if (fill > order.wh) tell("possible", "tooMuch", [order.id], fill - order.wh, fill, order.wh);
  }
  return fills;
}

function checkBest(order: readonly Order[], fills: ReadonlyMap<string, number>, { result }: Outcome, tell: Tell): void {
  const { certificate } = result;
  const [stage, ...others] = certificate.stages;
  const price = stage?.prices?.[ROOT];
  const plain = others.length === 0 && certificate.left_out.length === 0 && certificate.bounds.length === 0;
  const whole = stage?.stage === "market" && stage.trades === result.trades.length && result.gap === 0;
  if (price === undefined || price < 0 || price > HIGHEST_LIMIT || !plain || !whole) {
    tell("best", "noCertificate", [], null);
    return;
  }
  let [bound, gain] = [0n, 0n];
  for (const { id, side, wh, limit } of order) {
    const better = side === "bid" ? limit - price : price - limit;
    if (better > 0) bound += BigInt(better) * BigInt(wh);
    gain += BigInt(side === "bid" ? limit : -limit) * BigInt(fills.get(id) ?? 0);
  }
  if (bound !== gain) {
    tell("best", "bound", [], null, Number(gain), Number(bound));
    for (const { id, side, wh, limit } of order) {
      const better = side === "bid" ? limit - price : price - limit;
      const fill = fills.get(id) ?? 0;
      if (better > 0 && fill < wh) tell("best", "couldTrade", [id], wh - fill, fill, wh);
      if (better < 0 && fill > 0) tell("best", "loses", [id], fill, limit, price);
    }
  }
  checkRanks(order, fills, tell);
}

/** The place of each order on the way of a rising price. */
function keysOf(order: readonly Order[]): ReadonlyMap<string, number> {
  const many = order.length;
  return new Map(
    order.map(({ id, side, limit }, rank) => {
      const bids = side === "bid";
      return [id, (limit * 2 + Number(bids)) * many + (bids ? many - 1 - rank : rank)];
    }),
  );
}

function checkRanks(order: readonly Order[], fills: ReadonlyMap<string, number>, tell: Tell): void {
  const keys = keysOf(order);
  let [last, first]: [Order | null, Order | null] = [null, null];
  const key = (one: Order | null, none: number): number => (one === null ? none : (keys.get(one.id) ?? none));
  for (const one of order) {
    const fill = fills.get(one.id) ?? 0;
    const [some, rest] = [fill > 0, fill < one.wh];
    const [passed, waiting] = one.side === "bid" ? [rest, some] : [some, rest];
    if (passed && key(one, -1) > key(last, -1)) last = one;
    if (waiting && key(one, Infinity) < key(first, Infinity)) first = one;
  }
  if (last === null || first === null || key(last, -1) <= key(first, Infinity)) return;
  const [filled, missing] = [fills.get(last.id) ?? 0, fills.get(first.id) ?? 0];
  tell("best", "turned", [last.id, first.id], Math.min(Math.max(filled, 1), Math.max(first.wh, 1)), filled, missing);
}

/** The lowest limits of both sides meet first. */
function checkPairs(order: readonly Order[], trades: readonly Joined[], tell: Tell): void {
  const keys = keysOf(order);
  trades.slice(1).forEach(({ trade, ask, bid }, index) => {
    const before = trades[index];
    if (before === undefined) return;
    const rises = (one: Order, other: Order): number => (keys.get(one.id) ?? 0) - (keys.get(other.id) ?? 0);
    const [sellers, buyers] = [rises(ask, before.ask), rises(bid, before.bid)];
    if (sellers < 0 || buyers < 0 || (sellers === 0 && buyers === 0)) {
      tell("pairs", "pairing", [ask.id, bid.id, before.ask.id, before.bid.id], trade.wh);
    }
  });
}

function checkPrices(rule: string, trades: readonly Joined[], tell: Tell): void {
  const dearest = Math.max(...trades.map(({ ask }) => ask.limit));
  const lowest = Math.min(...trades.map(({ bid }) => bid.limit));
  for (const { trade, ask, bid } of trades) {
    const right = {
      mid: Math.floor((dearest + lowest) / 2),
      pair: Math.floor((ask.limit + bid.limit) / 2),
      bid: bid.limit,
    }[rule];
    if (right === undefined) throw new Error(`${rule} is not covered`);
    const gets = trade.seller_price ?? trade.price;
    if (trade.price !== right || gets !== right) {
      tell("prices", "price", [ask.id, bid.id], trade.wh, trade.price !== right ? trade.price : gets, right);
    }
  }
}
