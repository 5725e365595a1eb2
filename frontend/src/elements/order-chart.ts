/** Demand and supply of a round as two staircases, with the price at which they met and what was traded. */

import { css, html, LitElement, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";

import type { Round, Step } from "../api/market";
import { Localised } from "../i18n/language";
import { rangeOf, scaleOf, staircase, ticks, type Frame } from "../market/curves";
import { shared } from "./styles";

const WIDTH = 420;
const HEIGHT = 236;
const FRAME: Frame = { left: 46, right: WIDTH - 10, top: 22, bottom: HEIGHT - 34 };

class OrderChart extends LitElement {
  static override readonly properties = { round: { attribute: false } };

  static override readonly styles = [
    shared,
    css`
      svg {
        display: block;
        width: 100%;
        max-width: 640px;
        height: auto;
      }
      path {
        fill: none;
      }
      .grid {
        stroke: var(--line);
        stroke-width: 1;
      }
      .asks {
        stroke: var(--give);
        stroke-width: 2.4;
      }
      .bids {
        stroke: var(--take);
        stroke-width: 2.4;
        stroke-dasharray: 7 3;
      }
      .price {
        stroke: var(--battery);
        stroke-width: 1.6;
        stroke-dasharray: 2 3;
      }
      .traded {
        fill: var(--give-soft);
        opacity: 0.55;
      }
      text {
        fill: var(--quiet);
        font-size: 11.5px;
      }
      @media (max-width: 520px) {
        text {
          font-size: 15px;
        }
      }
      text.told {
        fill: var(--battery);
        font-weight: 650;
        paint-order: stroke;
        stroke: var(--card);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 6px 0 0;
        padding: 0;
        font-size: 13px;
      }
      li svg {
        display: inline-block;
        width: 26px;
        height: 10px;
        margin-right: 6px;
        vertical-align: middle;
      }
      table {
        border-collapse: collapse;
      }
    `,
  ];

  declare round: Round;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { curves, clearing_price: price, energy_wh: traded } = this.round;
    if (curves.asks.length + curves.bids.length === 0) return html`<p class="quiet">${t.market.noOrders}</p>`;
    return html`${this.picture()}
      <ul>
        <li>${key("asks")}${t.market.supply}</li>
        <li>${key("bids")}${t.market.demand}</li>
        ${price === null ? nothing : html`<li>${key("price")}${t.market.clearingPrice} ${f.price(price)}</li>`}
        ${traded === null || traded === 0 ? nothing : html`<li>${key("traded")}${t.market.tradedEnergy} ${f.wattHours(traded)}</li>`}
      </ul>
      ${this.table()}`;
  }

  private picture(): TemplateResult {
    const { t, f } = this.words;
    const { curves, clearing_price: price, energy_wh: traded } = this.round;
    const range = rangeOf([curves.asks, curves.bids], price);
    const scale = scaleOf(FRAME, range);
    const { left, right, top, bottom } = FRAME;
    const told = price === null ? "–" : f.price(price);
    return html`<svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label=${t.market.chartLabel(told, f.wattHours(traded ?? 0))}
    >
      ${
        traded === null || traded === 0
          ? nothing
          : svg`<rect class="traded" data-wh=${traded} x=${left} y=${top} width=${(scale.x(traded) - left).toFixed(1)} height=${bottom - top} />`
      }
      ${ticks(range.low, range.high, 5).map(
        (limit) => svg`<path class="grid" d="M${left} ${scale.y(limit).toFixed(1)}H${right}" />
          <text x=${left - 6} y=${(scale.y(limit) + 4).toFixed(1)} text-anchor="end">${f.number(limit / 100, Number.isInteger(limit / 100) ? 0 : 1)}</text>`,
      )}
      ${ticks(0, range.wh, 5).map((wh) => this.mark(wh, scale.x(wh)))}
      <path class="grid" d="M${left} ${top}V${bottom}H${right}" />
      ${curve("asks", curves.asks, staircase(curves.asks, scale))}
      ${curve("bids", curves.bids, staircase(curves.bids, scale))}
      ${
        price === null
          ? nothing
          : svg`<path class="price" data-price=${price} d="M${left} ${scale.y(price).toFixed(1)}H${right}" />
              <text class="told" x=${right} y=${(scale.y(price) - 5).toFixed(1)} text-anchor="end">${f.price(price)}</text>`
      }
      <text x="2" y="13">${t.slots.yenPerKwh}</text>
      <text x=${right} y=${HEIGHT - 3} text-anchor="end">Wh</text>
    </svg>`;
  }

  private mark(wh: number, x: number): SVGTemplateResult {
    return svg`<path class="grid" d="M${x.toFixed(1)} ${FRAME.bottom}v4" />
      <text x=${x.toFixed(1)} y=${FRAME.bottom + 16} text-anchor="middle">${this.words.f.number(wh)}</text>`;
  }

  /** The same for those who do not see the lines. */
  private table(): TemplateResult {
    const { t, f } = this.words;
    const rows = (steps: readonly Step[], name: string): readonly TemplateResult[] =>
      steps.map(
        ([limit, wh]) =>
          html`<tr data-curve=${name}>
            <th scope="row">${name}</th>
            <td>${f.price(limit)}</td>
            <td>${f.wattHours(wh)}</td>
          </tr>`,
      );
    return html`<div class="unseen">
      <table>
        <caption>
          ${t.market.curvesTable}
        </caption>
        <tr>
          <th scope="col">${t.market.side}</th>
          <th scope="col">${t.market.limit}</th>
          <th scope="col">${t.market.upToThere}</th>
        </tr>
        ${rows(this.round.curves.asks, t.market.supply)} ${rows(this.round.curves.bids, t.market.demand)}
      </table>
    </div>`;
  }
}

function curve(name: string, steps: readonly Step[], path: string): SVGTemplateResult | typeof nothing {
  if (steps.length === 0) return nothing;
  const told = steps.map(([limit, wh]) => `${limit}:${wh}`).join(" ");
  return svg`<path class=${name} data-steps=${told} d=${path} />`;
}

function key(name: string): TemplateResult {
  return html`<svg viewBox="0 0 26 10" aria-hidden="true">
    ${name === "traded" ? svg`<rect class="traded" width="26" height="10" rx="2" />` : svg`<path class=${name} d="M0 5H26" />`}
  </svg>`;
}

customElements.define("order-chart", OrderChart);
