import assert from "node:assert/strict";
import { test } from "node:test";

import { DecodeError, parse } from "../src/api/decode";
import { walletSlots, type WalletSlot } from "../src/api/market";
import { en } from "../src/i18n/en";
import { ja } from "../src/i18n/ja";
import { daysBetween, ROWS } from "../src/market/wallet";

const HASH = "ab".repeat(32);

function slotOf(more: Partial<Record<keyof WalletSlot, unknown>>): unknown {
  return {
    slot: 1_795_312_800,
    slots: 1,
    import_wh: 7,
    export_wh: 0,
    bought_wh: 5,
    sold_wh: 0,
    shared_in_wh: 0,
    shared_out_wh: 0,
    paid: 11_000,
    earned: 0,
    saved: 4_750,
    grid_money: -6_300,
    undelivered: 0,
    traded_bought_wh: 6,
    traded_sold_wh: 0,
    generated_wh: 0,
    generated_slots: 0,
    consumed_wh: -1,
    consumed_slots: 1,
    prices: [2200, 3150, 850],
    records: {
      meter: [[4, HASH]],
      transfers: [[9, HASH]],
      settled: [[10, HASH]],
      orders: [[1, HASH]],
      cleared: [[3, HASH]],
    },
    ...more,
  };
}

test("a slot of a wallet is read with the places of its records, and one that is not so is refused", () => {
  const read = parse(walletSlots, JSON.stringify({ slots: [slotOf({}), slotOf({ prices: null })] }), "wallet");
  assert.deepEqual(read.slots[0]?.records.transfers, [9]);
  assert.equal(read.slots[1]?.prices, null);
  for (const records of [{ meter: [] }, { meter: [[-1, HASH]], transfers: [], settled: [], orders: [], cleared: [] }]) {
    assert.throws(() => parse(walletSlots, JSON.stringify({ slots: [slotOf({ records })] }), "wallet"), DecodeError);
  }
});

test("each row of a wallet has a name, a number, and kinds of records that have a name", () => {
  const [read] = parse(walletSlots, JSON.stringify({ slots: [slotOf({})] }), "wallet").slots;
  assert.ok(read !== undefined);
  const told = Object.fromEntries(ROWS.map((row) => [row.key, row.value(read)]));
  assert.deepEqual(
    [told["bought"], told["tradedBought"], told["imported"], told["paid"], told["saved"], told["grid"]],
    [5, 6, 7, 11_000, 4_750, -6_300],
  );
  assert.deepEqual([told["generated"], told["consumed"]], [null, -1], "unknown is not 0");
  for (const { rows, ways } of [en.wallet, ja.wallet]) {
    assert.deepEqual(ROWS.map(({ key }) => key).sort(), Object.keys(rows).sort());
    for (const row of ROWS) assert.ok(row.records.length > 0 && row.records.every((kind) => ways.kinds[kind] !== ""));
  }
});

test("days follow one another without a hole, also where clocks are set", () => {
  const zone = process.env["TZ"];
  try {
    for (const name of ["Asia/Tokyo", "Europe/Berlin", "America/St_Johns"]) {
      process.env["TZ"] = name;
      const [begin, end] = [new Date(2026, 2, 1), new Date(2026, 3, 1)].map((each) => each.getTime() / 1000);
      assert.ok(begin !== undefined && end !== undefined);
      const days = daysBetween(begin, end);
      assert.equal(days.length, 31, name);
      assert.deepEqual([days[0]?.begin, days.at(-1)?.end], [begin, end]);
      for (const [at, day] of days.entries()) {
        assert.equal(new Date(day.begin * 1000).getHours(), 0);
        if (at > 0) assert.equal(day.begin, days[at - 1]?.end);
      }
    }
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});
