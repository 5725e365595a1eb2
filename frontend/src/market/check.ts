/**
 * Whether a result is right for its book, computed here from the two documents alone: nobody's word counts for it.
 *
 * It covers the goal of most gain, over lines and with green energy, too, and that of most energy without lines, with the
 * price rules mid, pair and bid. What is not covered is told as such; `localvpp.market.check` covers all.
 */

import { ranked, type Book, type Order, type Outcome, type Proof, type Trade } from "./book";
import type { Claim, Found, Lot, Pair, Step, Tell } from "./claim";
import { checkBest } from "./optimal";
import { checkPairs, checkPrices } from "./pairs";
import { add, behindAGate, flowsOf, loaded, onePlace, type Tree } from "./tree";

export type { Found, Step } from "./claim";

/** Why this browser cannot check a round. */
export type Uncovered = "lines" | "objective" | "rule" | "document";

export const STEPS: readonly Step[] = ["book", "possible", "best", "pairs", "prices"];

export interface Checked {
  /** Steps that were not taken, for one before has failed. */
  readonly open: readonly Step[];
  readonly found: readonly Found[];
}

/** Findings of one kind that are told. */
const MOST_TOLD = 20;

export function uncovered(book: Book): Uncovered | null {
  if (book.objective === "energy" && book.tree !== null) return "lines";
  if (!["gain", "energy"].includes(book.objective)) return "objective";
  return ["mid", "pair", "bid"].includes(book.price) ? null : "rule";
}

/** Only for a book that is covered. */
export function check(book: Book, outcome: Outcome): Checked {
  const found: Found[] = [];
  const tell: Tell = (step, code, about = {}) => {
    if (found.filter((each) => each.code === code).length >= MOST_TOLD) return;
    found.push({ step, code, orders: [], node: "", wh: null, is: 0, should: 0, ...about });
  };
  const byId = new Map(book.orders.map((order) => [order.id, order]));
  checkBook(book, outcome, byId, tell);
  const claims = claimsOf(book, outcome, byId, tell);
  const impossible = found.some(({ step, code }) => step === "possible" || code === "stages");
  if (claims === null || impossible) return { found, open: ["best", "pairs", "prices"] };
  for (const claim of claims) {
    checkBest(claim, tell);
    checkPairs(claim, tell);
    checkPrices(claim, tell);
  }
  return { found, open: [] };
}

function checkBook(book: Book, outcome: Outcome, byId: ReadonlyMap<string, Order>, tell: Tell): void {
  const { result } = outcome;
  const { certificate } = result;
  if (outcome.book !== book.name || outcome.slot !== book.slot) tell("book", "otherBook");
  if (certificate.objective !== book.objective || certificate.price !== book.price) tell("book", "otherRules");
  const energy = result.trades.reduce((sum, { wh }) => sum + wh, 0);
  if (energy !== result.energy_wh) {
    tell("book", "energySum", { wh: Math.abs(energy - result.energy_wh), is: result.energy_wh, should: energy });
  }
  const limit = (id: string): bigint => BigInt(byId.get(id)?.limit ?? 0);
  const gain = result.trades.reduce(
    (sum, { buyer, seller, wh }) => sum + BigInt(wh) * (limit(buyer) - limit(seller)),
    0n,
  );
  if (gain !== BigInt(result.gain)) tell("book", "gainSum", { is: result.gain, should: Number(gain) });
  // A round divides every order, so nothing is left out, and nothing is left open.
  if (result.gap !== 0 || certificate.left_out.length + certificate.bounds.length > 0) tell("book", "stages");
}

interface Stage {
  readonly name: string;
  /** The blinds of the two that trade in it; null where all do. */
  readonly pair: readonly [seller: string, buyer: string] | null;
  readonly takesPart: (order: Order) => boolean;
  readonly place: (order: Order) => number;
  readonly tree: Tree;
}

/** Partners first: pairs in the order of their best ranks, and of a pair those bids that want green energy alone. */
function partnersOf(book: Book): readonly Stage[] {
  const prefer = ranked(book).filter(({ partner }) => partner !== null);
  const pairs = new Map<string, readonly [string, string]>();
  for (const { side, flat, partner } of prefer) {
    const pair = side === "ask" ? ([flat, partner ?? ""] as const) : ([partner ?? "", flat] as const);
    pairs.set(pair.join(), pair);
  }
  return [...pairs.values()].flatMap(([seller, buyer]) => {
    const asks = prefer.filter(({ side, flat }) => side === "ask" && flat === seller);
    const bids = prefer.filter(({ side, flat }) => side === "bid" && flat === buyer);
    return [true, false].flatMap((green): readonly Stage[] => {
      const sell = asks.filter((order) => order.green || !green);
      const buy = bids.filter((order) => order.wantsGreen === green);
      if (sell.length === 0 || buy.length === 0) return [];
      const members = new Set([...sell, ...buy]);
      const takesPart = (order: Order): boolean => members.has(order);
      const [place, tree] = [(order: Order): number => order.place, book.tree ?? onePlace()];
      return [{ name: "partners", pair: [seller, buyer], takesPart, place, tree }];
    });
  });
}

function stagesOf(book: Book): readonly Stage[] {
  return [...partnersOf(book), ...stagesOfAll(book)];
}

function stagesOfAll({ objective, orders, tree }: Book): readonly Stage[] {
  const [over, pair] = [tree ?? onePlace(), null];
  const place = (order: Order): number => order.place;
  const isGreen = (order: Order): boolean => order.wantsGreen || (order.side === "ask" && order.green);
  const green = orders.some((order) => order.wantsGreen);
  if (green && objective === "gain" && tree === null) {
    const gate = (order: Order): number => Number(isGreen(order));
    return [{ name: "market", pair, takesPart: () => true, place: gate, tree: behindAGate() }];
  }
  const rest = { name: "market", pair, takesPart: (order: Order) => !order.wantsGreen, place, tree: over };
  return green ? [{ name: "green", pair, takesPart: isGreen, place, tree: over }, rest] : [rest];
}

/** The stages as claims, each with what the one before has left; null when they cannot be told apart. */
function claimsOf(
  book: Book,
  { result }: Outcome,
  byId: ReadonlyMap<string, Order>,
  tell: Tell,
): readonly Claim[] | null {
  const { stages: proofs } = result.certificate;
  const stages = stagesOf(book);
  for (const { seller, buyer, wh } of result.trades) {
    for (const id of [seller, buyer]) if (!byId.has(id)) tell("possible", "unknownOrder", { orders: [id], wh });
  }
  const counted = proofs.reduce((sum, { trades }) => sum + Math.max(trades, 0), 0) === result.trades.length;
  const named = proofs.map(({ stage, seller, buyer }) => [stage, seller, buyer].join());
  const should = stages.map(({ name, pair }) => [name, ...(pair ?? [null, null])].join());
  if (!counted || named.join(" ") !== should.join(" ")) {
    tell("book", "stages");
    return null;
  }
  if (result.trades.some(({ seller, buyer }) => !byId.has(seller) || !byId.has(buyer))) return null;
  const order = ranked(book);
  const left = new Map(order.map(({ id, wh }) => [id, wh]));
  const claims: Claim[] = [];
  let [begin, carried]: [number, readonly number[] | null] = [0, null];
  stages.forEach((stage, at) => {
    const proof = proofs[at];
    if (proof === undefined) return;
    const trades = result.trades.slice(begin, begin + proof.trades);
    begin += proof.trades;
    const tree = carried === null ? stage.tree : loaded(stage.tree, carried);
    const claim = claimOf(book, proof, { ...stage, tree }, order, left, trades, tell);
    for (const { order, fill } of claim.lots) left.set(order.id, Math.max(0, (left.get(order.id) ?? 0) - fill));
    const before = carried;
    carried = claim.flows.map((flow, node) => flow + (before?.[node] ?? 0));
    claims.push(claim);
  });
  return claims;
}

function claimOf(
  book: Book,
  proof: Proof,
  stage: Stage,
  order: readonly Order[],
  left: ReadonlyMap<string, number>,
  trades: readonly Trade[],
  tell: Tell,
): Claim {
  const { tree } = stage;
  const members = order.filter(stage.takesPart);
  const fills = new Map<string, number>();
  for (const { seller, buyer, wh } of trades) {
    for (const id of [seller, buyer]) fills.set(id, (fills.get(id) ?? 0) + wh);
  }
  const many = members.length;
  const turns = new Map([...members].sort(byTurn).map(({ id }, turn) => [id, turn]));
  const lots = members.map((each, rank): Lot => {
    const bid = each.side === "bid";
    const { id, limit } = each;
    const key = (limit * 2 + Number(bid)) * many + (bid ? many - 1 - rank : rank);
    const [wh, fill, turn] = [left.get(id) ?? 0, fills.get(id) ?? 0, turns.get(id) ?? 0];
    return { order: each, bid, wh, limit, place: stage.place(each), fill, key, turn };
  });
  const byId = new Map(lots.map((lot) => [lot.order.id, lot]));
  const pairs: Pair[] = [];
  for (const trade of trades) {
    const [ask, bid] = [byId.get(trade.seller), byId.get(trade.buyer)];
    if (ask === undefined) tell("possible", "stranger", { orders: [trade.seller], wh: trade.wh });
    if (bid === undefined) tell("possible", "stranger", { orders: [trade.buyer], wh: trade.wh });
    if (ask !== undefined && bid !== undefined) pairs.push({ trade, ask, bid });
  }
  const own = tree.map(() => 0);
  for (const { bid, fill, place } of lots) add(own, place, bid ? -fill : fill);
  const flows = flowsOf(tree, own);
  const claim = { proof, tree, lots, pairs, flows, objective: book.objective, rule: book.price };
  checkPossible(claim, tell);
  return claim;
}

/** Sorting is stable: of equally large orders of one limit those stay first that rank first. */
function byTurn(one: Order, other: Order): number {
  return one.limit - other.limit || one.wh - other.wh;
}

/** Known sides, no more than ordered, within the limits, and no more than the lines carry. */
function checkPossible({ tree, lots, pairs, flows }: Claim, tell: Tell): void {
  for (const { trade, ask, bid } of pairs) {
    const [orders, { wh, price }] = [[ask.order.id, bid.order.id], trade];
    if (wh < 1) tell("possible", "noEnergy", { orders, wh });
    if (ask.bid) tell("possible", "wrongSide", { orders: [ask.order.id], wh });
    if (!bid.bid) tell("possible", "wrongSide", { orders: [bid.order.id], wh });
    const gets = trade.seller_price ?? price;
    if (price > bid.limit || gets < ask.limit || gets > price) {
      tell("possible", "outsideLimits", { orders, wh, is: price, should: gets < ask.limit ? ask.limit : bid.limit });
    }
    if (bid.order.wantsGreen && !ask.order.green) tell("possible", "notGreen", { orders, wh });
  }
  for (const { order, fill, wh } of lots) {
    if (fill > wh) tell("possible", "tooMuch", { orders: [order.id], wh: fill - wh, is: fill, should: wh });
  }
  tree.forEach(({ name, imports, exports }, node) => {
    const flow = flows[node] ?? 0;
    const over = Math.max(flow - exports, -flow - imports);
    if (node > 0 && over > 0) {
      const carries = Math.abs(flow);
      tell("possible", "overLine", { node: name, wh: over, is: carries, should: carries - over });
    }
  });
}
