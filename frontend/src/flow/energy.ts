/** What follows from the readings of the moment. Everything here passes on what is unknown: a sum without an unknown part is none. */

import type { Flat, Slot, State } from "../api/messages";

/** A sum over flats of which some may not be known. */
export interface Sum {
  /** Over those that are known; null when none is. */
  readonly known: number | null;
  /** Whether flats are missing from it. */
  readonly partial: boolean;
}

export function sumOf(values: readonly (number | null)[]): Sum {
  const known = values.filter((value) => value !== null);
  return {
    known: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0),
    partial: known.length < values.length,
  };
}

/** What the flat uses: from the building, from its PV and from its battery. Unknown as soon as its meter is. */
export function loadOf(flat: Flat): number | null {
  // A flat without PV or battery tells null for them as one whose inverter is silent does: then the use is not known.
  if (flat.grid_w === null || flat.pv_w === null || flat.battery_w === null) return null;
  return flat.grid_w + flat.pv_w + flat.battery_w;
}

export interface Now {
  readonly bulk: number | null;
  readonly common: number | null;
  readonly frequency: number | null;
  readonly pv: Sum;
  readonly battery: Sum;
  /** What flats take from the building's lines, and what they give, in W, both positive. */
  readonly taken: Sum;
  readonly given: Sum;
  /** What goes from flat to flat at this moment, in W. Where flats are not known it is at least so much: they can only add. */
  readonly shared: Sum;
  readonly online: number;
  readonly islanded: number;
  readonly flats: number;
}

export function now({ building, flats }: State): Now {
  const grid = flats.map((flat) => flat.grid_w);
  const taken = sumOf(grid.map((watt) => (watt === null ? null : Math.max(0, watt))));
  const given = sumOf(grid.map((watt) => (watt === null ? null : Math.max(0, -watt))));
  return {
    bulk: building.bulk_w,
    common: building.common_w,
    frequency: building.frequency_hz,
    pv: sumOf(flats.map((flat) => flat.pv_w)),
    battery: sumOf(flats.map((flat) => flat.battery_w)),
    taken,
    given,
    shared: {
      known: taken.known === null || given.known === null ? null : Math.min(taken.known, given.known),
      partial: taken.partial,
    },
    online: flats.filter((flat) => flat.online).length,
    islanded: flats.filter((flat) => flat.islanded === true).length,
    flats: flats.length,
  };
}

/** Where the energy of a settled slot came from and went, in Wh. */
export interface SlotEnergy {
  readonly shared: number;
  /** What flats used beyond their own and the shared. */
  readonly fromGrid: number;
  /** What flats had over and nobody inside took. */
  readonly surplus: number;
}

/** By the rule of the settlement: a flat's own surplus covers its own use of the same slot first. */
export function slotEnergy(slot: Slot): SlotEnergy {
  let fromGrid = 0;
  let surplus = 0;
  for (const share of slot.flats) {
    const own = Math.min(share.import_wh, share.export_wh);
    fromGrid += share.import_wh - own - share.shared_in_wh;
    surplus += share.export_wh - own - share.shared_out_wh;
  }
  return { shared: slot.shared_wh, fromGrid, surplus };
}

/** What the shared energy cost inside, in 0.01 yen/kWh; null when none was shared. Money is Wh × 0.01 yen/kWh. */
export function insidePrice(slot: Slot): number | null {
  const bought = slot.flats.filter((share) => share.shared_in_wh > 0);
  const energy = bought.reduce((sum, share) => sum + share.shared_in_wh, 0);
  return energy === 0 ? null : -bought.reduce((sum, share) => sum + share.inside_money, 0) / energy;
}
