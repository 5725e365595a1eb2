import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { DecodeError, parse } from "../src/api/decode";
import { pauseBefore } from "../src/api/live";
import { state as stateDecoder } from "../src/api/messages";
import { insidePrice, loadOf, now, slotEnergy } from "../src/flow/energy";
import { en } from "../src/i18n/en";
import { ja } from "../src/i18n/ja";
import { drillFlatOf, drillOf, flatOf, slotOf, stateOf } from "./values";

/** The names that a Python file of this product gives; tests run in frontend/. */
function readNames(path: string, pattern: RegExp): readonly string[] {
  return [...readFileSync(path, "utf8").matchAll(pattern)].map(([, name]) => name ?? "");
}

test("a state is read as the protocol writes it, and unknown stays unknown", () => {
  const state = stateOf([flatOf("101", { grid_w: null })]);
  assert.deepEqual(parse(stateDecoder, JSON.stringify(state), "state"), state);
  const newer = { ...state, something_new: 1 };
  assert.deepEqual(parse(stateDecoder, JSON.stringify(newer), "state"), state);
});

test("a state that is not as the protocol says is refused, naming the place and the value", () => {
  const state = stateOf([flatOf("101", {}), flatOf("102", {})]);
  const broken = JSON.parse(JSON.stringify(state)) as { flats: Record<string, unknown>[]; time_ms?: unknown };
  const [, second] = broken.flats;
  assert.ok(second !== undefined);
  second["grid_w"] = "12";
  assert.throws(() => parse(stateDecoder, JSON.stringify(broken), "state"), {
    name: DecodeError.name,
    message: 'state.flats[1].grid_w is "12", expected a number',
  });
  second["grid_w"] = 12;
  delete broken.time_ms;
  assert.throws(() => parse(stateDecoder, JSON.stringify(broken), "state"), /state\.time_ms is missing/);
  assert.throws(() => parse(stateDecoder, "{", "state"), /not JSON/);
});

test("what an older coordinator does not tell yet is unknown, and what it tells wrongly is refused", () => {
  const { mirrors, conflicts, log, ...older } = stateOf([]);
  assert.ok(mirrors !== null && conflicts !== null && log !== null);
  const { objections, held, ...told } = log;
  assert.deepEqual([objections, held], [[], null]);
  const read = parse(stateDecoder, JSON.stringify({ ...older, log: told }), "state");
  assert.deepEqual(
    [read.mirrors, read.conflicts, read.log?.objections, read.log?.held, read.log?.needed],
    [null, null, null, null, 9],
  );
  assert.equal(parse(stateDecoder, JSON.stringify(older), "state").log, null);
  for (const [wrong, reason] of [
    [{ mirrors: [{}] }, /mirrors\[0\]\.flat is missing/],
    [{ log: { ...log, cosigners: -1 } }, /log\.cosigners is -1/],
    [{ log: { ...log, held: true } }, /log\.held is true/],
    [{ conflicts: [{ flat: "101", seq: 1, seen_ms: 0, hash: "00" }] }, /conflicts\[0\]\.suspended is missing/],
    [{ log: { ...log, objections: [{ witness: "00" }] } }, /objections\[0\]\.kind is missing/],
  ] as const) {
    assert.throws(() => parse(stateDecoder, JSON.stringify({ ...older, ...wrong }), "state"), reason);
  }
});

test("how the building stands in a blackout is read with its drill, and what is wrong of it is named", () => {
  const refused = drillFlatOf("102", { stage: "refused", reasons: ["declined"], words: "来客中" });
  const blackout = { grid: "gone", islanded: 1, connected: 0, unknown: 1, drill: drillOf([refused]) };
  const state = { ...stateOf([]), blackout };
  assert.deepEqual(parse(stateDecoder, JSON.stringify(state), "state").blackout, blackout);
  const { blackout: _, ...older } = state;
  assert.equal(parse(stateDecoder, JSON.stringify(older), "state").blackout, null);
  for (const [wrong, reason] of [
    [{ ...blackout, islanded: -1 }, /blackout\.islanded is -1/],
    [{ ...blackout, drill: {} }, /blackout\.drill\.drill is missing/],
    [{ ...blackout, drill: drillOf([{ ...refused, reasons: [1] as never }]) }, /flats\[0\]\.reasons\[0\] is 1/],
  ] as const) {
    assert.throws(() => parse(stateDecoder, JSON.stringify({ ...state, blackout: wrong }), "state"), reason);
  }
});

test("every reason, stage and end that the coordinator names has its words", () => {
  const named = readNames("../coordinator/drills/values.py", /^    [A-Z_]+ = "([a-z_]+)"$/gm);
  const words = [ja, en].map(({ blackout }) => [
    ...Object.keys(blackout.rollCall.stages),
    ...Object.keys(blackout.ended),
    ...Object.keys(blackout.against),
  ]);
  for (const known of words) assert.deepEqual([...known].sort(), [...named].sort());
  const lib = "../custom_components/local_vpp/lib/localvpp";
  const guards = readNames(`${lib}/islanding/guards.py`, /^    [A-Z_]+ = "([a-z_]+)"$/gm);
  const wire = readNames(`${lib}/wire/drills.py`, /^    [A-Z_]+ = "([a-z_]+)"$/gm);
  for (const { blackout } of [ja, en]) {
    assert.deepEqual(Object.keys(blackout.reasons).sort(), [...guards, ...wire].sort());
  }
});

test("what goes from flat to flat is a least value while a flat is unknown, as that one can only add", () => {
  const flats = [flatOf("101", { grid_w: 500 }), flatOf("102", { grid_w: -1200 })];
  const complete = now(stateOf(flats));
  assert.deepEqual(
    [complete.shared, complete.taken, complete.given],
    [
      { known: 500, partial: false },
      { known: 500, partial: false },
      { known: 1200, partial: false },
    ],
  );
  const partial = now(stateOf([...flats, flatOf("103", { grid_w: null })]));
  assert.deepEqual(partial.shared, { known: 500, partial: true });
  assert.equal(now(stateOf([flatOf("101", { grid_w: null })])).shared.known, null);
  assert.deepEqual(partial.given, { known: 1200, partial: true });
  assert.deepEqual(now(stateOf([flatOf("101", { pv_w: null })])).pv, { known: null, partial: true });
});

test("a flat's use is the sum of its sources, by the signs of the protocol", () => {
  assert.equal(loadOf(flatOf("101", { grid_w: -420, pv_w: 1800, battery_w: -300 })), 1080);
  assert.equal(loadOf(flatOf("101", { grid_w: -420, pv_w: null, battery_w: -300 })), null);
});

test("a slot's bars follow the rule of the settlement", () => {
  const slot = slotOf(0, [
    {
      flat: "101",
      import_wh: 100,
      export_wh: 0,
      shared_in_wh: 60,
      shared_out_wh: 0,
      inside_money: -132_000,
      grid_money: 0,
    },
    {
      flat: "102",
      import_wh: 10,
      export_wh: 90,
      shared_in_wh: 0,
      shared_out_wh: 60,
      inside_money: 132_000,
      grid_money: 0,
    },
  ]);
  assert.deepEqual(slotEnergy(slot), { shared: 60, fromGrid: 40, surplus: 20 });
  assert.equal(insidePrice(slot), 2200);
  assert.equal(insidePrice(slotOf(0, [])), null);
});

test("pauses between attempts double up to half a minute and are never the same for all", () => {
  assert.deepEqual(
    [1, 2, 3, 6, 20].map((attempt) => pauseBefore(attempt, 1)),
    [1000, 2000, 4000, 30_000, 30_000],
  );
  assert.equal(pauseBefore(1, 0), 750);
});
