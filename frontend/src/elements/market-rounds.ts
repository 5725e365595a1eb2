/** The rounds of a slot until its last gate: what each has traded, at which price, and what it has left over. */

import { css, html, LitElement, type TemplateResult } from "lit";

import type { ComingRound, MarketRounds, Round } from "../api/market";
import { Localised } from "../i18n/language";
import { leftOf, together } from "../market/left";
import { shared } from "./styles";

class MarketRoundsTable extends LitElement {
  static override readonly properties = {
    rounds: { attribute: false },
    chosen: { attribute: false },
    now: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      .scroll {
        overflow-x: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13px;
      }
      th,
      td {
        padding: 5px 9px;
        text-align: start;
        white-space: nowrap;
      }
      thead th {
        background: var(--sunken);
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        vertical-align: top;
      }
      th small {
        display: block;
        font-size: 11.5px;
        line-height: 1.2;
      }
      tbody th,
      tbody td,
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--line);
        font-weight: 400;
      }
      tfoot th,
      tfoot td {
        font-weight: 650;
      }
      .number {
        text-align: end;
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
      .quiet {
        margin: 4px 0 0;
      }
      @media (max-width: 480px) {
        th,
        td {
          padding: 5px 6px;
        }
      }
    `,
  ];

  declare rounds: MarketRounds;
  /** The number of the round that is shown in full. */
  declare chosen: number;
  declare now: number;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { rounds, to_come } = this.rounds;
    const sum = together(rounds);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.market.roundsOf}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t.market.round}</th>
              <th scope="col">${t.market.gate}</th>
              <th scope="col" class="number">${t.market.tradedEnergy}<small>Wh</small></th>
              <th scope="col" class="number">${t.market.price}<small>${t.slots.yenPerKwh}</small></th>
              <th scope="col" class="number">${t.market.leftOffered}<small>Wh</small></th>
              <th scope="col" class="number">${t.market.leftWanted}<small>Wh</small></th>
            </tr>
          </thead>
          <tbody>
            ${rounds.map((round) => this.closed(round))} ${to_come.map((round) => this.coming(round))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colspan="2">${t.market.allRounds}</th>
              <td class="number" data-together>${sum === null ? t.unknown : f.number(sum)}</td>
              <td colspan="3"></td>
            </tr>
          </tfoot>
        </table>
      </div>
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
