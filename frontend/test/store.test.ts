import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import type { EnergyRecord, Slot } from "../src/api/messages";
import { BuildingStore, EMPTY, type Snapshot } from "../src/store";
import { flatOf, slotOf, stateOf } from "./values";

/** A stream that says what a test lets it say. */
class Stream extends EventTarget {
  static opened: Stream[] = [];
  closed = false;

  constructor(readonly url: string) {
    super();
    Stream.opened.push(this);
  }

  close(): void {
    this.closed = true;
  }

  say(event: string, value: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(value) }));
  }
}

const building = {
  name: "Sakura Heights",
  origin: "vpp.example/sakura-heights",
  version: "1",
  fingerprint: "0000",
  log_key: "none",
  slot_seconds: 1800,
};

function record(index: number): EnergyRecord {
  return {
    index,
    hash: "00",
    time_ms: 0,
    device: "00",
    flat: "101",
    kind: "interval",
    slot: 0,
    seq: index,
    sender: null,
    receiver: null,
    energy_wh: 1,
    sources: null,
    frequency_hz: null,
    start_ms: null,
    end_ms: null,
  };
}

let records: EnergyRecord[] = [];
let slots: Slot[] = [];
let refused = false;
let snapshot: Snapshot = EMPTY;
let store: BuildingStore;

beforeEach(() => {
  [records, slots, refused, snapshot, Stream.opened] = [[record(1)], [], false, EMPTY, []];
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  mock.method(globalThis, "fetch", (input: string) => {
    if (input.includes("api/v1/building")) return Promise.resolve(Response.json(building));
    if (refused) return Promise.resolve(new Response("", { status: 503 }));
    if (input.includes("api/v1/records")) return Promise.resolve(Response.json(records));
    if (input.includes("api/v1/market/slots")) return Promise.resolve(Response.json([]));
    if (input.includes("api/v1/slots")) return Promise.resolve(Response.json(slots));
    return Promise.resolve(new Response("", { status: 404 }));
  });
  Object.assign(globalThis, { EventSource: Stream });
  store = new BuildingStore((now) => (snapshot = now));
});

afterEach(() => {
  store.stop();
  mock.restoreAll();
  mock.timers.reset();
});

/** Lets all that waits for an answer go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function opened(): Promise<Stream> {
  store.start();
  await settled();
  const stream = Stream.opened.at(-1);
  assert.ok(stream !== undefined);
  return stream;
}

const shown = (): number[] => (snapshot.records ?? []).map(({ index }) => index);

test("a record that came between the fetch and the opening of the stream is not missed", async () => {
  const stream = await opened();
  assert.deepEqual(shown(), [1]);
  records = [record(2), record(1)];
  slots = [slotOf(1_795_312_800, [])];
  stream.say("state", stateOf([flatOf("101", {})]));
  stream.say("records", [record(3)]);
  await settled();
  assert.deepEqual(shown(), [3, 2, 1]);
  assert.equal(snapshot.slots?.length, 1);
  assert.equal(snapshot.connection.kind, "live");
});

test("what the stream has told is not undone by what was fetched before", async () => {
  const stream = await opened();
  stream.say("state", stateOf([]));
  stream.say("records", [{ ...record(1), energy_wh: 7 }]);
  await settled();
  assert.equal(snapshot.records?.[0]?.energy_wh, 7);
});

test("each opening catches up once, and one that cannot is tried again", async () => {
  const first = await opened();
  refused = true;
  first.say("state", stateOf([]));
  await settled();
  assert.ok(first.closed);
  assert.equal(snapshot.connection.kind, "lost");
  refused = false;
  records = [record(9)];
  mock.timers.tick(60_000);
  await settled();
  const [, second] = Stream.opened;
  assert.ok(second !== undefined);
  second.say("state", stateOf([]));
  await settled();
  assert.deepEqual(shown(), [9], "a log that was begun anew leaves nothing of the old one");
  records = [record(10), record(9)];
  second.say("state", stateOf([]));
  await settled();
  assert.deepEqual(shown(), [9], "the stream tells what comes later");
});
