import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { nameOf, readBook, readOutcome, type Outcome, type Trade } from "../src/market/book";
import { check, uncovered, type Found } from "../src/market/check";

interface Told {
  readonly result: string;
  readonly faults: readonly string[];
}

interface Case {
  readonly book: string;
  readonly right: Told;
  readonly bent: readonly Told[];
  /** The result of the book without its first offer. */
  readonly reduced: string;
}

/** Books and results that the Python side made, and what it finds wrong with them. */
const golden = JSON.parse(readFileSync(join(process.cwd(), "test/golden/market.json"), "utf8")) as {
  readonly covered: readonly Case[];
  readonly uncovered: Readonly<Record<string, Case>>;
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function found({ book }: Case, { result }: Told): readonly Found[] {
  return check(readBook(bytes(book)), readOutcome(bytes(result))).found;
}

function changed(outcome: Outcome, at: number, change: Partial<Trade>): Outcome {
  const trades = outcome.result.trades.map((trade, index) => (index === at ? { ...trade, ...change } : trade));
  return { ...outcome, result: { ...outcome.result, trades } };
}

test("a result of the Python side is found right, whatever the price rule, ties and all", () => {
  for (const one of golden.covered) {
    assert.deepEqual(one.right.faults, []);
    assert.deepEqual(found(one, one.right), [], one.book);
  }
});

test("a result without an offer is right for the book without it, and the seed is that of all", () => {
  let otherwise = 0;
  for (const { book: document, right, reduced } of golden.covered) {
    const outcome = readOutcome(bytes(reduced));
    assert.equal(outcome.without?.length, 1);
    const counted = readBook(bytes(document), outcome.without);
    assert.deepEqual(check(counted, outcome).found, []);
    assert.deepEqual(counted.seed, readBook(bytes(document)).seed);
    if (check(readBook(bytes(document)), outcome).found.length > 0) otherwise += 1;
    assert.deepEqual(readOutcome(bytes(right.result)).without, []);
  }
  assert.ok(otherwise > 0, "for the whole book some of them are wrong");
  const [one] = golden.covered;
  assert.ok(one);
  assert.throws(() => readBook(bytes(one.book), ["00"]), /no offer of the book/);
  assert.throws(() => readOutcome(bytes(one.reduced.replace("result 3", "result 2"))), /is without/);
});

test("what the Python side finds wrong is found wrong here, and nothing else is", () => {
  let wrong = 0;
  for (const one of golden.covered) {
    for (const told of one.bent) {
      wrong += Number(told.faults.length > 0);
      assert.equal(found(one, told).length > 0, told.faults.length > 0, `${told.faults.join()}: ${told.result}`);
    }
  }
  assert.ok(wrong > 200, `${wrong} results were bent`);
});

test("one Wh more or less of any trade, or one tick of its price, is told with its order, and how much it is about", () => {
  for (const { book: document, right } of golden.covered) {
    const [book, outcome] = [readBook(bytes(document)), readOutcome(bytes(right.result))];
    outcome.result.trades.forEach((trade, at) => {
      for (const by of [1, -1]) {
        const { found } = check(book, changed(outcome, at, { wh: trade.wh + by }));
        const sum = found.find(({ code }) => code === "energySum");
        assert.deepEqual([sum?.wh, sum?.should], [1, outcome.result.energy_wh + by]);
        const priced = check(book, changed(outcome, at, { price: trade.price + by })).found;
        assert.ok(priced.length > 0);
        for (const each of priced) {
          assert.deepEqual(each.orders, [trade.seller, trade.buyer]);
          assert.deepEqual([each.wh, each.is], [trade.wh, trade.price + by]);
        }
      }
    });
  }
});

test("an order that trades more than it has is named with what is too much", () => {
  const one = golden.covered.find(({ right }) => readOutcome(bytes(right.result)).result.trades.length > 0);
  assert.ok(one !== undefined);
  const [book, outcome] = [readBook(bytes(one.book)), readOutcome(bytes(one.right.result))];
  const trade = outcome.result.trades[0] ?? assert.fail();
  const { found, open } = check(book, changed(outcome, 0, { wh: trade.wh + 1000 }));
  const over = found.filter(({ code }) => code === "tooMuch");
  assert.ok(over.length > 0);
  for (const { orders, wh, is, should } of over) {
    assert.equal(wh, is - should);
    assert.ok([trade.seller, trade.buyer].includes(orders[0] ?? ""));
  }
  assert.deepEqual(open, ["best", "pairs", "prices"], "what cannot be is not asked whether it is best");
});

test("what this browser cannot check is said to be so, by its reason", () => {
  for (const [why, { book }] of Object.entries(golden.uncovered)) assert.equal(uncovered(readBook(bytes(book))), why);
  for (const { book } of golden.covered) assert.equal(uncovered(readBook(bytes(book))), null);
});

test("a result of another book is told", () => {
  const [one, other] = golden.covered;
  assert.ok(one !== undefined && other !== undefined);
  assert.ok(found(other, one.right).some(({ code }) => code === "otherBook"));
  assert.equal(readOutcome(bytes(one.right.result)).book, nameOf(bytes(one.book)));
});

test("a document in another spelling, of another format or with orders of another kind is read by nobody", () => {
  const { book } = golden.covered[0] ?? assert.fail();
  assert.throws(() => readBook(bytes(` ${book}`)), /not written as/);
  assert.throws(() => readBook(bytes(book.replace("local-vpp book 3", "local-vpp book 9"))), /not known here/);
  assert.throws(() => readBook(bytes(book.replace('"side":', '"block":"101","side":'))), /block is not known/);
  assert.throws(() => readBook(bytes("{}")), /missing/);
});
