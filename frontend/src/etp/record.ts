/**
 * A whole record as its file has it: `[envelope, salt, body]`. The body is private; the envelope commits to it by
 * SHA-256(salt ‖ body), and is what stands in the log.
 */

import { concatBytes, encodeHex, equalBytes } from "../log/bytes";
import { hashBytes } from "../log/merkle";
import { decodeCbor, type Value, type ValueMap } from "./cbor";
import { parseEnvelope, type Envelope } from "./envelope";
import { RecordError } from "./errors";
import { Fields } from "./fields";

/** Bytes of a sealed record at most: one needs about 600; evidence adds 34 for each hash. */
const LARGEST = 16 * 1024;
const VERSION = 1;
const SALT_BYTES = 32;
const HASH_BYTES = 32;
const DEVICE_BYTES = 16;
/** Seconds: slots are 1 to 60 minutes. */
const LONGEST_SLOT = 3600;
const MOST_MILLIHERTZ = 100_000;
/** Energy and time unfit for billing, cut off from the grid. */
const KNOWN_ERRORS = 7;
const ENERGY_UNFIT = 1;

/** By their number in the body, as the records' events spell them. */
export const SOURCES = ["unknown", "grid", "solar", "battery", "vehicle", "wind", "fuel_cell"] as const;

export interface Register {
  readonly begin: number;
  readonly end: number;
}

/** By their number in the body; electricity has none. Amounts of gas are in litres. */
const CARRIERS = [null, "gas"] as const;
export type Carrier = (typeof CARRIERS)[number];

/** What a record says. Of another carrier than electricity, energy, sources and registers are in its own unit. */
/** A trade: its Wh, what the seller gets in 0.01 yen/kWh, and what he had to give and the buyer had to take, in Wh. */
export interface TradeTerms {
  readonly wh: number;
  readonly earned: number;
  readonly offered: number;
  readonly wanted: number;
}

/** What a meter's slot was taken for, in Wh, and by which records; `estimatedFrom` is the slot that stood in. */
export interface SlotValue {
  readonly importWh: number;
  readonly exportWh: number;
  readonly records: readonly string[];
  readonly estimatedFrom: number | null;
}

/** By their number in the body. */
export const WAYS = [null, "debit", "transfer", "cash", "set_off"] as const;
const MOST_YEN = 9_999_999_999;
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const MONTH = /^[0-9]{4}-(0[1-9]|1[0-2])$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Money that the sender paid the receiver, for a bill or, without one, as a deposit. */
export interface Paid {
  readonly day: string;
  readonly reference: string;
  readonly yen: number;
  readonly way: "debit" | "transfer" | "cash" | "set_off";
  /** The statement by its SHA-256, in hex. */
  readonly bill: { readonly month: string; readonly statement: string } | null;
}

/** What takes a payment back, by the name of its record, in hex. */
export interface TakenBack {
  readonly day: string;
  readonly reference: string;
  readonly record: string;
}

/** None: it stands in for one, so that nobody counts them who cannot read them. */
export interface StandIn {
  readonly standsIn: true;
}

export type Payment = Paid | TakenBack | StandIn;

/** What a settled slot's value was, and is; null where nothing was known, and nothing stood in. */
export interface Correction {
  readonly before: SlotValue | null;
  readonly after: SlotValue | null;
}

export interface Body {
  readonly startMs: number;
  readonly endMs: number;
  readonly slotSeconds: number;
  /** Pseudonyms of devices, in hex. */
  readonly sender: string;
  readonly receiver: string;
  readonly energyWh: number;
  readonly sources: Readonly<Record<string, number>>;
  readonly imported: Register | null;
  readonly exported: Register | null;
  /** Counters of inverter and battery, behind the meter. */
  readonly generated: Register | null;
  readonly charged: Register | null;
  readonly discharged: Register | null;
  readonly millihertz: number | null;
  readonly place: string | null;
  readonly meter: string | null;
  /** In 0.01 yen/kWh. */
  readonly price: number | null;
  /** The trade that a transfer delivers. */
  readonly trade: TradeTerms | null;
  /** Of a settled slot of which something came late. */
  readonly correction: Correction | null;
  /** Between the building and a flat. */
  readonly payment: Payment | null;
  /** 0 when nothing is wrong. */
  readonly meterStatus: number;
  readonly errors: number;
  /** Entries of the log when a slot was settled. */
  readonly logSize: number | null;
  /** Why a flat was suspended, reinstated or revoked; of a drill, its level. */
  readonly reason: string | null;
  /** Hashes of what it follows from, in hex; of a drill, of its report. */
  readonly evidence: readonly string[];
  /** How many signed seconds it stands on. */
  readonly secondsCount: number | null;
  /** What moved, if it was no electricity. */
  readonly carrier: Carrier;
}

/** Kinds that a meter's intervals give. */
const METERED: readonly string[] = ["interval", "exception", "gap"];

/** Kinds that name one document by its hash. */
const DOCUMENTED: readonly string[] = ["drill", "orders", "book", "cleared", "proposal"];

/** A file's three parts, of which nothing is proven but their form. */
export interface Sealed {
  /** What stands in the log. */
  readonly entry: Uint8Array;
  readonly envelope: Envelope;
  readonly salt: Uint8Array;
  readonly body: Uint8Array;
}

export function parseSealed(data: Uint8Array): Sealed {
  if (data.length > LARGEST)
    throw new RecordError("encoding", `the file has ${data.length} bytes, a record at most ${LARGEST}`);
  const parts = decodeCbor(data, "the file");
  const [entry, salt, body, ...rest] = Array.isArray(parts) ? (parts as readonly Value[]) : [];
  if (!isBytes(entry) || !isBytes(salt) || !isBytes(body) || rest.length > 0) {
    throw new RecordError("field", "a record is [envelope, salt, body]");
  }
  if (salt.length !== SALT_BYTES) throw new RecordError("field", `the salt has ${salt.length} bytes`);
  return { entry, envelope: parseEnvelope(entry), salt, body };
}

/** The name of a record: what the events call its hash. */
export function recordName({ entry }: Sealed): string {
  return encodeHex(hashBytes(entry));
}

/** Opens the envelope's commitment and reads what was committed to. */
export function openBody({ envelope, salt, body }: Sealed): Body {
  if (!equalBytes(hashBytes(concatBytes(salt, body)), envelope.commitment)) {
    throw new RecordError("commitment", "SHA-256 of salt and body is not the commitment that the envelope has");
  }
  const read = parseBody(body);
  if ((envelope.kind === "supply") === (read.carrier === null)) {
    throw wrong("a carrier belongs to records of a supply, and to them only");
  }
  if (
    !METERED.includes(envelope.kind) &&
    [read.generated, read.charged, read.discharged].some((each) => each !== null)
  ) {
    throw wrong("counters of what is behind a meter stand in a meter's records, and in no others");
  }
  if ((envelope.kind === "correction") === (read.correction === null)) {
    throw wrong("a correction belongs to records of a correction, and to them only");
  }
  if (read.correction !== null && (read.energyWh > 0 || read.place === null || read.logSize === null)) {
    throw wrong("a correction moves nothing, and says whose value changes, by how many entries");
  }
  if ((envelope.kind === "payment") === (read.payment === null)) {
    throw wrong("a payment belongs to records of a payment, and to them only");
  }
  if (read.payment !== null) {
    const nobody = "standsIn" in read.payment;
    if (read.energyWh > 0 || (read.place === null) !== nobody || (read.sender === read.receiver) !== nobody) {
      throw wrong(
        "a payment moves money and no energy, between two, and says of which flat's account; what stands in for one is the building's to itself",
      );
    }
  }
  if (DOCUMENTED.includes(envelope.kind) && !namesADocument(read)) {
    throw wrong(`a record of kind ${envelope.kind} names one document by its hash, and measures nothing`);
  }
  if (envelope.kind === "drill" && (read.sender !== read.receiver || (read.reason ?? "") === "")) {
    throw wrong("a drill's record is of a device to itself, with the drill's level");
  }
  return read;
}

function namesADocument(body: Body): boolean {
  const measured = [
    body.imported,
    body.exported,
    body.millihertz,
    body.meter,
    body.price,
    body.logSize,
    body.secondsCount,
  ];
  return (
    body.evidence.length === 1 &&
    body.energyWh === 0 &&
    (body.errors & ENERGY_UNFIT) === 0 &&
    body.meterStatus === 0 &&
    measured.every((each) => each === null)
  );
}

function parseBody(data: Uint8Array): Body {
  const fields = new Fields(decodeCbor(data, "the body"), "the body");
  fields.exactly(1, "version", VERSION);
  const register = (name: string) => (key: number) => readRegister(fields.list(key, name), name);
  const body = {
    startMs: fields.unsigned(2, "start"),
    endMs: fields.unsigned(3, "end"),
    slotSeconds: fields.unsigned(15, "slot length", LONGEST_SLOT),
    sender: encodeHex(fields.bytes(5, "sender", DEVICE_BYTES)),
    receiver: encodeHex(fields.bytes(6, "receiver", DEVICE_BYTES)),
    energyWh: fields.unsigned(7, "energy"),
    imported: fields.optional(8, register("import register")),
    exported: fields.optional(9, register("export register")),
    sources: readSources(fields.map(10, "sources")),
    millihertz: fields.optional(11, (key) => fields.unsigned(key, "frequency", MOST_MILLIHERTZ)),
    place: fields.optional(12, (key) => fields.text(key, "place")),
    meterStatus: fields.unsigned(13, "meter status", 3),
    errors: fields.unsigned(14, "error flags", KNOWN_ERRORS),
    price: fields.optional(16, (key) => fields.unsigned(key, "price")),
    meter: fields.optional(20, (key) => fields.text(key, "meter")),
    logSize: fields.optional(21, (key) => fields.unsigned(key, "log size")),
    reason: fields.optional(22, (key) => fields.text(key, "reason")),
    evidence: fields.optional(19, (key) => readEvidence(fields.list(key, "evidence"))) ?? [],
    secondsCount: fields.optional(18, (key) => fields.unsigned(key, "number of seconds")),
    trade: fields.optional(0, (key) => readTrade(fields.list(key, "trade"))),
    carrier: fields.optional(23, (key) => readCarrier(fields.unsigned(key, "carrier"))),
    generated: fields.optional(24, register("generation's register")),
    charged: fields.optional(25, register("charge's register")),
    discharged: fields.optional(26, register("discharge's register")),
    correction: fields.optional(27, (key) => readCorrection(fields.list(key, "correction"))),
    payment: fields.optional(28, (key) => readPayment(fields.list(key, "payment"))),
  };
  fields.unsigned(4, "time status", 3);
  const root = fields.optional(17, (key) => fields.bytes(key, "root of the seconds", HASH_BYTES));
  fields.end();
  if ((root === null) !== (body.secondsCount === null))
    throw wrong("the root of the seconds and their number go together");
  checkBody(body);
  return body;
}

/** The rules by which the fields of a body must agree. */
function checkBody({ startMs, endMs, slotSeconds, sender, receiver, energyWh, sources }: Body): void {
  const sum = Object.values(sources).reduce((total, wattHours) => total + wattHours, 0);
  if (startMs > endMs) throw wrong("the interval ends before it starts");
  if (slotSeconds < 1) throw wrong("a slot has at least one second");
  if (sender === receiver && energyWh > 0) throw wrong("energy does not move from a device to itself");
  if (sum !== energyWh) throw wrong(`the sources sum to ${sum} Wh, not to the energy of ${energyWh} Wh`);
}

/** What was traded, what the seller gets, what he had to give and the buyer had to take; then which trades it is. */
function readTrade(items: readonly Value[]): TradeTerms {
  const [wh, earned, offered, wanted, numbers = [], ...rest] = items;
  const counts = (value: Value | undefined): value is number => typeof value === "number" && value >= 0;
  const numbered = Array.isArray(numbers) && numbers.every(counts);
  if (!counts(wh) || !counts(earned) || !counts(offered) || !counts(wanted) || !numbered || rest.length > 0) {
    throw wrong("trade is not [Wh, price of the seller, Wh offered, Wh wanted], with the numbers of the trades");
  }
  return { wh, earned, offered, wanted };
}

function readCorrection(items: readonly Value[]): Correction {
  const [before, after, ...rest] = items;
  if (!Array.isArray(before) || !Array.isArray(after) || rest.length > 0) {
    throw wrong("correction is not [value before, value after]");
  }
  return { before: readSlotValue(before as readonly Value[]), after: readSlotValue(after as readonly Value[]) };
}

/** What takes a record back (0), is for a bill (1) or a deposit (2), or stands in (3). */
function readPayment(items: readonly Value[]): Payment {
  if (items.length === 1 && items[0] === 3) return { standsIn: true };
  const [form, day, reference, ...rest] = items;
  if (typeof day !== "string" || !isDay(day) || typeof reference !== "string" || !REFERENCE.test(reference)) {
    throw wrong("a payment has no day, or no reference");
  }
  if (form === 0) {
    const [record, ...more] = rest;
    if (!isBytes(record) || record.length !== HASH_BYTES || more.length > 0) {
      throw wrong("a payment that takes back names one record");
    }
    return { day, reference, record: encodeHex(record) };
  }
  const [yen, number, month, statement, ...more] = rest;
  const way = typeof number === "number" ? WAYS[number] : null;
  if (typeof yen !== "number" || yen < 1 || yen > MOST_YEN || !way || more.length > 0) {
    throw wrong("a payment is of whole yen above 0, by debit, transfer, cash or set off");
  }
  if (form === 2 && rest.length === 2) return { day, reference, yen, way, bill: null };
  if (form !== 1 || typeof month !== "string" || !MONTH.test(month) || !isBytes(statement)) {
    throw wrong("a payment is for a month's bill, by its statement, or a deposit");
  }
  if (statement.length !== HASH_BYTES) throw wrong("a statement's SHA-256 has 32 bytes");
  return { day, reference, yen, way, bill: { month, statement: encodeHex(statement) } };
}

/** Whether it is a day of the calendar, written as 2026-11-27. */
function isDay(text: string): boolean {
  const time = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Nothing, or what it rests on (0: measured, 1: another slot, which comes last), Wh drawn and given, and records. */
function readSlotValue(items: readonly Value[]): SlotValue | null {
  if (items.length === 0) return null;
  const [basis, importWh, exportWh, records, estimatedFrom = null, ...rest] = items;
  const counts = (value: Value | null | undefined): value is number => typeof value === "number" && value >= 0;
  const stoodIn = basis === 1 && counts(estimatedFrom);
  const measured = basis === 0 && estimatedFrom === null;
  if (!counts(importWh) || !counts(exportWh) || !Array.isArray(records) || !(stoodIn || measured) || rest.length > 0) {
    throw wrong("a value of a correction is not [basis, Wh drawn, Wh given, records], with the slot that stood in");
  }
  const names = readEvidence(records as readonly Value[]);
  return { importWh, exportWh, records: names, estimatedFrom: counts(estimatedFrom) ? estimatedFrom : null };
}

function readCarrier(value: number): Carrier {
  const carrier = CARRIERS[value] ?? null;
  if (carrier === null) throw wrong("the carrier is unknown");
  return carrier;
}

function readRegister(value: readonly Value[], name: string): Register {
  const [begin, end, ...rest] = value;
  if (typeof begin !== "number" || typeof end !== "number" || begin < 0 || rest.length > 0) {
    throw wrong(`${name} is not [begin, end] in Wh`);
  }
  if (end < begin) throw wrong(`${name} runs backwards`);
  return { begin, end };
}

function readSources(value: ValueMap): Record<string, number> {
  const pairs = [...value].map(([key, wattHours]): [string, number] => {
    const name = SOURCES[key];
    if (name === undefined || typeof wattHours !== "number" || wattHours <= 0)
      throw wrong("a source is unknown or empty");
    return [name, wattHours];
  });
  return Object.fromEntries(pairs);
}

function readEvidence(items: readonly Value[]): string[] {
  const hashes = items.filter(isBytes).filter((item) => item.length === HASH_BYTES);
  if (items.length === 0 || hashes.length < items.length) throw wrong("evidence is not a list of hashes");
  return hashes.map(encodeHex);
}

function wrong(problem: string): RecordError {
  return new RecordError("field", `the body: ${problem}`);
}

function isBytes(value: Value | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}
