/** The rounds of a slot until its last gate: what each has traded, at which price, and what it has left over. */

import { css, html, type TemplateResult } from "lit";

import type { ComingRound, MarketRounds, Round } from "../api/market";
import { leftOf, together } from "../market/left";
import { MarketTables } from "./market-tables";

class MarketRoundsTable extends MarketTables {
  static override readonly properties = {
    rounds: { attribute: false },
    chosen: { attribute: false },
    now: { attribute: false },
  };

  static override readonly styles = [
    MarketTables.styles,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      tr.chosen > * {
        background: var(--give-soft);
      }
      button {
        padding: 0 9px;
      }
      button[aria-pressed="true"] {
        background: var(--card);
        color: var(--text);
      }
      .why {
        white-space: normal;
        color: var(--warn);
      }
      .coming {
        color: var(--quiet);
      }
    `,
  ];

  declare rounds: MarketRounds;
  /** The number of the round that is shown in full. */
  declare chosen: number;
  declare now: number;

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { rounds, to_come } = this.rounds;
    const sum = together(rounds);
    return html`${this.table(
        { as: t.market.roundsOf },
        [
          { name: t.market.round },
          { name: t.market.gate },
          { name: t.market.tradedEnergy, unit: "Wh", number: true },
          { name: t.market.price, unit: t.slots.yenPerKwh, number: true },
          { name: t.market.leftOffered, unit: "Wh", number: true },
          { name: t.market.leftWanted, unit: "Wh", number: true },
        ],
        html`${rounds.map((round) => this.closed(round))} ${to_come.map((round) => this.coming(round))}`,
        html`<tfoot>
          <tr>
            <th scope="row" colspan="2">${t.market.allRounds}</th>
            <td class="number" data-together>${sum === null ? t.unknown : f.number(sum)}</td>
            <td colspan="3"></td>
          </tr>
        </tfoot>`,
      )}
      <p class="quiet">${t.market.roundsExplained}</p>`;
  }

  private closed(round: Round): TemplateResult {
    const { t, f } = this.words;
    const { number, closed_ms, outcome, why, stage, energy_wh, clearing_price } = round;
    const left = leftOf(round);
    const amount = (wh: number | null): string => (wh === null ? t.unknown : f.number(wh));
    const told =
      outcome === "traded"
        ? html`<td class="number traded">${amount(energy_wh)}</td>
            <td class="number price">
              ${clearing_price === null ? t.market.severalPrices : f.barePrice(clearing_price)}
            </td>`
        : html`<td class="why" colspan="2">
            ${outcome === null ? (t.market.stages[stage] ?? stage) : (t.market.whys[why ?? ""] ?? why ?? "")}
          </td>`;
    return html`<tr class=${number === this.chosen ? "chosen" : ""} data-round=${number}>
      <th scope="row">
        <button
          aria-pressed=${number === this.chosen}
          @click=${() => this.dispatchEvent(new CustomEvent("choose-round", { detail: number }))}
        >
          ${f.number(number + 1)}
        </button>
      </th>
      <td>${f.instant(closed_ms, this.now)}</td>
      ${told}
      <td class="number left-offered">${amount(left?.offered ?? null)}</td>
      <td class="number left-wanted">${amount(left?.wanted ?? null)}</td>
    </tr>`;
  }

  private coming({ number, closes_ms }: ComingRound): TemplateResult {
    const { t, f } = this.words;
    return html`<tr class="coming" data-round=${number}>
      <th scope="row">${f.number(number + 1)}</th>
      <td>${f.instant(closes_ms, this.now)}</td>
      <td colspan="4">${t.market.roundToCome}</td>
    </tr>`;
  }
}

customElements.define("market-rounds", MarketRoundsTable);
