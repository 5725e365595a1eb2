/** One stage of a round as its result has it: the orders with what they have left, where they are, and the trades. */

import type { Order, Proof, Trade } from "./book";
import type { Tree } from "./tree";

export type Step = "book" | "possible" | "best" | "pairs" | "prices";

export type Code =
  | "otherBook"
  | "otherRules"
  | "energySum"
  | "gainSum"
  | "stages"
  | "unknownOrder"
  | "stranger"
  | "wrongSide"
  | "noEnergy"
  | "tooMuch"
  | "outsideLimits"
  | "notGreen"
  | "overLine"
  | "noCertificate"
  | "bound"
  | "cut"
  | "couldTrade"
  | "loses"
  | "hasRoom"
  | "turned"
  | "pairing"
  | "awayFirst"
  | "bothWays"
  | "price";

/** Something wrong: with which orders, or which node of the lines, and how many Wh it is about where it is about some. */
export interface Found {
  readonly step: Step;
  readonly code: Code;
  readonly orders: readonly string[];
  readonly node: string;
  readonly wh: number | null;
  /** What is, and what should be: in Wh, ticks of price or of money as the code has it. */
  readonly is: number;
  readonly should: number;
}

export type Tell = (step: Step, code: Code, about?: Partial<Omit<Found, "step" | "code">>) => void;

/** An order of a stage. Orders stand by their ranks among equals, so that a place in the list is a rank. */
export interface Lot {
  readonly order: Order;
  readonly bid: boolean;
  readonly wh: number;
  readonly limit: number;
  readonly place: number;
  readonly fill: number;
  /** Rises as a rising price passes the orders one by one. */
  readonly key: number;
}

export interface Pair {
  readonly trade: Trade;
  readonly ask: Lot;
  readonly bid: Lot;
}

export interface Claim {
  readonly proof: Proof;
  readonly tree: Tree;
  readonly lots: readonly Lot[];
  readonly pairs: readonly Pair[];
  /** What leaves each node's part of the tree. */
  readonly flows: readonly number[];
  readonly objective: string;
  readonly rule: string;
}

export function isDivided({ tree }: Claim): boolean {
  return tree.length > 1;
}

/** The trade's orders, seller first. */
export function idsOf({ ask, bid }: Pair): readonly string[] {
  return [ask.order.id, bid.order.id];
}
