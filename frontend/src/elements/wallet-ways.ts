/**
 * Where one number of a wallet comes from: the days of a month, the slots of a day, and the records of each slot, which
 * the page opens and verifies.
 */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ForbiddenError } from "../api/client";
import { DecodeError } from "../api/decode";
import type { WalletSlot } from "../api/market";
import { Localised } from "../i18n/language";
import { UnreachableError } from "../log/errors";
import type { WalletSource } from "../market/sources";
import { daysBetween, type Row } from "../market/wallet";
import { shared } from "./styles";

interface Day {
  readonly begin: number;
  readonly end: number;
  readonly value: number;
}

/** No day is longer, be it one on which clocks are set back. */
const LONGEST_DAY_S = 25 * 3600;

class WalletWays extends LitElement {
  static override readonly properties = {
    flat: { attribute: false },
    source: { attribute: false },
    row: { attribute: false },
    begin: { attribute: false },
    end: { attribute: false },
    version: { attribute: false },
    days: { state: true },
    slots: { state: true },
    isReading: { state: true },
    unreachable: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 10px;
        padding-top: 8px;
        font-size: 13px;
      }
      .title {
        font-weight: 600;
      }
      ul {
        list-style: none;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border-top: 1px solid var(--line);
        padding: 5px 0;
      }
      .line {
        display: flex;
        justify-content: space-between;
        gap: 10px;
      }
      .records {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 3px;
      }
      .records button {
        padding: 1px 8px;
        font-size: 12px;
      }
      .day {
        width: 100%;
        border: 0;
        padding: 0;
        text-align: start;
      }
      .scroll {
        max-height: 20rem;
        overflow-y: auto;
      }
    `,
  ];

  declare flat: string;
  declare source: WalletSource;
  declare row: Row;
  declare begin: number;
  declare end: number;
  /** Another one where the number was asked for anew: then so is what it comes from. */
  declare version: number;
  /** Of a time of several days those on which the number is not 0; null until they are read. */
  declare days: readonly Day[] | null;
  /** Of a day the slots in which it is not 0; null until they are read, or where no day is chosen. */
  declare slots: readonly WalletSlot[] | null;
  declare isReading: boolean;
  declare unreachable: boolean;

  private readonly words = new Localised(this);
  private asked = 0;
  private chosen: Day | null = null;

  constructor() {
    super();
    this.days = null;
    this.slots = null;
    this.isReading = false;
    this.unreachable = false;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if ((["flat", "row", "begin", "end"] as const).some((name) => changed.has(name))) {
      this.days = null;
      this.slots = null;
      this.chosen = null;
    } else if (!changed.has("version") || this.isReading) return; // What is still being read is new enough.
    void this.read(() => this.readAgain());
  }

  private get isDay(): boolean {
    return this.end - this.begin <= LONGEST_DAY_S;
  }

  /** Do one thing after the other: what was asked for before the newest question is shown no more. */
  private async read(what: () => Promise<() => void>): Promise<void> {
    this.asked += 1;
    this.isReading = true;
    const { asked } = this;
    try {
      const show = await what();
      if (asked !== this.asked) return;
      show();
      this.unreachable = false;
    } catch (error) {
      const expected = [UnreachableError, ForbiddenError, DecodeError];
      if (!expected.some((kind) => error instanceof kind)) throw error;
      if (asked === this.asked) this.unreachable = true;
    } finally {
      if (asked === this.asked) this.isReading = false;
    }
  }

  /** Read what is open: until it is there, what was read before it stays. */
  private async readAgain(): Promise<() => void> {
    const { begin, end, chosen } = this;
    if (this.isDay) return this.readSlots(begin, end);
    const showDays = await this.readDays(begin, end);
    const showSlots = chosen === null ? null : await this.readSlots(chosen.begin, chosen.end);
    return () => {
      showDays();
      showSlots?.();
    };
  }

  /** Day after day: a month is no more for the server than its days. */
  private async readDays(begin: number, end: number): Promise<() => void> {
    const { flat, row, source, asked } = this;
    const now = Date.now() / 1000;
    const found: Day[] = [];
    for (const day of daysBetween(begin, end)) {
      if (day.begin > now || asked !== this.asked) break;
      const value = row.value(await source.sums(flat, day.begin, day.end, false)) ?? 0;
      if (value !== 0) found.push({ ...day, value });
    }
    return () => {
      this.days = found;
    };
  }

  private async readSlots(begin: number, end: number): Promise<() => void> {
    const { flat, row, source } = this;
    const slots = await source.slots(flat, begin, end);
    return () => {
      this.slots = slots.filter((of) => (row.value(of) ?? 0) !== 0);
    };
  }

  private choose(day: Day): void {
    this.slots = null;
    if (this.chosen?.begin === day.begin) {
      this.chosen = null;
      return;
    }
    this.chosen = day;
    void this.read(() => this.readSlots(day.begin, day.end));
  }

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { ways, rows } = t.wallet;
    const when = this.isDay ? t.wallet.today : t.wallet.month;
    return html`<div class="title" role="status">${ways.title(rows[this.row.key].name, when)}</div>
      ${this.unreachable ? html`<p class="quiet">${t.wallet.unreachable}</p>` : nothing}
      ${
        this.isDay
          ? this.list(this.slots)
          : this.days === null
            ? this.waiting()
            : html`<ul class="days">
                ${this.days.map(
                  (day) =>
                    html`<li data-day=${day.begin}>
                      <button
                        class="day"
                        aria-expanded=${this.chosen?.begin === day.begin}
                        @click=${() => this.choose(day)}
                      >
                        <span class="line"
                          ><span>${f.date(day.begin * 1000)}</span
                          ><span class="value">${this.row.written(day.value, f)}</span></span
                        >
                      </button>
                      ${this.chosen?.begin === day.begin ? this.list(this.slots) : nothing}
                    </li>`,
                )}
              </ul>`
      }`;
  }

  private waiting(): TemplateResult | typeof nothing {
    return this.isReading ? html`<p class="quiet">${this.words.t.loading}</p>` : nothing;
  }

  private list(slots: readonly WalletSlot[] | null): TemplateResult | typeof nothing {
    const { t, f } = this.words;
    if (slots === null) return this.waiting();
    if (slots.length === 0) return html`<p class="quiet">${t.wallet.ways.none}</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.wallet.ways.slots}>
      <ul class="slots">
        ${slots.map(
          (of) =>
            html`<li data-slot=${of.slot}>
              <div class="line">
                <span>${f.time(of.slot * 1000)}</span
                ><span class="value">${this.row.written(this.row.value(of), f)}</span>
              </div>
              ${this.prices(of)}
              <div class="records">
                ${this.row.records.map((kind) => of.records[kind].map((index) => this.record(index, kind)))}
              </div>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  private prices({ prices }: WalletSlot): TemplateResult | typeof nothing {
    const [inside, grid, feedIn] = prices ?? [];
    if (this.row.priced !== true || inside === undefined || grid === undefined || feedIn === undefined) return nothing;
    const { t, f } = this.words;
    return html`<p class="quiet">${t.wallet.ways.prices(f.price(inside), f.price(grid), f.price(feedIn))}</p>`;
  }

  private record(index: number, kind: keyof WalletSlot["records"]): TemplateResult {
    const { ways } = this.words.t.wallet;
    const detail = { detail: index, bubbles: true, composed: true };
    return html`<button
      class="record"
      data-index=${index}
      data-kind=${kind}
      @click=${() => this.dispatchEvent(new CustomEvent("verify-record", detail))}
    >
      ${ways.record(ways.kinds[kind], String(index))}
    </button>`;
  }
}

customElements.define("wallet-ways", WalletWays);
