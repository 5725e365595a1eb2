/**
 * The live stream of the coordinator (Server-Sent Events), which mends itself.
 *
 * The browser would reconnect by itself only after some failures, at a fixed pace, and would not notice a connection
 * that is silently dead: so a stream that falls silent is closed here, and opened anew after pauses that grow.
 */

import { DecodeError, parse } from "./decode";
import { energyRecords, head, slot, state, type EnergyRecord, type Head, type Slot, type State } from "./messages";

/** `state` comes each second: after so long without one the stream is dead, whatever the socket says. */
const SILENCE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** The next attempt is made at `retryAt`, on the clock of `performance.now()`. */
  | { readonly kind: "lost"; readonly retryAt: number };

export interface LiveHandlers {
  /** Called before each attempt to open the stream: fetches what the stream will not tell. A rejection is a failed attempt. */
  readonly prepare: () => Promise<void>;
  /**
   * Called once the stream has said something: from then on it tells all that happens. Fetches what has happened between
   * `prepare` and then, which neither of them tells. A rejection is a failed attempt.
   */
  readonly opened: () => Promise<void>;
  readonly connection: (connection: Connection) => void;
  readonly state: (state: State) => void;
  readonly records: (records: readonly EnergyRecord[]) => void;
  readonly head: (head: Head) => void;
  readonly slot: (slot: Slot) => void;
  /** A message of the coordinator is not as the protocol says; null once one of its kind is again. */
  readonly unreadable: (event: string, problem: string | null) => void;
  /** Says whether an error of `prepare` ends the matter: then no further attempt is made. */
  readonly isFinal: (error: unknown) => boolean;
}

/** The pause before attempt number `attempt`, from 1: doubling, with a random part so that pages do not return as one. */
export function pauseBefore(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return longest * (0.75 + 0.25 * random);
}

export class LiveStream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly handlers: LiveHandlers,
  ) {}

  open(): void {
    this.closed = false;
    void this.attempt();
  }

  close(): void {
    this.closed = true;
    this.disconnect();
  }

  private async attempt(): Promise<void> {
    if (this.failures === 0) this.handlers.connection({ kind: "connecting" });
    try {
      await this.handlers.prepare();
    } catch (error) {
      if (this.handlers.isFinal(error)) this.close();
      this.retry();
      return;
    }
    if (this.closed) return;
    const source = new EventSource(this.url);
    this.source = source;
    this.watch();
    source.addEventListener("error", () => this.retry());
    let opened = false;
    this.listen(source, "state", (data) => {
      if (!opened) {
        opened = true;
        void this.opened(source);
      }
      this.failures = 0;
      this.watch();
      this.handlers.connection({ kind: "live" });
      this.handlers.state(parse(state, data, "state"));
    });
    this.listen(source, "records", (data) => this.handlers.records(parse(energyRecords, data, "records")));
    this.listen(source, "head", (data) => this.handlers.head(parse(head, data, "head")));
    this.listen(source, "slot", (data) => this.handlers.slot(parse(slot, data, "slot")));
  }

  private async opened(source: EventSource): Promise<void> {
    try {
      await this.handlers.opened();
    } catch {
      // Why, has been told; a stream that was given up meanwhile is being opened anew already.
      if (this.source === source) this.retry();
    }
  }

  private listen(source: EventSource, event: string, take: (data: string) => void): void {
    source.addEventListener(event, (message: MessageEvent<string>) => {
      try {
        take(message.data);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        this.handlers.unreadable(event, error.message);
        return;
      }
      this.handlers.unreadable(event, null);
    });
  }

  /** (Re)starts the wait for the next `state`. */
  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retry(), SILENCE_MS);
  }

  private retry(): void {
    this.disconnect();
    if (this.closed) return;
    this.failures += 1;
    const pause = pauseBefore(this.failures, Math.random());
    this.handlers.connection({ kind: "lost", retryAt: performance.now() + pause });
    this.timer = setTimeout(() => void this.attempt(), pause);
  }

  private disconnect(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
