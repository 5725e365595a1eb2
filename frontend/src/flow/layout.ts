/**
 * Where everything stands in the picture of the building, for any number of flats and any width.
 *
 * An elevation: floors as rows, the highest on top, a riser on the left from which each row's line branches; the common
 * parts on the ground, and below it the bulk meter with the grid beside it. A floor with more flats than the width
 * takes gets several rows. Pure: readings in, coordinates out, in CSS pixels.
 */

import type { Flat, State } from "../api/messages";
import { sumOf, type Sum } from "./energy";

export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** null for the common parts. */
  readonly flat: Flat | null;
}

/** A line from the grid's side (`x1`, `y1`) towards the flats; its power is positive in that direction. */
export interface Line {
  readonly key: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly power: Sum;
}

export interface FloorLabel {
  /** The right end of the text. */
  readonly x: number;
  readonly y: number;
  /** null where the flats' names do not tell a floor. */
  readonly floor: number | null;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly size: TileSize;
  readonly tiles: readonly Tile[];
  readonly lines: readonly Line[];
  readonly floors: readonly FloorLabel[];
  /** Where the ground is drawn: below it is what belongs to the utility. */
  readonly groundY: number;
  readonly meter: Box;
  readonly grid: Box;
}

/** How much a tile tells at once; the rest it tells when touched. */
export type TileSize = "large" | "medium" | "small";

/** More flats than this on a narrow screen are drawn as small tiles, and more than that on any as medium ones. */
const SMALL_FROM = 24;
const MEDIUM_FROM = 40;
const NARROW = 620;

interface Sizes {
  /** Where the riser and the first tile of a row stand. */
  readonly riserX: number;
  readonly firstX: number;
  readonly tileWidth: number;
  readonly widest: number;
  readonly tileHeight: number;
  readonly commonHeight: number;
  readonly gap: number;
  readonly drop: number;
}

const SIZES: Readonly<Record<TileSize, Sizes>> = {
  large: { riserX: 42, firstX: 58, tileWidth: 86, widest: 178, tileHeight: 80, commonHeight: 34, gap: 8, drop: 15 },
  medium: { riserX: 40, firstX: 54, tileWidth: 70, widest: 100, tileHeight: 58, commonHeight: 34, gap: 6, drop: 12 },
  small: { riserX: 32, firstX: 43, tileWidth: 46, widest: 74, tileHeight: 43, commonHeight: 30, gap: 5, drop: 10 },
};
const MARGIN = 6;

/** The floor that a flat's name tells: 101 → 1, 1203 → 12, A-305 → 3. */
export function floorOf(name: string): number | null {
  const digits = /(\d{1,2})\d{2}\D?$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function pictureOf(state: State, width: number): Picture {
  const size = tileSize(state.flats.length, width);
  const sizes = SIZES[size];
  const { riserX, firstX } = sizes;
  const floors = groupByFloor(state.flats);
  const room = Math.max(width - firstX - MARGIN, sizes.tileWidth);
  const fitting = Math.max(1, Math.floor((room + sizes.gap) / (sizes.tileWidth + sizes.gap)));
  const most = Math.max(1, ...floors.map(({ flats }) => flats.length));
  // Rows of a floor that does not fit are made even: 6 flats in a width of 4 stand as 3 and 3.
  const columns = Math.ceil(most / Math.ceil(most / fitting));
  const tileWidth = Math.min(sizes.widest, Math.floor((room + sizes.gap) / columns - sizes.gap));

  const tiles: Tile[] = [];
  const lines: Line[] = [];
  const labels: FloorLabel[] = [];
  const branches: { y: number; power: Sum; name: string }[] = [];
  let y = MARGIN;

  const addRow = (name: string, row: readonly { flat: Flat | null; watt: number | null }[], height: number): void => {
    const busY = y + height + sizes.drop;
    row.forEach(({ flat, watt }, column) => {
      const x = firstX + column * (tileWidth + sizes.gap);
      const middle = Math.round(x + tileWidth / 2);
      tiles.push({ x, y, width: tileWidth, height, flat });
      const from = column === 0 ? riserX : Math.round(middle - tileWidth - sizes.gap);
      const beyond = sumOf(row.slice(column).map((item) => item.watt));
      lines.push({ key: `bus ${name} ${column}`, x1: from, y1: busY, x2: middle, y2: busY, power: beyond });
      const own = sumOf([watt]);
      const bottom = y + height;
      lines.push({ key: `drop ${name} ${column}`, x1: middle, y1: busY, x2: middle, y2: bottom, power: own });
    });
    branches.push({ y: busY, power: sumOf(row.map((item) => item.watt)), name });
    y = busY + sizes.gap + 4;
  };

  for (const { floor, flats } of floors) {
    labels.push({ x: riserX - 10, y: y + Math.min(sizes.tileHeight / 2, 20), floor });
    for (let first = 0; first < flats.length; first += columns) {
      const row = flats.slice(first, first + columns).map((flat) => ({ flat, watt: flat.grid_w }));
      addRow(`${floor ?? "?"}/${first}`, row, sizes.tileHeight);
    }
  }
  y += 2;
  addRow("common", [{ flat: null, watt: state.building.common_w }], sizes.commonHeight);

  const groundY = y + 4;
  const boxWidth = Math.min(168, Math.floor((width - MARGIN * 2 - 40) / 2));
  const meter = { x: MARGIN, y: groundY + 14, width: boxWidth, height: 58 };
  const gap = Math.max(40, Math.min(140, width - MARGIN * 2 - boxWidth * 2));
  const grid = { x: meter.x + boxWidth + gap, y: meter.y, width: boxWidth, height: meter.height };
  lines.push(...riser(branches, riserX, meter.y));
  const level = meter.y + meter.height / 2;
  const bulk = sumOf([state.building.bulk_w]);
  // Drawn from the grid, which stands on the right, towards the meter.
  lines.push({ key: "bulk", x1: grid.x, y1: level, x2: meter.x + meter.width, y2: level, power: bulk });

  const height = meter.y + meter.height + MARGIN;
  return { width, height, size, tiles, lines, floors: labels, groundY, meter, grid };
}

/** The riser from the meter up, one line between each two branches, each carrying what branches off above it. */
function riser(branches: readonly { y: number; power: Sum; name: string }[], x: number, meterY: number): Line[] {
  return branches.map(({ y, name }, at) => {
    const above = branches.slice(0, at + 1).map((branch) => branch.power);
    const total = sumOf(above.map((power) => power.known));
    const power = { known: total.known, partial: above.some((part) => part.partial) };
    return { key: `riser ${name}`, x1: x, y1: branches[at + 1]?.y ?? meterY, x2: x, y2: y, power };
  });
}

function groupByFloor(flats: readonly Flat[]): { floor: number | null; flats: Flat[] }[] {
  const groups = new Map<number | null, Flat[]>();
  for (const flat of flats) {
    const floor = floorOf(flat.flat);
    const group = groups.get(floor);
    if (group === undefined) groups.set(floor, [flat]);
    else group.push(flat);
  }
  const byName = new Intl.Collator("en", { numeric: true });
  return [...groups]
    .map(([floor, members]) => ({ floor, flats: members.sort((a, b) => byName.compare(a.flat, b.flat)) }))
    .sort((a, b) => (b.floor ?? -1) - (a.floor ?? -1));
}

/** The width of a line: its area grows with the power, from a hair to 9 pixels at the building's largest. */
export function strokeWidth(watt: number, largest: number): number {
  return largest <= 0 ? 1.5 : 1.5 + 7.5 * Math.sqrt(Math.min(1, Math.abs(watt) / largest));
}

function tileSize(flats: number, width: number): TileSize {
  if (flats > SMALL_FROM && width < NARROW) return "small";
  return flats > MEDIUM_FROM ? "medium" : "large";
}
