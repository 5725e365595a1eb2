import assert from "node:assert/strict";
import { test } from "node:test";

import { openBody, parseSealed, type Sealed } from "../src/etp/record";

/** What a flat has ordered, made by the Python side. */
const ORDERS = new Uint8Array(
  Buffer.from(
    [
      "g1kBOdKEWImkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEj+gSwS86tM5g+iAXg1dXJuOmxvY2FsLXZwcDpkZXZp",
      "Y2U6ZjFmYjU3MTU0OGVjNTcwZDEwMzcwMmQ0N2U3NzZmOWMCeBp2cHAuZXhhbXBsZS9zYWt1cmEtaGVpZ2h0c6BYZ6gAAQFQ8ftXFUjsVw0Q",
      "NwLUfndvnAIAAwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUTBhprAkygB1ggd3TuKE3U57DayZGbFXpxQmEBwA0IhDdQ",
      "SNMTF8+EORdYQKlz060RJX3Pu4aEh3uYrmjtF9s7oTixIhCVcjA1I6G6H3L4ZaYbHx3tJC82xs6jdG2Ch5LarLp6pl+zWh0QmgVYIIMf4NHY",
      "R68zQbabdsnDZDSJ2sEMp1OU2AUzdvV9irewWHKtAQECGwAAAaIA8ilAAxsAAAGiAPIpQAQBBVDx+1cVSOxXDRA3AtR+d2+cBlC0QiK6ogid",
      "fnf/oh7kQ8P9BwAKoAxjMTAxDQAOAA8ZBwgTgVggAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ].join(""),
    "base64",
  ),
);

test("a record of orders names their document", () => {
  const sealed = parseSealed(ORDERS);
  const body = openBody(sealed);
  assert.equal(sealed.envelope.kind, "orders");
  assert.deepEqual([body.reason, body.energyWh, body.errors], [null, 0, 0]);
  assert.deepEqual(body.evidence, ["000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"]);
  assert.notEqual(body.sender, body.receiver);
});

test("orders are no record of a drill, which is a word of a device to itself", () => {
  const drill: Sealed = { ...parseSealed(ORDERS) };
  assert.throws(() => openBody({ ...drill, envelope: { ...drill.envelope, kind: "drill" } }), /of a device to itself/);
  for (const kind of ["book", "cleared", "proposal"]) {
    assert.ok(openBody({ ...drill, envelope: { ...drill.envelope, kind } }));
  }
});

/** A transfer of 400 Wh of the 500 Wh that were traded, made by the Python side: without, and with the trades' numbers. */
const DELIVERED = [
  [
    "g1kBOdKEWImkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEh1mXdsMIXj+Q+iAXg1dXJuOmxvY2FsLXZwcDpk",
    "ZXZpY2U6YjQ0MjIyYmFhMjA4OWQ3ZTc3ZmZhMjFlZTQ0M2MzZmQCeBp2cHAuZXhhbXBsZS9zYWt1cmEtaGVpZ2h0c6BYZ6gAAQFQtEIi",
    "uqIInX53/6Ie5EPD/QIAAwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUKBhprAkygB1gga9bcndNAd9QKbMUVCrJe",
    "T6MzUmOmSPzUFvJrELeDR7dYQIzs9NmyXhosnnoKuvVVs3DVkyb26RR2B5tJVH/+0nfinRisFmWxU8tSLWG497DnLQJqLXbuFSslc4LJ",
    "N8oZEg5YIORqpzz3aS1iueDoAg0/LIEn/JI1eyE1rM4LVc+k8ut3WISuAIQZAfQZBtYZAZAZAfQBAQIbAAABogD7UQADGwAAAaIA/Dtg",
    "BAEFUPsSh5sz2rYlTbTxUYguDxcGUPH7VxVI7FcNEDcC1H53b5wHGQGQCqECGQGQDQAOAA8YPBAZBtYTgVggAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAA=",
  ],
  [
    "g1kBOdKEWImkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEh1mXdsMIXj+Q+iAXg1dXJuOmxvY2FsLXZwcDpk",
    "ZXZpY2U6YjQ0MjIyYmFhMjA4OWQ3ZTc3ZmZhMjFlZTQ0M2MzZmQCeBp2cHAuZXhhbXBsZS9zYWt1cmEtaGVpZ2h0c6BYZ6gAAQFQtEIi",
    "uqIInX53/6Ie5EPD/QIAAwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUKBhprAkygB1gg9aLOOwes8bGfSqxJN09r",
    "neCpXE5ca5vJzKur6ZnF1kVYQNk2sDXxHQdCaDcnBXDT7fIanHQFfQUYMDFFCJm7TbeQAQnVPykVhIPEiA9k/xSVyro3ciQttSbvfCzf",
    "qClxTAFYINE/T/673xzGeTL3jUOoYCWY3u17tKb180fn+BWV/75QWIeuAIUZAfQZBtYZAZAZAfSCAAMBAQIbAAABogD7UQADGwAAAaIA",
    "/DtgBAEFUPsSh5sz2rYlTbTxUYguDxcGUPH7VxVI7FcNEDcC1H53b5wHGQGQCqECGQGQDQAOAA8YPBAZBtYTgVggAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  ],
].map((parts) => new Uint8Array(Buffer.from(parts.join(""), "base64")));

test("a transfer tells of which trade it is, and what of that was delivered", () => {
  for (const record of DELIVERED) {
    const body = openBody(parseSealed(record));
    assert.deepEqual(body.trade, { wh: 500, earned: 1750, offered: 400, wanted: 500 });
    assert.deepEqual([body.energyWh, body.price], [400, 1750]);
  }
  assert.equal(openBody(parseSealed(ORDERS)).trade, null);
});
