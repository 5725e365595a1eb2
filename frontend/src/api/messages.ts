/**
 * What the coordinator tells, as docs/protocol.md has it. Power in W (grid: positive = import; battery: positive =
 * discharging), energy in Wh, money in 10⁻⁵ yen, times in the unit their name ends in.
 */

import { count, flag, integer, list, nullable, number, object, record, sinceLater, text, type Decoded } from "./decode";

export const building = object({
  name: text,
  origin: text,
  version: text,
  fingerprint: text,
  log_key: text,
  slot_seconds: count,
});
export type Building = Decoded<typeof building>;

export const flat = object({
  flat: text,
  device: nullable(text),
  online: flag,
  age_ms: nullable(number),
  grid_w: nullable(number),
  pv_w: nullable(number),
  battery_w: nullable(number),
  soc: nullable(number),
  frequency_hz: nullable(number),
  import_wh: nullable(integer),
  export_wh: nullable(integer),
  islanded: nullable(flag),
  fingerprint: nullable(text),
});
export type Flat = Decoded<typeof flat>;

/** A flat that holds a whole copy of the log, and how far. */
export const mirror = object({ flat: nullable(text), size: count, signed_ms: number });
export type Mirror = Decoded<typeof mirror>;

/** A witness that says the log was set back, or that its newest head does not follow from the one it has signed. */
export const objection = object({ witness: text, kind: text, size: nullable(count) });
export type Objection = Decoded<typeof objection>;

/** How far the witnesses are with the newest head, as the coordinator tells it. */
const witnessed = {
  /** How many have signed it. */
  cosigners: sinceLater(count),
  witnesses: sinceLater(count),
  /** Flats that have to sign. */
  needed: sinceLater(count),
  /** Of the newest head that enough have signed, and when they had. */
  quorum_size: sinceLater(count),
  quorum_ms: sinceLater(number),
  objections: sinceLater(list(objection)),
  /** Since when a head has a quorum and no mirror. */
  unmirrored_ms: sinceLater(number),
};

/** A flat whose key has signed two records with one number. */
export const conflict = object({ flat: nullable(text), seq: count, seen_ms: number, hash: text, suspended: flag });
export type Conflict = Decoded<typeof conflict>;

/** One flat in a drill: the roll-call, its turn, and what became of it. */
export const drillFlat = object({
  flat: text,
  stage: text,
  notified_ms: nullable(number),
  acknowledged_ms: nullable(number),
  acknowledged_after_s: nullable(count),
  acknowledged_by: nullable(text),
  called_ms: nullable(number),
  reasons: list(text),
  words: nullable(text),
  phase: nullable(text),
  ended_ms: nullable(number),
  passed: nullable(flag),
  aborted: nullable(text),
  transfer: nullable(text),
  /** SHA-256 of its own report; null before it has told one. */
  report: nullable(text),
});
export type DrillFlat = Decoded<typeof drillFlat>;

export const drill = object({
  drill: text,
  level: text,
  length_s: count,
  stage: text,
  announced_ms: nullable(number),
  first_ms: nullable(number),
  until_ms: nullable(number),
  ended_ms: nullable(number),
  ended: nullable(text),
  most: count,
  limit_w: nullable(number),
  most_seen: count,
  demand_seen_w: nullable(number),
  /** The record in the log that names its report; null before it is drawn up for good. */
  record: nullable(text),
  /** Why no flat is called now. */
  against: nullable(text),
  notified: count,
  acknowledged: count,
  acknowledged_in_time: count,
  flats: list(drillFlat),
});
export type Drill = Decoded<typeof drill>;

export const blackout = object({
  /** By the bulk meter: good, doubtful, gone or unknown. */
  grid: text,
  islanded: count,
  connected: count,
  unknown: count,
  drill: nullable(drill),
});
export type Blackout = Decoded<typeof blackout>;

export const state = object({
  time_ms: number,
  building: object({
    bulk_w: nullable(number),
    common_w: nullable(number),
    frequency_hz: nullable(number),
    import_wh: nullable(integer),
    export_wh: nullable(integer),
  }),
  flats: list(flat),
  latency_ms: nullable(object({ p50: nullable(number), p99: nullable(number), frames: count })),
  /** `held` says why no record is taken; null where records are taken, or where it is not told. */
  log: sinceLater(object({ ...witnessed, held: sinceLater(text) })),
  conflicts: sinceLater(list(conflict)),
  mirrors: sinceLater(list(mirror)),
  /** Whether the sheet of the building's next key still lies on the server. */
  next_key_here: sinceLater(flag),
  blackout: sinceLater(blackout),
});
export type State = Decoded<typeof state>;

export const energyRecord = object({
  index: count,
  hash: text,
  time_ms: number,
  device: text,
  flat: nullable(text),
  kind: text,
  slot: integer,
  seq: count,
  sender: nullable(text),
  receiver: nullable(text),
  energy_wh: nullable(integer),
  sources: nullable(record(integer)),
  frequency_hz: nullable(number),
  start_ms: nullable(number),
  end_ms: nullable(number),
});
export type EnergyRecord = Decoded<typeof energyRecord>;

export const energyRecords = list(energyRecord);

export const head = object({
  size: count,
  root: text,
  origin: text,
  checkpoint: text,
  time_ms: nullable(number),
  mirrors: sinceLater(list(mirror)),
  ...witnessed,
});
export type Head = Decoded<typeof head>;

export type Witnessed = Pick<Head, keyof typeof witnessed>;

export const slotShare = object({
  flat: nullable(text),
  import_wh: integer,
  export_wh: integer,
  shared_in_wh: integer,
  shared_out_wh: integer,
  inside_money: integer,
  grid_money: integer,
});
export type SlotShare = Decoded<typeof slotShare>;

export const slot = object({
  slot: integer,
  seconds: count,
  settled_ms: number,
  shared_wh: integer,
  import_wh: integer,
  export_wh: integer,
  bulk_import_wh: nullable(integer),
  bulk_export_wh: nullable(integer),
  common_wh: nullable(integer),
  loss_wh: nullable(integer),
  building_money: nullable(integer),
  /** "trades" or "sharing_key". */
  settled_by: sinceLater(text),
  /** What buyers paid beyond what sellers got: the building's. */
  rent: sinceLater(integer),
  missing: list(text),
  flats: list(slotShare),
});
export type Slot = Decoded<typeof slot>;

export const slots = list(slot);

/** What went from flat to flat in a settled slot; of a trade of which nothing was delivered, 0 Wh. */
export const transfer = object({
  index: count,
  sender: nullable(text),
  receiver: nullable(text),
  energy_wh: count,
  money: integer,
  rent: integer,
});
export type Transfer = Decoded<typeof transfer>;

export const slotTransfers = object({
  settled_by: sinceLater(text),
  rent: sinceLater(integer),
  transfers: list(transfer),
});
export type SlotTransfers = Decoded<typeof slotTransfers>;
