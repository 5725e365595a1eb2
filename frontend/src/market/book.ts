/**
 * The book and the result of a round, as the documents that the log's records name: what everybody was told, to the byte.
 * Read strictly: a document that this page does not know the whole of is checked by nobody here, rather than by half.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { integer, list, nullable, object, record, sinceLater, text, type Decoded } from "../api/decode";
import { concatBytes, encodeHex } from "../log/bytes";
import { DocumentError } from "./errors";
import { limits, placeOf, treeOf, type Tree } from "./tree";

export type Side = "bid" | "ask";

export interface Order {
  /** The first bytes of its offer's hash, a hyphen and its number. */
  readonly id: string;
  readonly side: Side;
  readonly wh: number;
  readonly limit: number;
  /** Whether it buys nothing but green energy. */
  readonly wantsGreen: boolean;
  /** Whether what it sells is green. */
  readonly green: boolean;
  /** Its node in the building's lines; 0 where they limit nothing. */
  readonly place: number;
  /** The blind that it was given under. */
  readonly flat: string;
  /** The blind of the flat that it trades with before all others, where the two have found each other. */
  readonly partner: string | null;
}

export interface Book {
  /** SHA-256 of the document. */
  readonly name: string;
  readonly slot: number;
  readonly objective: string;
  readonly price: string;
  /** The building's lines, where they limit what is traded. */
  readonly tree: Tree | null;
  readonly orders: readonly Order[];
  /** What decides among equal orders. */
  readonly seed: Uint8Array;
}

export const trade = object({
  seller: text,
  buyer: text,
  wh: integer,
  price: integer,
  seller_price: sinceLater(integer),
});
export type Trade = Decoded<typeof trade>;

const proof = object({
  stage: text,
  slot: integer,
  trades: integer,
  prices: sinceLater(record(integer)),
  threshold: sinceLater(integer),
  seller: sinceLater(text),
  buyer: sinceLater(text),
});
export type Proof = Decoded<typeof proof>;

const certificate = object({
  objective: text,
  price: text,
  stages: list(proof),
  left_out: list(text),
  bounds: list((value) => value),
});

export const outcome = object({
  format: text,
  slot: integer,
  book: text,
  /** The blinds of offers of the book that do not count in it; the former format knew none. */
  without: sinceLater(list(text)),
  result: object({ energy_wh: integer, gain: integer, gap: integer, trades: list(trade), certificate }),
});
export type Outcome = Decoded<typeof outcome>;

const placed = object({
  side: text,
  wh: integer,
  limit: integer,
  attributes: sinceLater(list(text)),
  requires: sinceLater(list(text)),
  partner: sinceLater(text),
});
const KNOWN_MEMBERS = new Set(["side", "wh", "limit", "attributes", "requires", "partner"]);

const line = object({
  id: text,
  parent: sinceLater(text),
  import_limit_wh: sinceLater(integer),
  export_limit_wh: sinceLater(integer),
});

const opened = object({
  format: text,
  origin: text,
  slot: integer,
  objective: text,
  price: text,
  lines: nullable(list(line)),
  offers: list(object({ blind: text, node: nullable(text), orders: list((value) => value) })),
  /** Of the slot, the first one is 0; and the hashes of orders that were not shown. Both are part of the seed. */
  round: integer,
  withheld: list(text),
});

/** A battery is not among them: what it was charged with has to be said, by `green`. */
const GREEN = new Set(["green", "solar", "wind", "hydro", "biomass", "geothermal"]);
/** The former one knew no partners. */
const BOOKS = new Set(["local-vpp book 3", "local-vpp book 2"]);
const RESULT = "local-vpp result 3";
const FORMER_RESULT = "local-vpp result 2";
const ID_BYTES = 16;

export function nameOf(document: Uint8Array): string {
  return encodeHex(sha256(document));
}

/** Reads a book; of the offers under some blinds nothing but their part in the seed. */
export function readBook(document: Uint8Array, without: readonly string[] = []): Book {
  const plain = json(document);
  const told = opened(plain, "book");
  if (!BOOKS.has(told.format)) throw new DocumentError(`${told.format} is not known here`);
  const tree = told.lines !== null && limits(told.lines) ? treeOf(told.lines) : null;
  const digests: Uint8Array[] = [];
  const orders: Order[] = [];
  for (const offer of told.offers) {
    const digest = hash("local-vpp orders\0", fromHex(offer.blind), "\0", JSON.stringify(offer.orders));
    digests.push(digest);
    if (without.includes(offer.blind)) continue;
    const prefix = encodeHex(digest.slice(0, ID_BYTES));
    const place = tree === null ? 0 : placeOf(tree, offer.node);
    offer.orders.forEach((order, number) => orders.push(readOrder(order, `${prefix}-${number}`, place, offer.blind)));
  }
  const unknown = without.find((blind) => !told.offers.some((offer) => offer.blind === blind));
  if (unknown !== undefined) throw new DocumentError(`${unknown} is no offer of the book`);
  const all = [...digests, ...told.withheld.map(fromHex)].sort(compareBytes);
  return {
    name: nameOf(document),
    slot: told.slot,
    objective: told.objective,
    price: told.price,
    tree,
    orders: withPartners(orders),
    seed: seedOf(told.origin, told.slot, told.round, all),
  };
}

export function readOutcome(document: Uint8Array): Outcome {
  const told = outcome(json(document), "result");
  if (told.format !== RESULT && told.format !== FORMER_RESULT) {
    throw new DocumentError(`${told.format} is not known here`);
  }
  if ((told.without === null) !== (told.format === FORMER_RESULT)) {
    throw new DocumentError(`${told.format} is without ${String(told.without)}`);
  }
  return told;
}

/** The orders by their rank among equals: first the one that comes first. */
export function ranked(book: Book): readonly Order[] {
  const drawn = book.orders.map((order) => ({ order, draw: hash(book.seed, order.id) }));
  drawn.sort((one, other) => compareBytes(one.draw, other.draw) || (one.order.id < other.order.id ? -1 : 1));
  return drawn.map(({ order }) => order);
}

/** What orders have as their partner is a tag: the two flats that alone have the same one are partners. */
function withPartners(orders: readonly Order[]): readonly Order[] {
  const flats = new Map<string, Set<string>>();
  for (const { flat, partner } of orders) {
    if (partner !== null) flats.set(partner, (flats.get(partner) ?? new Set()).add(flat));
  }
  return orders.map((order) => {
    const [one, other, ...more] = flats.get(order.partner ?? "") ?? [];
    if (one === undefined || other === undefined || more.length > 0) return { ...order, partner: null };
    return { ...order, partner: order.flat === one ? other : one };
  });
}

function readOrder(plain: unknown, id: string, place: number, flat: string): Order {
  const told = placed(plain, id);
  const other = Object.keys(plain as object).find((member) => !KNOWN_MEMBERS.has(member));
  if (other !== undefined) throw new DocumentError(`${id}: an order's ${other} is not known here`);
  if (told.side !== "bid" && told.side !== "ask") throw new DocumentError(`${id}: ${told.side} is no side`);
  const { side, wh, limit } = told;
  const green = (told.attributes ?? []).some((source) => GREEN.has(source));
  const wantsGreen = (told.requires ?? []).includes("green");
  return { id, side, wh, limit, wantsGreen, green, place, flat, partner: told.partner };
}

function seedOf(origin: string, slot: number, round: number, digests: readonly Uint8Array[]): Uint8Array {
  const name = new TextEncoder().encode(origin);
  const known = new DataView(new ArrayBuffer(4 + name.length + 8));
  known.setUint32(0, name.length);
  new Uint8Array(known.buffer).set(name, 4);
  known.setBigUint64(4 + name.length, BigInt(slot));
  return hash("local-vpp seed\0", new Uint8Array(known.buffer), Uint8Array.of(round), ...digests);
}

/** The value of a document that is written as it has to be: in the one JSON text of its value. */
function json(document: Uint8Array): unknown {
  const written = new TextDecoder("utf-8", { fatal: true }).decode(document);
  const plain: unknown = JSON.parse(written);
  if (JSON.stringify(plain) !== written) throw new DocumentError("it is not written as a document is");
  return plain;
}

function hash(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const encoder = new TextEncoder();
  return sha256(concatBytes(...parts.map((part) => (typeof part === "string" ? encoder.encode(part) : part))));
}

function fromHex(told: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(told)) throw new DocumentError(`${told.slice(0, 40)} is not hex`);
  return Uint8Array.from(told.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at < 0 ? one.length - other.length : (one[at] ?? 0) - (other[at] ?? 0);
}
