import assert from "node:assert/strict";
import { test } from "node:test";

import { openBody, parseSealed, type Sealed } from "../src/etp/record";

/** A minute of a flat whose PV made 25 Wh and whose battery took 11, made by the Python side. */
const SUNNY = new Uint8Array(
  Buffer.from(
    [
      "g1kBMNKEWICkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEhWR1qnVGNHTA+iAXg1dXJuOmxvY2FsLXZwcDpk",
      "ZXZpY2U6NTNiM2Y2ZGJmZDhiYTE4NjEwMzQwZGExNDY2MWI2YjICcnZwcC5leGFtcGxlL2dvbGRlbqBYZ6gAAQFQU7P22/2LoYYQNA2h",
      "RmG2sgIAAwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUBBhprAkygB1ggYc4AdmL8GYOiRZ1kCWYl5Gpx+dRtqhbm",
      "Bj4q+vdcjEpYQNXZwxKRMurzVpxOU0l2DJ6cM2za1v+3+I61bCHb1/9RHMy+beKrV/gU5a3WotXX8JLL7U6dExcE2QvNGetivApYIGRl",
      "ZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDWISyAQECGwAAAaIA+1FRAxsAAAGiAPw7wAQBBVAAAQIDBAUGBwgJCgsMDQ4PBlBT",
      "s/bb/YuhhhA0DaFGYbayBwwIghoAEtRQGgAS1FwJghkCNxkCNwqhAQwMYzEwMQ0ADgAPGDwUaDEyMDAwMTAxGBiCGZxAGZxZGBmCGSMo",
      "GSMzGBqCAAA=",
    ].join(""),
    "base64",
  ),
);

test("a record tells what was counted behind the meter", () => {
  const body = openBody(parseSealed(SUNNY));
  assert.deepEqual(
    [body.generated, body.charged, body.discharged],
    [
      { begin: 40_000, end: 40_025 },
      { begin: 9_000, end: 9_011 },
      { begin: 0, end: 0 },
    ],
  );
  assert.deepEqual([body.energyWh, body.exported], [12, { begin: 567, end: 567 }]);
});

test("only a meter's records tell of it", () => {
  const sealed = parseSealed(SUNNY);
  const transfer: Sealed = { ...sealed, envelope: { ...sealed.envelope, kind: "transfer" } };
  assert.throws(() => openBody(transfer), /stand in a meter's records, and in no others/);
});
