/** What a flat has bought, sold, paid, earned and saved, today and this month, and where each figure comes from. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ForbiddenError } from "../api/client";
import { DecodeError } from "../api/decode";
import type { Wallet } from "../api/market";
import type { Format } from "../i18n/format";
import { Localised } from "../i18n/language";
import { UnreachableError } from "../log/errors";
import type { LoadWallet } from "../market/sources";
import { shared } from "./styles";

/** Settled slots come every few minutes; nothing is missed that is a minute old. */
const EVERY_MS = 60_000;

interface Both {
  readonly day: Wallet;
  readonly month: Wallet;
}

interface Cell {
  readonly value: string;
  /** In how many slots it is known, where it is not in all. */
  readonly known?: number;
}
type Show = (wallet: Wallet, f: Format) => Cell;

class WalletView extends LitElement {
  static override readonly properties = {
    flat: { attribute: false },
    load: { attribute: false },
    level: { attribute: false },
    both: { state: true },
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
  declare load: LoadWallet;
  /** Whether it stands by itself, or in what tells more of the flat. */
  declare level: "own" | "inside";
  declare both: Both | null;
  declare unreachable: boolean;

  private readonly words = new Localised(this);
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.level = "own";
    this.both = null;
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
    void this.fetch();
  }

  private async fetch(): Promise<void> {
    const { flat } = this;
    const now = new Date();
    // By the reader's own calendar.
    const begin = (month: number, day: number): number => new Date(now.getFullYear(), month, day).getTime() / 1000;
    const [month, date] = [now.getMonth(), now.getDate()];
    try {
      const [day, whole] = await Promise.all([
        this.load(flat, begin(month, date), begin(month, date + 1)),
        this.load(flat, begin(month, 1), begin(month + 1, 1)),
      ]);
      if (flat !== this.flat) return;
      this.both = { day, month: whole };
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
    const energy =
      (value: (of: Wallet) => number | null): Show =>
      (of, f) => ({ value: f.kilowattHours(value(of)) });
    const money =
      (value: (of: Wallet, f: Format) => string): Show =>
      (of, f) => ({ value: value(of, f) });
    const told =
      (value: (of: Wallet) => number, known: (of: Wallet) => number): Show =>
      (of, f) => {
        const slots = known(of);
        return {
          value: f.kilowattHours(slots === 0 ? null : value(of)),
          ...(slots < of.slots ? { known: slots } : {}),
        };
      };
    const rows: readonly (readonly [key: keyof typeof wallet.rows, show: Show])[] = [
      [
        "generated",
        told(
          (of) => of.generated_wh,
          (of) => of.generated_slots,
        ),
      ],
      [
        "consumed",
        told(
          (of) => of.consumed_wh,
          (of) => of.consumed_slots,
        ),
      ],
      ["imported", energy((of) => of.import_wh)],
      ["exported", energy((of) => of.export_wh)],
      ["tradedBought", energy((of) => of.traded_bought_wh)],
      ["bought", energy((of) => of.bought_wh)],
      ["tradedSold", energy((of) => of.traded_sold_wh)],
      ["sold", energy((of) => of.sold_wh)],
      ["sharedIn", energy((of) => of.shared_in_wh)],
      ["sharedOut", energy((of) => of.shared_out_wh)],
      ["paid", money((of, f) => f.exactMoney(of.paid))],
      ["earned", money((of, f) => f.exactMoney(of.earned))],
      ["grid", money((of, f) => f.money(of.grid_money))],
      ["saved", money((of, f) => f.money(of.saved))],
    ];
    const cell = (show: Show, of: Wallet): TemplateResult => {
      const { value, known } = show(of, f);
      if (known === undefined) return html`${value}`;
      return html`${value}<small
          >${known === 0 ? wallet.untold : wallet.partly(f.number(known), f.number(of.slots))}</small
        >`;
    };
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
          ${rows.map(
            ([key, show]) =>
              html`<tr data-row=${key}>
                <th scope="row">${wallet.rows[key].name}<small>${wallet.rows[key].from}</small></th>
                <td class="day">${cell(show, day)}</td>
                <td class="month">${cell(show, month)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${month.undelivered === 0 ? nothing : html`<p class="none">${wallet.undelivered(f.number(month.undelivered))}</p>`}`;
  }
}

customElements.define("wallet-view", WalletView);
