import assert from "node:assert/strict";
import { test } from "node:test";

import { openBody, parseSealed, type Sealed } from "../src/etp/record";

/** A quick drill of a flat, made by the Python side: five minutes, separated from the grid. */
const DRILL = new Uint8Array(
  Buffer.from(
    [
      "g1kBOdKEWImkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEhWR1qnVGNHTA+iAXg1dXJuOmxvY2FsLXZwcDpk",
      "ZXZpY2U6NTNiM2Y2ZGJmZDhiYTE4NjEwMzQwZGExNDY2MWI2YjICeBp2cHAuZXhhbXBsZS9zYWt1cmEtaGVpZ2h0c6BYZ6gAAQFQU7P2",
      "2/2LoYYQNA2hRmG2sgIAAwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUSBhprAkygB1ggmeN7PuDNIlWl4POt0tmA",
      "mmrCW+pnNYPmiIAs4FTmoBFYQDBn8CoVx5gOh/4yzSNaokcYSJxrlLGPqecEF+aEX3ZUQtH42Rk8pmRSECnefCWX/AGKu9y/jOCGDywl",
      "CskWFwtYIGxd1GF/BrkBHWUUHb9tIRFZtC+vA+yalK/pciPwRpVJWHWuAQECGwAAAaIA+58gAxsAAAGiAQAzAAQBBVBTs/bb/YuhhhA0",
      "DaFGYbayBlBTs/bb/YuhhhA0DaFGYbayBwAKoAxjMTAxDQAOBA8YPBOBWCAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHxZi",
      "bDI=",
    ].join(""),
    "base64",
  ),
);

test("a record of a drill names its report and its level", () => {
  const sealed = parseSealed(DRILL);
  const body = openBody(sealed);
  assert.equal(sealed.envelope.kind, "drill");
  assert.deepEqual([body.reason, body.energyWh, body.errors], ["l2", 0, 4]);
  assert.deepEqual(body.evidence, ["000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"]);
  assert.equal(body.sender, body.receiver);
});

test("what measures energy is no record of a drill", () => {
  const gas: Sealed = { ...parseSealed(DRILL) };
  assert.throws(() => openBody({ ...gas, envelope: { ...gas.envelope, kind: "supply" } }), /a carrier belongs/);
});
