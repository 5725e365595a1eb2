/** All that the page knows, put together from requests, the live stream and the check of the log. */

import { fetchJson, ForbiddenError, post, ServedLog } from "./api/client";
import { LiveStream, type Connection } from "./api/live";
import {
  building as buildingDecoder,
  energyRecords,
  slots as slotsDecoder,
  type Building,
  type EnergyRecord,
  type Head,
  type Mirror,
  type Slot,
  type State,
  type Witnessed,
} from "./api/messages";
import { marketSlots, reader as readerDecoder, type MarketSlot, type Reader } from "./api/market";
import { DecodeError } from "./api/decode";
import type { Known } from "./etp/check";
import { KeyDirectory } from "./etp/directory";
import { LogError, UnreachableError } from "./log/errors";
import { parseVerifierKey } from "./log/note";
import { LogWatch, UNWATCHED, type Keeper, type LogView } from "./log/watch";
import { NO_WITNESS_VIEW, WitnessWatch, type WitnessView } from "./log/witnesses";

/** Half of the records of meters are of the direction in which nothing moved, and are not shown at first. */
const SHOWN_RECORDS = 100;
const SHOWN_SLOTS = 48;
/** Without the manager's rights there is no stream to tell of new heads. */
const POLL_MS = 30_000;
/** Rounds take minutes: the stream does not tell of them. */
const MARKET_MS = 10_000;
const SHOWN_MARKET_SLOTS = 48;

export interface Snapshot {
  readonly connection: Connection | { readonly kind: "restricted" };
  readonly building: Building | null;
  readonly state: State | null;
  /** When the state came, on the clock of `performance.now()`. */
  readonly stateAt: number;
  /** Newest first, as the slots. */
  readonly records: readonly EnergyRecord[] | null;
  readonly slots: readonly Slot[] | null;
  readonly log: LogView;
  readonly witnesses: WitnessView;
  /** What the coordinator tells of the witnesses; null before it has. */
  readonly witnessed: Witnessed | null;
  readonly mirrors: readonly Mirror[] | null;
  /** When the log's head was signed, by the coordinator's clock; null when that was not told. */
  readonly headMs: number | null;
  /** Whom the coordinator takes the reader for; null for nobody of the building. */
  readonly reader: Reader | null;
  /** Slots of the market, newest first; null before they are known. */
  readonly market: readonly MarketSlot[] | null;
  /** The message of the coordinator that cannot be read, and why. */
  readonly unreadable: { readonly event: string; readonly problem: string } | null;
}

export const EMPTY: Snapshot = {
  connection: { kind: "connecting" },
  building: null,
  state: null,
  stateAt: 0,
  records: null,
  slots: null,
  log: UNWATCHED,
  witnesses: NO_WITNESS_VIEW,
  witnessed: null,
  mirrors: null,
  headMs: null,
  reader: null,
  market: null,
  unreadable: null,
};

export class BuildingStore {
  private snapshot = EMPTY;
  private watch: LogWatch<KeyDirectory> | null = null;
  private witnesses: WitnessWatch | null = null;
  private poll: ReturnType<typeof setInterval> | undefined;
  private marketPoll: ReturnType<typeof setInterval> | undefined;
  private readonly files = new ServedLog();
  private readonly keeper = new StoredText("local-vpp.log");
  private readonly pin = new StoredText("local-vpp.policy");
  private readonly stream: LiveStream;

  constructor(private readonly changed: (snapshot: Snapshot) => void) {
    this.stream = new LiveStream("api/v1/live", {
      prepare: () => this.prepare(),
      opened: () => this.catchUp(),
      connection: (connection) => this.connected(connection),
      state: (state) => {
        this.update({ state, stateAt: performance.now() });
        if (state.log !== null) this.hear(state.log, state.mirrors);
      },
      records: (records) => this.update({ records: mergeRecords(records, this.snapshot.records ?? []) }),
      head: (head) => this.follow(head),
      slot: (slot) => this.update({ slots: mergeSlots([slot], this.snapshot.slots ?? []) }),
      unreadable: (event, problem) => this.complain(event, problem),
      isFinal: (error) => error instanceof ForbiddenError,
    });
  }

  start(): void {
    this.stream.open();
  }

  stop(): void {
    this.stream.close();
    clearInterval(this.poll);
    clearInterval(this.marketPoll);
  }

  /** Reads every entry of the log anew. */
  verifyAll(): void {
    void this.watch?.refresh(true);
  }

  forgetLog(): void {
    void this.watch?.forget();
    this.pin.forget();
    const key = this.snapshot.building?.log_key;
    if (key === undefined) return;
    this.witnesses = this.watchWitnesses(key);
    void this.witnesses.refresh();
  }

  /** Takes the list of witnesses over that is served now. */
  acceptPolicy(): void {
    void this.witnesses?.acceptPolicy();
  }

  /** Whether the log as verified here holds the record; null when that is not known. */
  holds(record: EnergyRecord): boolean | null {
    return this.watch?.holds(record.index, record.hash) ?? null;
  }

  /** What this browser goes by when it checks a record; null before it knows the building. */
  async known(): Promise<Known | null> {
    if (this.watch === null) return null;
    const [key, watch] = [parseVerifierKey(this.watch.trustedKey), this.watch];
    await this.witnesses?.refresh();
    return {
      key,
      policy: this.witnesses?.policy ?? "unknown",
      policyChanged: this.witnesses?.policyChanged ?? false,
      keys: watch.entries,
      holds: (index, name) => watch.holds(index, name),
    };
  }

  /** Asks the coordinator for something; the stream then tells how it stands. Rejects with what it says against it. */
  ask(path: string, body: unknown): Promise<void> {
    return post(path, body);
  }

  /** What the stream does not tell: what was before it, and who the building is. */
  private async prepare(): Promise<void> {
    try {
      const building = await fetchJson("api/v1/building", buildingDecoder);
      this.watchLog(building);
      // Before the stream opens, so that a head it brings is never older than this one.
      await this.watch?.refresh();
      void this.witnesses?.refresh();
      const { records, slots } = await this.fetchPast();
      this.update({ records: mergeRecords(records, []), slots: mergeSlots(slots, []), unreadable: null });
      if (this.snapshot.reader === null) this.admit({ role: "manager", flat: null });
    } catch (error) {
      if (error instanceof ForbiddenError) {
        this.restrict();
        void this.askWhoReads();
      }
      throw this.complainOf(error);
    }
  }

  /** What happened after `prepare` had asked for the past, and before the stream told the present. */
  private async catchUp(): Promise<void> {
    try {
      const { records, slots } = await this.fetchPast();
      // What the stream has told since is never older.
      this.update({
        records: mergeRecords(this.snapshot.records ?? [], records),
        slots: mergeSlots(this.snapshot.slots ?? [], slots),
      });
    } catch (error) {
      throw this.complainOf(error);
    }
  }

  private async fetchPast(): Promise<{ records: readonly EnergyRecord[]; slots: readonly Slot[] }> {
    const [records, slots] = await Promise.all([
      fetchJson(`api/v1/records?limit=${SHOWN_RECORDS}`, energyRecords),
      fetchJson(`api/v1/slots?limit=${SHOWN_SLOTS}`, slotsDecoder),
    ]);
    return { records, slots };
  }

  private complainOf(error: unknown): unknown {
    if (error instanceof DecodeError) this.complain("api/v1", error.message);
    return error;
  }

  private watchLog(building: Building): void {
    const before = this.snapshot.building?.log_key;
    this.update({ building });
    if (this.watch !== null && before === building.log_key) return;
    const show = (log: LogView): void => this.update({ log });
    try {
      const { name } = parseVerifierKey(building.log_key);
      const begin = (kept: string | null): KeyDirectory => KeyDirectory.begin(name, kept);
      this.watch = new LogWatch(building.log_key, this.files, begin, this.keeper, this.snapshot.log, show);
      this.witnesses = this.watchWitnesses(this.watch.trustedKey);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.watch = null;
      this.witnesses = null;
      show({ ...UNWATCHED, status: { kind: "failed", code: error.code, index: null, detail: error.message } });
    }
  }

  private watchWitnesses(key: string): WitnessWatch {
    const named = (witness: string): Uint8Array | null => this.watch?.entries.witness(witness) ?? null;
    const show = (witnesses: WitnessView): void => {
      if (this.witnesses === null || this.witnesses === watch) this.update({ witnesses });
    };
    const watch: WitnessWatch = new WitnessWatch(parseVerifierKey(key), this.files, this.pin, named, show);
    return watch;
  }

  private restrict(): void {
    this.update({ connection: { kind: "restricted" } });
    clearInterval(this.poll);
    this.poll = setInterval(() => {
      void this.watch?.refresh();
      void this.witnesses?.refresh();
    }, POLL_MS);
  }

  /** Whoever is not the manager may still be a resident, who sees the market and his own wallet. */
  private async askWhoReads(): Promise<void> {
    try {
      this.admit(await fetchJson("api/v1/reader", readerDecoder));
    } catch (error) {
      if (!(error instanceof ForbiddenError || error instanceof UnreachableError || error instanceof DecodeError))
        throw error;
      this.complainOf(error);
    }
  }

  private admit(reader: Reader): void {
    this.update({ reader });
    clearInterval(this.marketPoll);
    this.marketPoll = setInterval(() => void this.fetchMarket(), MARKET_MS);
    void this.fetchMarket();
  }

  private async fetchMarket(): Promise<void> {
    try {
      const market = await fetchJson(`api/v1/market/slots?limit=${SHOWN_MARKET_SLOTS}`, marketSlots);
      // The same list is no news: what is shown of it stays.
      if (JSON.stringify(market) !== JSON.stringify(this.snapshot.market)) this.update({ market });
    } catch (error) {
      // A server that is away is told by the connection.
      if (!(error instanceof ForbiddenError || error instanceof UnreachableError || error instanceof DecodeError))
        throw error;
      this.complainOf(error);
    }
  }

  private connected(connection: Connection): void {
    if (connection.kind !== "live" || this.snapshot.connection.kind !== "live") this.update({ connection });
  }

  private follow(head: Head): void {
    this.update({ headMs: head.time_ms });
    this.hear(head, head.mirrors);
    void this.witnesses?.refresh();
    const note = new TextEncoder().encode(head.checkpoint);
    this.watch?.follow({ note, size: head.size, root: head.root });
  }

  /** Takes what the coordinator tells of its witnesses, and looks for itself when that has changed. */
  private hear(told: Witnessed, mirrors: readonly Mirror[] | null): void {
    const before = this.snapshot.witnessed;
    const { cosigners, witnesses, needed, quorum_size, quorum_ms, objections, unmirrored_ms } = told;
    this.update({
      witnessed: { cosigners, witnesses, needed, quorum_size, quorum_ms, objections, unmirrored_ms },
      mirrors,
    });
    if (before === null) return;
    const moved =
      before.cosigners !== cosigners || before.witnesses !== witnesses || before.quorum_size !== quorum_size;
    if (moved) void this.witnesses?.refresh();
  }

  private complain(event: string, problem: string | null): void {
    const before = this.snapshot.unreadable;
    if (problem !== null) {
      if (before?.event !== event) console.warn(`${event}: ${problem}`);
      this.update({ unreadable: { event, problem } });
    } else if (before?.event === event) {
      this.update({ unreadable: null });
    }
  }

  private update(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    this.changed(this.snapshot);
  }
}

export function mergeRecords(added: readonly EnergyRecord[], known: readonly EnergyRecord[]): readonly EnergyRecord[] {
  const byIndex = new Map([...known, ...added].map((record) => [record.index, record]));
  return [...byIndex.values()].sort((a, b) => b.index - a.index).slice(0, SHOWN_RECORDS);
}

export function mergeSlots(added: readonly Slot[], known: readonly Slot[]): readonly Slot[] {
  const bySlot = new Map([...known, ...added].map((slot) => [slot.slot, slot]));
  return [...bySlot.values()].sort((a, b) => b.slot - a.slot).slice(0, SHOWN_SLOTS);
}

/** A text that outlives the page where the browser stores one, and lives with it where not. */
class StoredText implements Keeper {
  private text: string | null = null;

  constructor(private readonly name: string) {}

  load(): string | null {
    try {
      return localStorage.getItem(this.name) ?? this.text;
    } catch {
      return this.text;
    }
  }

  save(text: string): void {
    this.text = text;
    try {
      localStorage.setItem(this.name, text);
    } catch {
      // Such a browser verifies from the first entry at each visit: slower, and blind to what changed between visits.
    }
  }

  forget(): void {
    this.text = null;
    try {
      localStorage.removeItem(this.name);
    } catch {
      // It was never stored.
    }
  }
}
