/**
 * Whether nothing better was possible, and whether equal orders were served by their ranks.
 *
 * No solution is worth more than its certificate's prices allow: at a price for each node, take for every order what it
 * would gain if it traded all it likes at that price, and for every line what carrying all it can from the cheaper to
 * the dearer end would bring. The sum bounds every solution (weak duality), so one that reaches it, in integers, is best.
 */

import { isDivided, type Claim, type Lot, type Tell } from "./claim";
import { isFull } from "./tree";

const HIGHEST_LIMIT = 1_000_000;

export function checkBest(claim: Claim, tell: Tell): void {
  if (claim.objective === "energy") {
    checkEnergy(claim, tell);
    return;
  }
  checkBound(claim, tell);
  checkRanks(claim, tell);
}

function checkBound({ proof, tree, lots, flows }: Claim, tell: Tell): void {
  const told = proof.prices ?? {};
  const prices = tree.map(({ name }) => told[name] ?? -1);
  const known = Object.keys(told).length === tree.length;
  if (!known || prices.some((price) => price < 0 || price > HIGHEST_LIMIT)) {
    tell("best", "noCertificate");
    return;
  }
  const at = (place: number): number => prices[place] ?? 0;
  const better = ({ bid, limit, place }: Lot): number => (bid ? limit - at(place) : at(place) - limit);
  // Money of a whole book, and of lines, is beyond what a double counts exactly.
  let [bound, gain] = [0n, 0n];
  for (const lot of lots) {
    bound += BigInt(Math.max(better(lot), 0)) * BigInt(lot.wh);
    gain += BigInt(lot.bid ? lot.limit : -lot.limit) * BigInt(lot.fill);
  }
  tree.slice(1).forEach(({ parent, imports, exports }, below) => {
    const rise = at(parent) - at(below + 1);
    bound += BigInt(Math.abs(rise)) * BigInt(rise > 0 ? exports : imports);
  });
  if (bound === gain) return;
  tell("best", "bound", { is: Number(gain), should: Number(bound) });
  for (const lot of lots) {
    const { order, fill, wh, limit, place } = lot;
    if (better(lot) > 0 && fill < wh) {
      tell("best", "couldTrade", { orders: [order.id], wh: wh - fill, is: fill, should: wh });
    }
    if (better(lot) < 0 && fill > 0) {
      tell("best", "loses", { orders: [order.id], wh: fill, is: limit, should: at(place) });
    }
  }
  tree.forEach(({ name, parent }, node) => {
    const rise = at(parent) - at(node);
    const [importing, exporting] = isFull(tree, flows, node);
    if ((rise > 0 && !exporting) || (rise < 0 && !importing)) tell("best", "hasRoom", { node: name });
  });
}

/**
 * A rising price passes the orders one by one: each node has a place on that way before which all orders are passed and
 * behind which none is, and nodes whose line has room to spare have the same place.
 */
function checkRanks({ tree, lots, flows }: Claim, tell: Tell): void {
  const low: (Lot | null)[] = tree.map(() => null);
  const high: (Lot | null)[] = tree.map(() => null);
  for (const lot of lots) {
    const [some, rest] = [lot.fill > 0, lot.fill < lot.wh];
    const [passed, waiting] = lot.bid ? [rest, some] : [some, rest];
    if (passed) low[lot.place] = later(low[lot.place] ?? null, lot);
    if (waiting) high[lot.place] = earlier(high[lot.place] ?? null, lot);
  }
  for (let node = tree.length - 1; node > 0; node -= 1) {
    const parent = tree[node]?.parent ?? 0;
    const [importing, exporting] = isFull(tree, flows, node);
    // Below a line that exports all it can the place may be earlier than above it, below one that imports, later.
    if (!importing) low[parent] = later(low[parent] ?? null, low[node] ?? null);
    if (!exporting) high[parent] = earlier(high[parent] ?? null, high[node] ?? null);
  }
  for (let node = 0; node < tree.length; node += 1) {
    const parent = tree[node]?.parent ?? 0;
    const [importing, exporting] = isFull(tree, flows, node);
    if (node > 0 && !exporting) low[node] = later(low[node] ?? null, low[parent] ?? null);
    if (node > 0 && !importing) high[node] = earlier(high[node] ?? null, high[parent] ?? null);
    if (isTurned(low[node] ?? null, high[node] ?? null, tell)) return;
  }
}

function isTurned(last: Lot | null, first: Lot | null, tell: Tell): boolean {
  if (last === null || first === null || last.key <= first.key) return false;
  const wh = Math.min(Math.max(last.fill, 1), Math.max(first.wh, 1));
  tell("best", "turned", { orders: [last.order.id, first.order.id], wh, is: last.fill, should: first.fill });
  return true;
}

/** The limit at which the cut is smallest: every trade takes from asks up to it, or from bids above it. */
function checkEnergy(claim: Claim, tell: Tell): void {
  const { proof, lots, pairs } = claim;
  if (isDivided(claim)) throw new Error("energy over lines is not covered");
  const threshold = proof.threshold;
  if (threshold === null) {
    tell("best", "noCertificate");
    return;
  }
  const cut = lots
    .filter(({ bid, limit }) => (bid ? limit > threshold : limit <= threshold))
    .reduce((sum, { wh }) => sum + wh, 0);
  const energy = pairs.reduce((sum, { trade }) => sum + trade.wh, 0);
  if (energy !== cut) tell("best", "cut", { wh: Math.abs(cut - energy), is: energy, should: cut });
  for (const side of [false, true]) {
    // The cheapest asks come first, and the dearest bids.
    const [first, last] = side ? [later, earlier] : [earlier, later];
    const of = lots.filter(({ bid }) => bid === side);
    const served = of.filter(({ fill }) => fill > 0).reduce(last, null as Lot | null);
    const waiting = of.filter(({ fill, wh }) => fill < wh).reduce(first, null as Lot | null);
    if (served === null || waiting === null || last(served, waiting) === waiting || served === waiting) continue;
    const orders = [served.order.id, waiting.order.id];
    tell("best", "turned", { orders, wh: served.fill, is: served.fill, should: waiting.fill });
  }
}

function later(one: Lot | null, other: Lot | null): Lot | null {
  return one === null || (other !== null && other.key > one.key) ? other : one;
}

function earlier(one: Lot | null, other: Lot | null): Lot | null {
  return one === null || (other !== null && other.key < one.key) ? other : one;
}
