/** Who trades with whom, and at what price: neighbours first, then the lowest limits of both sides, at what the rule says. */

import { idsOf, isDivided, type Claim, type Lot, type Pair, type Tell } from "./claim";
import { add, isFull, meetingOf, wayUp } from "./tree";

export function checkPairs(claim: Claim, tell: Tell): void {
  const { tree, pairs } = claim;
  const met = pairs.map(({ ask, bid }) => meetingOf(tree, ask.place, bid.place));
  pairs.slice(1).forEach((pair, at) => {
    const before = pairs[at];
    const [here, there] = [met[at + 1] ?? 0, met[at] ?? 0];
    if (before === undefined) return;
    const [depth, depthBefore] = [tree[here]?.depth ?? 0, tree[there]?.depth ?? 0];
    if (depth < depthBefore || (depth === depthBefore && here > there)) return;
    const [sellers, buyers] = [pair.ask.key - before.ask.key, pair.bid.key - before.bid.key];
    if (here === there && sellers >= 0 && buyers >= 0 && sellers + buyers > 0) return;
    tell("pairs", "pairing", { orders: [...idsOf(pair), ...idsOf(before)], wh: pair.trade.wh });
  });
  if (isDivided(claim)) checkNeighbours(claim, met, tell);
}

/** Nodes that sell and buy beyond their line at once, or send away who would have come first. */
function checkNeighbours({ tree, pairs }: Claim, met: readonly number[], tell: Tell): void {
  const sums: number[][] = [];
  for (const side of ["ask", "bid"] as const) {
    const lastHere = tree.map(() => -1);
    const firstAway = tree.map(() => Infinity);
    const away = tree.map(() => 0);
    pairs.forEach((pair, at) => {
      const [lot, meeting]: [Lot, number] = [pair[side], met[at] ?? 0];
      lastHere[meeting] = Math.max(lastHere[meeting] ?? -1, lot.key);
      for (const node of wayUp(tree, lot.place, meeting)) {
        firstAway[node] = Math.min(firstAway[node] ?? Infinity, lot.key);
        add(away, node, pair.trade.wh);
      }
    });
    tree.forEach(({ name }, node) => {
      if ((firstAway[node] ?? Infinity) < (lastHere[node] ?? -1)) tell("pairs", "awayFirst", { node: name });
    });
    sums.push(away);
  }
  tree.forEach(({ name }, node) => {
    const both = Math.min(...sums.map((away) => away[node] ?? 0));
    if (both > 0) tell("pairs", "bothWays", { node: name, wh: both });
  });
}

export function checkPrices(claim: Claim, tell: Tell): void {
  const right = priceOf(claim);
  for (const pair of claim.pairs) {
    const { trade } = pair;
    const should = right(pair);
    const gets = trade.seller_price ?? trade.price;
    if (trade.price === should && gets === should) continue;
    tell("prices", "price", {
      orders: idsOf(pair),
      wh: trade.wh,
      is: trade.price === should ? gets : trade.price,
      should,
    });
  }
}

function priceOf(claim: Claim): (pair: Pair) => number {
  if (claim.rule === "bid") return ({ bid }) => bid.limit;
  if (claim.rule === "pair" || claim.objective === "energy") {
    return ({ ask, bid }) => Math.floor((ask.limit + bid.limit) / 2);
  }
  // One price holds in each part of the building whose lines have room to spare.
  const { tree, lots, flows } = claim;
  const part: number[] = [];
  tree.forEach(({ parent }, node) => {
    part.push(node === 0 || isFull(tree, flows, node).includes(true) ? node : (part[parent] ?? 0));
  });
  const dearest = tree.map(() => -1);
  const lowest = tree.map(() => Infinity);
  for (const { bid, limit, place, fill } of lots) {
    const at = part[place] ?? 0;
    if (fill > 0 && bid) lowest[at] = Math.min(lowest[at] ?? Infinity, limit);
    if (fill > 0 && !bid) dearest[at] = Math.max(dearest[at] ?? -1, limit);
  }
  return ({ ask, bid }) =>
    Math.floor(((dearest[part[ask.place] ?? 0] ?? -1) + (lowest[part[bid.place] ?? 0] ?? Infinity)) / 2);
}
