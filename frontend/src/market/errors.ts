/** A document is none that this page knows. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}
