/** Values of the protocol for tests. */

import type { Drill, DrillFlat, Flat, Slot, SlotShare, State } from "../src/api/messages";

export function flatOf(flat: string, change: Partial<Flat>): Flat {
  return {
    flat,
    device: "00",
    online: true,
    age_ms: 200,
    grid_w: 400,
    pv_w: 0,
    battery_w: 0,
    soc: 50,
    frequency_hz: 50,
    import_wh: 1,
    export_wh: 2,
    islanded: false,
    fingerprint: "0000 0000",
    ...change,
  };
}

export function stateOf(flats: readonly Flat[]): State {
  return {
    time_ms: 1_795_312_800_123,
    building: { bulk_w: 5210, common_w: 800, frequency_hz: 60.01, import_wh: 1, export_wh: 2 },
    flats,
    latency_ms: { p50: 12, p99: 80, frames: 12000 },
    log: {
      cosigners: 8,
      witnesses: 12,
      needed: 9,
      quorum_size: 431,
      quorum_ms: 1_795_312_800_000,
      objections: [],
      unmirrored_ms: null,
      held: null,
    },
    conflicts: [],
    mirrors: [{ flat: "101", size: 431, signed_ms: 1_795_312_800_000 }],
    next_key_here: false,
    blackout: null,
  };
}

export function slotOf(slot: number, flats: readonly SlotShare[]): Slot {
  return {
    slot,
    seconds: 60,
    settled_ms: 0,
    shared_wh: flats.reduce((sum, share) => sum + share.shared_in_wh, 0),
    import_wh: 0,
    export_wh: 0,
    bulk_import_wh: null,
    bulk_export_wh: null,
    common_wh: null,
    loss_wh: null,
    building_money: null,
    settled_by: "sharing_key",
    rent: 0,
    missing: [],
    flats,
  };
}

export function drillFlatOf(flat: string, change: Partial<DrillFlat>): DrillFlat {
  return {
    flat,
    stage: "waiting",
    notified_ms: null,
    acknowledged_ms: null,
    acknowledged_after_s: null,
    acknowledged_by: null,
    called_ms: null,
    reasons: [],
    words: null,
    phase: null,
    ended_ms: null,
    passed: null,
    aborted: null,
    transfer: null,
    report: null,
    ...change,
  };
}

export function drillOf(flats: readonly DrillFlat[]): Drill {
  return {
    drill: "ab".repeat(16),
    level: "l2",
    length_s: 300,
    stage: "running",
    announced_ms: 1_795_312_800_000,
    first_ms: 1_795_313_400_000,
    until_ms: 1_795_327_200_000,
    ended_ms: null,
    ended: null,
    most: 1,
    limit_w: 60_000,
    most_seen: 1,
    demand_seen_w: null,
    record: null,
    against: "full",
    notified: 1,
    acknowledged: 1,
    acknowledged_in_time: 0,
    flats,
  };
}
