/** What a flat has bought, sold, paid, earned and saved, today and this month, and where each figure comes from. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ForbiddenError } from "../api/client";
import { DecodeError } from "../api/decode";
import type { Wallet } from "../api/market";
import { Localised } from "../i18n/language";
import { UnreachableError } from "../log/errors";
import type { WalletSource } from "../market/sources";
import { ROWS, type Row } from "../market/wallet";
import { shared } from "./styles";

import "./wallet-ways";

/** Settled slots come every few minutes; nothing is missed that is a minute old. */
const EVERY_MS = 60_000;

interface Both {
  readonly day: Wallet;
  readonly month: Wallet;
}

type Period = keyof Both;

/** Which number is followed. */
interface Open {
  readonly row: Row;
  readonly when: Period;
}

class WalletView extends LitElement {
  static override readonly properties = {
    flat: { attribute: false },
    source: { attribute: false },
    level: { attribute: false },
    both: { state: true },
    open: { state: true },
    unreachable: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      .title {
        font-size: 15px;
        font-weight: 650;
        margin: 0 0 6px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      caption {
        text-align: start;
        color: var(--quiet);
        font-size: 13px;
        padding-bottom: 6px;
      }
      th,
      td {
        padding: 5px 0 5px 10px;
        border-top: 1px solid var(--line);
        vertical-align: top;
      }
      thead th {
        border-top: 0;
        color: var(--quiet);
        font-weight: 500;
        font-size: 12.5px;
      }
      tbody th {
        text-align: start;
        font-weight: 500;
        padding-left: 0;
      }
      small {
        display: block;
        color: var(--quiet);
        font-size: 12px;
        font-weight: 400;
        line-height: 1.4;
      }
      td,
      .number {
        text-align: end;
        white-space: nowrap;
      }
      td small {
        white-space: normal;
        width: 6.5em;
        margin-inline-start: auto;
      }
      .follow {
        border: 0;
        padding: 0;
        font-size: inherit;
        white-space: nowrap;
        text-decoration: underline;
        text-decoration-color: var(--line);
        text-underline-offset: 0.2em;
      }
      .none {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
      }
      .plain {
        background: none;
        border: 0;
        box-shadow: none;
        padding: 12px 0 0;
      }
    `,
  ];

  declare flat: string;
  declare source: WalletSource;
  /** Whether it stands by itself, or in what tells more of the flat. */
  declare level: "own" | "inside";
  declare both: Both | null;
  /** Null: none. */
  declare open: Open | null;
  declare unreachable: boolean;

  private readonly words = new Localised(this);
  /** How often `both` was fetched. */
  private version = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.level = "own";
    this.both = null;
    this.open = null;
    this.unreachable = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => void this.fetch(), EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("flat")) return;
    this.both = null;
    this.open = null;
    void this.fetch();
  }

  private async fetch(): Promise<void> {
    const { flat } = this;
    const now = new Date();
    try {
      const [day, whole] = await Promise.all([
        this.source.sums(flat, ...spanOf("day", now), true),
        this.source.sums(flat, ...spanOf("month", now), false),
      ]);
      if (flat !== this.flat) return;
      this.both = { day, month: whole };
      this.version += 1;
      this.unreachable = false;
    } catch (error) {
      const expected = [UnreachableError, ForbiddenError, DecodeError];
      if (!expected.some((kind) => error instanceof kind)) throw error;
      this.unreachable = true;
    }
  }

  override render(): TemplateResult {
    const { t } = this.words;
    const title = t.wallet.heading(t.picture.flat(this.flat));
    return html`<section class=${this.level === "own" ? "" : "plain"} aria-labelledby="heading">
      <div id="heading" class="title" role="heading" aria-level=${this.level === "own" ? 2 : 4}>${title}</div>
      ${
        this.both === null
          ? html`<p class="quiet">${this.unreachable ? t.wallet.unreachable : t.loading}</p>`
          : this.table(this.both)
      }
    </section>`;
  }

  private table({ day, month }: Both): TemplateResult {
    const { t, f } = this.words;
    const { wallet } = t;
    return html`<table>
        <caption>
          ${wallet.caption(f.number(day.slots), f.number(month.slots))}
        </caption>
        <thead>
          <tr>
            <th scope="col"><span class="unseen">${wallet.what}</span></th>
            <th scope="col" class="number">${wallet.today}</th>
            <th scope="col" class="number">${wallet.month}</th>
          </tr>
        </thead>
        <tbody>
          ${ROWS.map(
            (row) =>
              html`<tr data-row=${row.key}>
                <th scope="row">${wallet.rows[row.key].name}<small>${wallet.rows[row.key].from}</small></th>
                <td class="day">${this.cell(row, day, "day")}</td>
                <td class="month">${this.cell(row, month, "month")}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${month.undelivered === 0 ? nothing : html`<p class="none">${wallet.undelivered(f.number(month.undelivered))}</p>`}
      ${this.followed()}`;
  }

  /** A number that is not 0 leads to what it is the sum of. */
  private cell(row: Row, of: Wallet, when: Period): TemplateResult {
    const { t, f } = this.words;
    const value = row.value(of);
    const told = row.written(value, f);
    const isOpen = this.open?.row.key === row.key && this.open.when === when;
    const known = row.known?.(of) ?? of.slots;
    return html`${
      value === null || value === 0
        ? told
        : html`<button
            class="follow"
            aria-expanded=${isOpen}
            @click=${() => this.follow(isOpen ? null : { row, when })}
          >
            ${told}
          </button>`
    }${
      known >= of.slots
        ? nothing
        : html`<small>${known === 0 ? t.wallet.untold : t.wallet.partly(f.number(known), f.number(of.slots))}</small>`
    }`;
  }

  private follow(open: Open | null): void {
    this.open = open;
  }

  private followed(): TemplateResult | typeof nothing {
    if (this.open === null) return nothing;
    const [begin, end] = spanOf(this.open.when, new Date());
    return html`<wallet-ways
      .flat=${this.flat}
      .source=${this.source}
      .row=${this.open.row}
      .begin=${begin}
      .end=${end}
      .version=${this.version}
    ></wallet-ways>`;
  }
}

/** Begin and end of today, or of this month, in seconds, by the reader's own calendar. */
function spanOf(when: Period, now: Date): readonly [number, number] {
  const begin = (month: number, day: number): number => new Date(now.getFullYear(), month, day).getTime() / 1000;
  const [month, date] = [now.getMonth(), now.getDate()];
  return when === "day" ? [begin(month, date), begin(month, date + 1)] : [begin(month, 1), begin(month + 1, 1)];
}

customElements.define("wallet-view", WalletView);
