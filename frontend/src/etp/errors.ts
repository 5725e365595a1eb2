/** What can be wrong with the file of a record. `code` is what the page puts into plain words. */

export type RecordErrorCode =
  /** The bytes are not the one deterministic CBOR that a record has. */
  | "encoding"
  /** A field is missing, unknown, of the wrong kind or contradicts another. */
  | "field"
  /** The content is not the one that the signed envelope commits to. */
  | "commitment";

export class RecordError extends Error {
  override readonly name = "RecordError";

  constructor(
    readonly code: RecordErrorCode,
    message: string,
  ) {
    super(message);
  }
}
