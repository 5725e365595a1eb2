/** Puts together what can be known of a round's result: what this browser finds, and where it cannot, what the server says. */

import type { Round, ServerCheck } from "../api/market";
import { DecodeError } from "../api/decode";
import { checkRecord, type Known } from "../etp/check";
import { nameOf, readBook, readOutcome, type Book, type Outcome } from "./book";
import { DocumentError } from "./errors";
import { check, uncovered, type Checked, type Uncovered } from "./check";

export interface Sources {
  readonly document: (slot: number, round: number, which: "book" | "result") => Promise<Uint8Array>;
  readonly server: (slot: number, round: number) => Promise<ServerCheck>;
  readonly proven: (index: number) => Promise<[record: Uint8Array, proof: Uint8Array]>;
  readonly known: () => Promise<Known | null>;
}

/** Whether the log names the book: `unknown` where its record is not in the log yet, or this browser knows no log. */
export type Logged = "named" | "other" | "unproven" | "unknown";

export interface Examined {
  readonly logged: Logged;
  /** Orders that are shown otherwise than the documents have them. */
  readonly misshown: readonly string[];
  /** Why this browser did not check; then the server's check stands here. */
  readonly uncovered: Uncovered | null;
  readonly checked: Checked | null;
  readonly server: ServerCheck | null;
}

export async function examine(slot: number, round: Round, sources: Sources): Promise<Examined> {
  const [document, result] = await Promise.all([
    sources.document(slot, round.number, "book"),
    sources.document(slot, round.number, "result"),
  ]);
  const logged = await whetherLogged(slot, round, nameOf(document), sources);
  const read = readBoth(document, result);
  const why = read === null ? "document" : uncovered(read.book);
  return {
    logged,
    misshown: read === null ? [] : misshown(round, read),
    uncovered: why,
    checked: read !== null && why === null ? check(read.counted, read.outcome) : null,
    server: why === null ? null : await sources.server(slot, round.number),
  };
}

/** Whether nothing speaks against a result. What the log says of its book counts where it is known. */
export function isRight({ logged, misshown, checked, server }: Examined): boolean {
  const found = (checked?.found.length ?? 0) + (server?.findings.length ?? 0);
  return (
    found === 0 &&
    misshown.length === 0 &&
    (server?.unchecked ?? null) === null &&
    !["other", "unproven"].includes(logged)
  );
}

interface Read {
  readonly book: Book;
  /** The offers of the book that count in the result. */
  readonly counted: Book;
  readonly outcome: Outcome;
}

function readBoth(document: Uint8Array, result: Uint8Array): Read | null {
  try {
    const outcome = readOutcome(result);
    return { book: readBook(document), counted: readBook(document, outcome.without ?? []), outcome };
  } catch (error) {
    if (error instanceof DocumentError || error instanceof DecodeError || error instanceof SyntaxError) return null;
    if (error instanceof TypeError) return null; // The bytes are no UTF-8.
    throw error;
  }
}

async function whetherLogged(slot: number, round: Round, name: string, { proven, known }: Sources): Promise<Logged> {
  if (round.book_index === null) return "unknown";
  const [files, knows] = await Promise.all([proven(round.book_index), known()]);
  if (knows === null) return "unknown";
  const { proven: holds, body, sealed } = checkRecord(...files, knows);
  if (!holds || body === null || sealed === null) return "unproven";
  const { kind, slot: of } = sealed.envelope;
  return kind === "book" && of === slot && body.evidence[0] === name ? "named" : "other";
}

function misshown(round: Round, { book, counted, outcome: { result } }: Read): readonly string[] {
  const wrong: string[] = [];
  const shown = new Map(round.orders.map((order) => [order.id, order]));
  for (const { id, side, wh, limit } of book.orders) {
    const order = shown.get(id);
    if (order?.side !== side || order.wh !== wh || order.limit !== limit) wrong.push(id);
  }
  const known = new Set(book.orders.map(({ id }) => id));
  wrong.push(...[...shown.keys()].filter((id) => !known.has(id)));
  const counts = new Set(counted.orders.map(({ id }) => id));
  const out = new Set(round.left_out.flatMap(({ orders }) => orders));
  wrong.push(...[...known, ...out].filter((id) => counts.has(id) === out.has(id)));
  const length = Math.max(round.trades.length, result.trades.length);
  for (let at = 0; at < length; at += 1) {
    const [is, was] = [round.trades[at], result.trades[at]];
    const same =
      is !== undefined &&
      was !== undefined &&
      is.seller_order === was.seller &&
      is.buyer_order === was.buyer &&
      is.wh === was.wh &&
      is.price === was.price;
    if (!same) wrong.push(is?.buyer_order ?? was?.buyer ?? "");
  }
  return wrong;
}
