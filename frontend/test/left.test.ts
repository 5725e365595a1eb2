import assert from "node:assert/strict";
import { test } from "node:test";

import type { Round, RoundOrder } from "../src/api/market";
import { leftOf, together } from "../src/market/left";

function order(side: string, wh: number, filled_wh: number | null): RoundOrder {
  return { id: `${side}-${wh}`, flat: null, side, wh, limit: 2000, filled_wh };
}

const orders = [order("ask", 500, 300), order("ask", 70, 0), order("bid", 300, 300), order("bid", 40, 0)];

function round(outcome: string | null, orders: readonly RoundOrder[], energy_wh: number | null = null) {
  return { outcome, orders, energy_wh } as Pick<Round, "outcome" | "orders" | "energy_wh">;
}

test("what a round has left over is what its orders are more than their trades", () => {
  assert.deepEqual(leftOf(round("traded", orders)), { offered: 270, wanted: 40 });
});

test("a result that nobody has agreed to leaves everything", () => {
  assert.deepEqual(leftOf(round("sharing_key", orders)), { offered: 570, wanted: 340 });
});

test("what is left is not known while a round goes on, nor when its orders are kept no longer", () => {
  assert.equal(leftOf(round(null, orders)), null);
  assert.equal(leftOf(round("traded", [])), null);
  assert.deepEqual(leftOf(round("sharing_key", [])), { offered: 0, wanted: 0 });
});

test("only what counts is summed, and what is not known makes no sum", () => {
  assert.equal(together([round("traded", [], 30), round("sharing_key", [], 500), round("traded", [], 12)]), 42);
  assert.equal(together([round("sharing_key", [], null)]), 0);
  assert.equal(together([round("traded", [], 30), round("traded", [], null)]), null);
});
