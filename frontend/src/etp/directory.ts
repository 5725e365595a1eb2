/**
 * The key directory of a log, read from its entries: which key a device signed with at which place.
 *
 * The log begins with the building's own key. The building enrols devices; a device names its next key, which signs as
 * well, and the keys it signs heads with. The building's next key is the one that the key before has committed to, and no
 * other. An entry that breaks these rules brings no key in: then the records
 * that it would have been for are not proven. What else a log must be, `local-vpp log verify` tells.
 */

import { decodeBase64, encodeBase64, encodeHex } from "../log/bytes";
import type { EntryReader } from "../log/entries";
import { LogError } from "../log/errors";
import { isPossessed, isSignedBy, namesSomebody, parseEnvelope, type Envelope } from "./envelope";
import { RecordError } from "./errors";
import { deviceId, foresee, readKey, type PublicKey } from "./keys";

/** COSE's numbers of the algorithms, as they are kept. */
const NUMBERS = { ed25519: -8, es256: -7 } as const;

/** A device's key and the first entry that it may sign. */
interface Since {
  readonly from: number;
  readonly key: PublicKey;
}

interface Line {
  /** Oldest first. */
  readonly keys: readonly Since[];
  /** What it signs heads with as a witness. */
  readonly witness: PublicKey | null;
}

export class KeyDirectory implements EntryReader<KeyDirectory> {
  private constructor(
    readonly origin: string,
    private entries: number,
    private building: string | null,
    /** What the building's next key has to open, in hex; null before the first entry. */
    private nextKey: string | null,
    private readonly lines: Map<string, Line>,
  ) {}

  /** Begins with no entry, or goes on from what `encode` has kept. */
  static begin(origin: string, kept: string | null = null): KeyDirectory {
    if (kept === null) return new KeyDirectory(origin, 0, null, null, new Map());
    try {
      const { entries, building, nextKey, lines } = JSON.parse(kept) as Kept;
      if (!Number.isSafeInteger(entries)) throw new TypeError("no number of entries");
      if ((typeof nextKey === "string") !== (typeof building === "string")) throw new TypeError("no next key");
      return new KeyDirectory(origin, entries, building, nextKey, new Map(lines.map(decodeLine)));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      throw new LogError("format", `what was kept of the log's keys is not readable: ${error.message}`);
    }
  }

  /** How many entries were read. */
  get size(): number {
    return this.entries;
  }

  /** The key that a device may sign entry number `index` with; null when the log names none, or was not read so far. */
  keyAt(device: string, index: number): PublicKey | null {
    return this.lines.get(device)?.keys.findLast(({ from }) => from <= index)?.key ?? null;
  }

  /** The key that a device signs heads with, as the log names it. */
  witness(device: string): Uint8Array | null {
    return this.lines.get(device)?.witness?.data ?? null;
  }

  take(index: number, entry: Uint8Array): void {
    // The last, unfinished bundle is read anew with each head.
    if (index < this.entries) return;
    if (index > this.entries) throw new Error(`bad math in take: entry ${index} after ${this.entries}`);
    this.entries = index + 1;
    const envelope = readNaming(entry);
    if (envelope !== null) this.enter(index, envelope);
  }

  copy(): KeyDirectory {
    return new KeyDirectory(this.origin, this.entries, this.building, this.nextKey, new Map(this.lines));
  }

  encode(): string {
    const kept: Kept = {
      entries: this.entries,
      building: this.building,
      nextKey: this.nextKey,
      lines: [...this.lines].map(([device, { keys, witness }]) => [
        device,
        keys.map(({ from, key }) => [from, plain(key)]),
        witness && plain(witness),
      ]),
    };
    return JSON.stringify(kept);
  }

  private enter(index: number, envelope: Envelope): void {
    const { device, kind, named, building, nextKey } = envelope;
    if (named === null || building !== this.origin || !this.isSigned(index, envelope)) return;
    const from = index + 1;
    const known = this.lines.get(named.device);
    if (kind === "enrol") {
      if (known !== undefined || device !== (this.building ?? named.device)) return;
      if (this.building === null) {
        this.building = device;
        this.nextKey = nextKey && encodeHex(nextKey);
      }
      this.lines.set(named.device, { keys: [{ from, key: named.key }], witness: null });
    } else if (known !== undefined && device === named.device) {
      if (kind === "witness") this.lines.set(device, { ...known, witness: named.key });
      else if (kind === "rotate" && isPossessed(envelope)) {
        if ((nextKey !== null) !== (device === this.building)) return;
        if (nextKey !== null) {
          if (encodeHex(foresee(named.key, this.origin)) !== this.nextKey) return;
          this.nextKey = encodeHex(nextKey);
        }
        this.lines.set(device, { ...known, keys: [...known.keys, { from, key: named.key }] });
      }
    }
  }

  /** Whether the entry is signed with the key that its device has there; the first one brings its own. */
  private isSigned(index: number, envelope: Envelope): boolean {
    const { device, named } = envelope;
    if (this.building !== null) {
      const key = this.keyAt(device, index);
      return key !== null && isSignedBy(envelope, key);
    }
    return (
      named !== null && named.device === device && deviceId(named.key) === device && isSignedBy(envelope, named.key)
    );
  }
}

type PlainKey = readonly [algorithm: number, data: string];

/** What is kept from one visit to the next. */
interface Kept {
  readonly entries: number;
  readonly building: string | null;
  readonly nextKey: string | null;
  readonly lines: readonly PlainLine[];
}

type PlainLine = readonly [device: string, keys: readonly (readonly [number, PlainKey])[], witness: PlainKey | null];

function plain({ algorithm, data }: PublicKey): PlainKey {
  return [NUMBERS[algorithm], encodeBase64(data)];
}

function decodeLine([device, keys, witness]: PlainLine): [string, Line] {
  const key = ([number, data]: PlainKey): PublicKey => readKey(number, decodeBase64(data, "a key that was kept"));
  return [device, { keys: keys.map(([from, each]) => ({ from, key: key(each) })), witness: witness && key(witness) }];
}

/** What reading a text that is no directory ends with. */
function isUnreadable(error: unknown): error is Error {
  return [SyntaxError, TypeError, LogError, RecordError].some((kind) => error instanceof kind);
}

/** An entry that names a key; null for any other, and for what is no record. */
function readNaming(entry: Uint8Array): Envelope | null {
  try {
    return namesSomebody(entry) ? parseEnvelope(entry) : null;
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return null;
  }
}
