/**
 * What can be wrong with a log.
 *
 * `code` is what the page puts into plain words; the message is for whoever looks closer.
 */

export type LogErrorCode =
  /** Bytes or text are not in the one form the specification allows. */
  | "format"
  /** The log's key has not signed the head, or its signature is wrong. */
  | "signature"
  /** The building now names another key than the one this browser knows it by. */
  | "key"
  /** The head is of another log. */
  | "origin"
  /** The head has fewer entries than one that this browser has already verified. */
  | "shrunk"
  /** The log has signed another history than the one that this browser has already verified. */
  | "fork"
  /** An entry's hash is not the one in the log's tree. */
  | "entry"
  /** The hashes of all entries do not make the signed root. */
  | "root"
  /** The log has signed for a file that it does not have. */
  | "missing";

export class LogError extends Error {
  override readonly name = "LogError";

  constructor(
    readonly code: LogErrorCode,
    message: string,
    /** The entry concerned, where there is one. */
    readonly index: number | null = null,
  ) {
    super(message);
  }
}

/** A file could not be fetched. It says nothing about the log: try again. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** The server has no such file. */
export class NoSuchFileError extends Error {
  override readonly name = "NoSuchFileError";
}
