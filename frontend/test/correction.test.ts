import assert from "node:assert/strict";
import { test } from "node:test";

import { openBody, parseSealed, type Sealed } from "../src/etp/record";

/** A half hour of flat 103 for which 7 Wh of the week before stood in, until 9 and 2 Wh were told; from Python. */
const LATE = new Uint8Array(
  Buffer.from(
    [
      "g1kBMNKEWICkAScDeCJhcHBsaWNhdGlvbi92bmQubG9jYWwtdnBwLmV0cCtjYm9yBEjy/Zcz08mzCQ+iAXg1dXJuOmxvY2FsLXZwcDpkZXZp",
      "Y2U6YjNjN2FjNzZiZjRjMzBmN2JhNzU2NjgxNGVkMzFiOGQCcnZwcC5leGFtcGxlL2dvbGRlbqBYZ6gAAQFQs8esdr9MMPe6dWaBTtMbjQIA",
      "AwEEWCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUXBhprAkygB1ggudAvvdEQyC/y31MBsGoJiXJ0cUtIKKfIdwrODYlkGKpY",
      "QBLBaxqHkZUl5Rl3hRxxqz1OkAmo9k0K5WGkJFwR13ghMJty0AIBY5AiPGi+i89e4dSMjJrmSoDbthXKaMdddQJYICBowMngvOD7mZN+bZ7x",
      "WgnzJ8Yi50UjKTUmvxtMTOjKWMquAQECGwAAAaIA+1EAAxsAAAGiATI/gAQBBVCzx6x2v0ww97p1ZoFO0xuNBlAAAQIDBAUGBwgJCgsMDQ4P",
      "BwAKoAxjMTAzDQAOAA8ZBwgVGQGcGBuChQEHAIFYIBERERERERERERERERERERERERERERERERERERERERERGmr5EiCEAAkCglggIiIiIiIi",
      "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiJYIDMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMz",
    ].join(""),
    "base64",
  ),
);

test("a correction tells whose value it is, what it was by which rule, what it is, and by which records", () => {
  const sealed = parseSealed(LATE);
  const body = openBody(sealed);
  assert.deepEqual([sealed.envelope.kind, body.place, body.logSize, body.energyWh], ["correction", "103", 412, 0]);
  assert.deepEqual(body.correction, {
    before: { importWh: 7, exportWh: 0, records: ["11".repeat(32)], estimatedFrom: 1_794_708_000 },
    after: { importWh: 9, exportWh: 2, records: ["22".repeat(32), "33".repeat(32)], estimatedFrom: null },
  });
});

test("no other record corrects anything", () => {
  const sealed = parseSealed(LATE);
  const settled: Sealed = { ...sealed, envelope: { ...sealed.envelope, kind: "settled" } };
  assert.throws(() => openBody(settled), /belongs to records of a correction, and to them only/);
});
