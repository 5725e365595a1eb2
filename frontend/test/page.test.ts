import assert from "node:assert/strict";
import { test } from "node:test";

import { floorOf, pictureOf, strokeWidth, type Box } from "../src/flow/layout";
import { en } from "../src/i18n/en";
import { Format } from "../src/i18n/format";
import { ja } from "../src/i18n/ja";
import { mergeRecords } from "../src/store";
import type { EnergyRecord } from "../src/api/messages";
import { flatOf, stateOf } from "./values";

function building(count: number, floors: number): ReturnType<typeof flatOf>[] {
  const each = Math.ceil(count / floors);
  return Array.from({ length: count }, (_, n) =>
    flatOf(`${Math.floor(n / each) + 1}${String((n % each) + 1).padStart(2, "0")}`, {}),
  );
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test("a flat's name tells its floor", () => {
  assert.deepEqual(["101", "1203", "A-305", "B12", "西"].map(floorOf), [1, 12, 3, null, null]);
});

test("for any building and width every flat has its place inside the picture, and none covers another", () => {
  for (const [count, floors] of [
    [4, 2],
    [8, 2],
    [23, 5],
    [48, 6],
    [100, 10],
  ] as const) {
    for (const width of [290, 312, 560, 900, 1300]) {
      const picture = pictureOf(stateOf(building(count, floors)), width);
      assert.equal(picture.tiles.length, count + 1);
      const boxes = [...picture.tiles, picture.meter, picture.grid];
      for (const box of boxes) {
        assert.ok(box.x >= 0 && box.x + box.width <= width, `${count} flats at ${width}: ${JSON.stringify(box)}`);
        assert.ok(box.y >= 0 && box.y + box.height <= picture.height);
      }
      boxes.forEach((box, at) => {
        assert.ok(!boxes.slice(at + 1).some((other) => overlap(box, other)), `${count} flats at ${width}`);
      });
      assert.equal(new Set(picture.lines.map(({ key }) => key)).size, picture.lines.length);
    }
  }
});

test("higher floors stand above lower ones", () => {
  const picture = pictureOf(stateOf(building(12, 3)), 900);
  const y = (name: string): number => picture.tiles.find(({ flat }) => flat?.flat === name)?.y ?? NaN;
  assert.ok(y("301") < y("201") && y("201") < y("101"));
});

test("a line carries what lies beyond it, and is partial when part of that is unknown", () => {
  const flats = [
    flatOf("101", { grid_w: 300 }),
    flatOf("102", { grid_w: -1000 }),
    flatOf("201", { grid_w: null }),
    flatOf("202", { grid_w: 50 }),
  ];
  const { lines } = pictureOf(stateOf(flats), 900);
  const power = (key: string): unknown => lines.find((line) => line.key === key)?.power;
  assert.deepEqual(power("bus 1/0 0"), { known: -700, partial: false });
  assert.deepEqual(power("bus 1/0 1"), { known: -1000, partial: false });
  assert.deepEqual(power("riser 2/0"), { known: 50, partial: true });
  assert.deepEqual(power("drop 2/0 0"), { known: null, partial: true });
  assert.deepEqual(power("riser common"), { known: 50 - 700 + 800, partial: true });
  assert.deepEqual(power("bulk"), { known: 5210, partial: false });
});

test("lines widen with power and never vanish", () => {
  assert.equal(strokeWidth(0, 5000), 1.5);
  assert.equal(strokeWidth(-5000, 5000), 9);
  assert.ok(strokeWidth(100, 5000) > 1.5 && strokeWidth(100, 5000) < strokeWidth(1000, 5000));
});

test("an unknown value is a dash in every format, and zero is not", () => {
  const f = new Format("ja", ja);
  const shown = [
    f.power(null),
    f.energy(null),
    f.percent(null),
    f.frequency(null),
    f.money(null),
    f.price(null),
    f.age(null),
  ];
  assert.deepEqual(new Set([...shown, f.milliseconds(null), f.number(null)]), new Set(["–"]));
  assert.equal(f.power(0), "0 W");
});

test("values have the units and digits that people expect", () => {
  const [f, e] = [new Format("ja", ja), new Format("en", en)];
  assert.deepEqual(
    [-420, 999, 1000, 1234, 15_234].map((watt) => f.power(watt)),
    ["420 W", "999 W", "1.00 kW", "1.23 kW", "15.2 kW"],
  );
  assert.equal(f.price(2200), "22.00 円/kWh");
  assert.equal(e.price(3150), "31.50 yen/kWh");
  assert.deepEqual([f.money(-132_000), f.money(220_000), f.money(-1)], ["−1.32 円", "+2.20 円", "0.00 円"]);
  assert.deepEqual(
    [240, 12_000, 100_000, 7_200_000].map((ms) => f.age(ms)),
    ["0.2 秒前", "12 秒前", "2 分前", "2 時間前"],
  );
});

test("both languages have the same words", () => {
  const keys = (value: object): string[] =>
    Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
      typeof inner === "object" && inner !== null ? keys(inner).map((rest) => `${key}.${rest}`) : [key],
    );
  assert.deepEqual(keys(en).sort(), keys(ja).sort());
});

test("records come newest first, once each, and old ones make room", () => {
  const record = (index: number): EnergyRecord => ({ index }) as EnergyRecord;
  const known = Array.from({ length: 100 }, (_, n) => record(99 - n));
  const merged = mergeRecords([record(100), record(99)], known);
  assert.deepEqual([merged.length, merged[0]?.index, merged.at(-1)?.index], [100, 100, 1]);
});
