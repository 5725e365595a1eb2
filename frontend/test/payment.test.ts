import assert from "node:assert/strict";
import { test } from "node:test";

import { openBody, parseSealed, type Payment, type Sealed } from "../src/etp/record";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

/** What flat 103 has paid for its bill; from Python, as the next two. */
const BILL = bytes(
  [
    "g1kBMdKEWICkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEj+gSwS86tM5g+iAXg1dXJuOmxvY2FsLXZwcDpkZXZp",
    "Y2U6ZjFmYjU3MTU0OGVjNTcwZDEwMzcwMmQ0N2U3NzZmOWMCcnZwcC5leGFtcGxlL2dvbGRlbqBYaKgAAQFQ8ftXFUjsVw0QNwLUfndvnAIA",
    "AwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUYGAYaawJMoAdYIEIZNoguaQwUiO8a7n9S70c+42Qv1isMfjsGABnfxuj9",
    "WEC63ttEiVZnpClNPQQi5oT/KQ1YgbznkQ6kOadIe19FvjwYOSfIvVPMd8UG7y3mPuVXAHDhyf/h1wkbTw0XmAINWCBj2mU7IGaPaHMS5S/J",
    "0akyuUfWpZZXMDyD5lqKNjMknViPrQEBAhsAAAGiAPtRAAMbAAABogD7UQAEAQVQAQIDBAUGBwgJCgsMDQ4PEAZQ8ftXFUjsVw0QNwLUfndv",
    "nAcACqAMYzEwMw0ADgAPGQcIGByHAWoyMDI2LTExLTI3Y2EtMRkToAFnMjAyNi0xMFggERERERERERERERERERERERERERERERERERERERER",
    "ERE=",
  ].join(""),
);
/** What takes a payment of it back. */
const BACK = bytes(
  [
    "g1kBMdKEWICkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEj+gSwS86tM5g+iAXg1dXJuOmxvY2FsLXZwcDpkZXZp",
    "Y2U6ZjFmYjU3MTU0OGVjNTcwZDEwMzcwMmQ0N2U3NzZmOWMCcnZwcC5leGFtcGxlL2dvbGRlbqBYaKgAAQFQ8ftXFUjsVw0QNwLUfndvnAIA",
    "AwIEWCAZe72/oDrhgU5PlstIUdQSBIX/F4nYfI0h5jgs1kJb6AUYGAYaawJMoAdYILFptUdV9kqrsNF/jKiqQ/4f8IOS5bXZvTSO6YKkmk/n",
    "WEC+nkgonZwlBSOcEjP3+PqbKePND314tV/QhAOXAKIWSiTocFDCzHWQKcXwPcrLX7pd4Qy+NTdp6UARBeOcLUICWCBPShaN4MtxgXukO5NO",
    "uHA7zWDhV8rixzp3u2244nVi11iDrQEBAhsAAAGiAPtRAAMbAAABogD7UQAEAQVQAQIDBAUGBwgJCgsMDQ4PEAZQ8ftXFUjsVw0QNwLUfndv",
    "nAcACqAMYzEwMw0ADgAPGQcIGByEAGoyMDI2LTExLTI4Y2EtMlggIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI=",
  ].join(""),
);
/** A deposit that it gets back. */
const OUT = bytes(
  [
    "g1kBMdKEWICkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEj+gSwS86tM5g+iAXg1dXJuOmxvY2FsLXZwcDpkZXZp",
    "Y2U6ZjFmYjU3MTU0OGVjNTcwZDEwMzcwMmQ0N2U3NzZmOWMCcnZwcC5leGFtcGxlL2dvbGRlbqBYaKgAAQFQ8ftXFUjsVw0QNwLUfndvnAIA",
    "AwMEWCDpxSoYymfC4+yx8YDjwyL0uWO6xwqSu7ErN6x3Ch6qDAUYGAYaawJMoAdYIH98qWWUov+vCTMb4sWDbFNyvFy5exPaOVoVqtTy/eBG",
    "WEBXD36ezcYHFPjXcIrJmuKBy80MdKQwp0AgG3/9HwImcifGuRPqzuJVODR6O1YppNHEiLDvFvRluJAL9ahvh0QGWCA7w12hEj0VpM7Ty7o3",
    "eBEo15NClU/UXKOwOTvZbsuIoFhlrQEBAhsAAAGiAPtRAAMbAAABogD7UQAEAQVQ8ftXFUjsVw0QNwLUfndvnAZQAQIDBAUGBwgJCgsMDQ4P",
    "EAcACqAMYzEwMw0ADgAPGQcIGByFAmoyMDI2LTExLTI5Y2EtMxlOIAM=",
  ].join(""),
);
/** What stands in for a payment, of another building of the same name. */
const EMPTY = bytes(
  [
    "g1kBMdKEWICkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEj+gSwS86tM5g+iAXg1dXJuOmxvY2FsLXZwcDpkZXZp",
    "Y2U6ZjFmYjU3MTU0OGVjNTcwZDEwMzcwMmQ0N2U3NzZmOWMCcnZwcC5leGFtcGxlL2dvbGRlbqBYaKgAAQFQ8ftXFUjsVw0QNwLUfndvnAIA",
    "AwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUYGAYaawJMoAdYID9/5swO05qz4yKQ6awdldodo9RxqMKp95dhjkI6sHnJ",
    "WEA1YMR0u9yNka59jhxYmTQzzE/p9QFMN1fn1HBDcrz4EaWZGkAfA1j8k6ZrKslaLp7Zerc2lR9d3BG+FxlpkdIIWCDp0l+jadq7ffPIHsw1",
    "UpC8QJHrmgFZKaX0wGeVf+04f1hNrAEBAhsAAAGiAPtRAAMbAAABogD7UQAEAQVQ8ftXFUjsVw0QNwLUfndvnAZQ8ftXFUjsVw0QNwLUfndv",
    "nAcACqANAA4ADxkHCBgcgQM=",
  ].join(""),
);

function read(data: Uint8Array): [Sealed, Payment | null] {
  const sealed = parseSealed(data);
  return [sealed, openBody(sealed).payment];
}

test("a payment tells how much, when, by which way, and for which bill, by its statement", () => {
  const [sealed, payment] = read(BILL);
  assert.equal(sealed.envelope.kind, "payment");
  assert.deepEqual(payment, {
    day: "2026-11-27",
    reference: "a-1",
    yen: 5024,
    way: "debit",
    bill: { month: "2026-10", statement: "11".repeat(32) },
  });
  const body = openBody(sealed);
  assert.deepEqual([body.place, body.sender, body.energyWh], ["103", "0102030405060708090a0b0c0d0e0f10", 0]);
});

test("what takes a payment back names it, and a deposit names no bill", () => {
  assert.deepEqual(read(BACK)[1], { day: "2026-11-28", reference: "a-2", record: "22".repeat(32) });
  assert.deepEqual(read(OUT)[1], { day: "2026-11-29", reference: "a-3", yen: 20_000, way: "cash", bill: null });
});

test("no other record pays anything, and a record of a payment does", () => {
  const sealed = parseSealed(BILL);
  const settled: Sealed = { ...sealed, envelope: { ...sealed.envelope, kind: "settled" } };
  assert.throws(() => openBody(settled), /a payment belongs to records of a payment, and to them only/);
});

test("what stands in for a payment says nothing, and of nobody", () => {
  const [sealed, payment] = read(EMPTY);
  assert.equal(sealed.envelope.kind, "payment");
  assert.deepEqual(payment, { standsIn: true });
  const body = openBody(sealed);
  assert.deepEqual([body.place, body.sender], [null, body.receiver]);
});
