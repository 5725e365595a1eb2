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
  for (const kind of ["book", "cleared"]) {
    assert.ok(openBody({ ...drill, envelope: { ...drill.envelope, kind } }));
  }
});
