import assert from "node:assert/strict";
import { test } from "node:test";

import { openBody, parseSealed, type Sealed } from "../src/etp/record";

/** A slot's gas of a flat, made by the Python side: 120 litres, from 5,000 to 5,120. */
const GAS = new Uint8Array(
  Buffer.from(
    [
      "g1kBMNKEWICkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEhWR1qnVGNHTA+iAXg1dXJuOmxvY2FsLXZw",
      "cDpkZXZpY2U6NTNiM2Y2ZGJmZDhiYTE4NjEwMzQwZGExNDY2MWI2YjICcnZwcC5leGFtcGxlL2dvbGRlbqBYZ6gAAQFQU7P22/2L",
      "oYYQNA2hRmG2sgIAAwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAURBhprAkygB1ggdvC9SNKKqQYO45k8KU9/",
      "zC+GlkDRQZ0C2yT8dn5DEkRYQL2CNy+qr7lsuL30z7Blk9gluU4XbdwZ9Oizt5CD0/J9+wWrRbZttrhV8f9+nXEF8ZMV/qgHryIz",
      "TnyLsJ9nwA1YIHkRnEPFWp7r10/KPo0sqlYh+e0D8QIdEvytoeYWm7umWGOvAQECGwAAAaIA+1EAAxsAAAGiAPw7YAQBBVAAAQID",
      "BAUGBwgJCgsMDQ4PBlBTs/bb/YuhhhA0DaFGYbayBxh4CIIZE4gZFAAKoQEYeAxjMTAxDQAOAA8YPBRmRy00NzExFwE=",
    ].join(""),
    "base64",
  ),
);

test("a record of gas is read in litres", () => {
  const sealed = parseSealed(GAS);
  const body = openBody(sealed);
  assert.equal(sealed.envelope.kind, "supply");
  assert.deepEqual([body.carrier, body.energyWh, body.imported], ["gas", 120, { begin: 5000, end: 5120 }]);
  assert.deepEqual([body.exported, body.sources, body.meter], [null, { grid: 120 }, "G-4711"]);
});

test("gas in a record of energy is none", () => {
  const sealed = parseSealed(GAS);
  const interval: Sealed = { ...sealed, envelope: { ...sealed.envelope, kind: "interval" } };
  assert.throws(() => openBody(interval), /a carrier belongs to records of a supply, and to them only/);
});
