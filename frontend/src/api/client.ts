/** Requests to the coordinator. Addresses are relative to the page, so that it also works below a path. */

import { NoSuchFileError, UnreachableError } from "../log/errors";
import type { LogFiles } from "../log/tiles";
import { DecodeError, object, parse, text, type Decoder } from "./decode";

/** The reader of this page may not see this: it needs the manager's token. */
export class ForbiddenError extends Error {
  override readonly name = "ForbiddenError";
}

export async function fetchJson<T>(path: string, decoder: Decoder<T>): Promise<T> {
  const response = await request(path, "default");
  if (response.status === 401 || response.status === 403) throw new ForbiddenError(`${path}: ${response.status}`);
  if (!response.ok) throw new UnreachableError(`${path}: HTTP ${response.status}`);
  return parse(decoder, await reached(response.text(), path), path);
}

/** The coordinator refuses what was asked; its sentence says why, and what to do. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** Asks for something to be done. Rejects with `RefusedError` when it is not. */
export async function post(path: string, body: unknown): Promise<void> {
  const response = await request(path, "no-store", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { Accept: "*/*", "Content-Type": "application/json" },
  });
  if (response.ok) return;
  const told: unknown = await response.json().catch(() => null);
  const shape = object({ error: object({ message: text }) });
  let message = `HTTP ${response.status}`;
  try {
    ({ message } = shape(told, path).error);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new RefusedError(message);
}

/** A file that only the manager may have. Rejects with `NoSuchFileError` when it does not exist (any more). */
export async function fetchFile(path: string): Promise<Uint8Array> {
  const response = await request(path, "no-store");
  if (response.status === 401 || response.status === 403) throw new ForbiddenError(`${path}: ${response.status}`);
  return bytesOf(response, path);
}

/** A sealed record and its proof, as their files are. */
export function fetchProven(index: number): Promise<[record: Uint8Array, proof: Uint8Array]> {
  const path = `api/v1/records/${index}`;
  return Promise.all([fetchFile(path), fetchFile(`${path}/proof`)]);
}

/** The files of the log as the coordinator serves them. */
export class ServedLog implements LogFiles {
  async read(path: string): Promise<Uint8Array> {
    // A tile never changes, but one that a cache has kept would hide that the server's has.
    const response = await request(`log/${path}`, "no-store");
    return bytesOf(response, `log/${path}`);
  }
}

async function bytesOf(response: Response, path: string): Promise<Uint8Array> {
  if (response.status === 404 || response.status === 410) throw new NoSuchFileError(path);
  if (!response.ok) throw new UnreachableError(`${path}: HTTP ${response.status}`);
  return new Uint8Array(await reached(response.arrayBuffer(), path));
}

async function request(path: string, cache: RequestCache, more: RequestInit = {}): Promise<Response> {
  const init = { cache, headers: { Accept: "*/*" }, signal: AbortSignal.timeout(20_000), ...more };
  return reached(fetch(path, init), path);
}

/** A connection may break, or be too slow, before the answer as well as within its body. */
async function reached<T>(answer: Promise<T>, path: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new UnreachableError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
