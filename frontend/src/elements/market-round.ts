/** One round of a slot: curves, check, who agreed, orders, trades, and what was delivered of them. */

import { css, html, nothing, type TemplateResult } from "lit";

import type { LeftOut, Round, RoundOrder, RoundTrade } from "../api/market";
import type { SlotTransfers, Transfer } from "../api/messages";
import type { Sources } from "../market/examine";
import { short } from "./market-check";
import { MarketTables } from "./market-tables";

import "./market-check";
import "./order-chart";

class MarketRound extends MarketTables {
  static override readonly properties = {
    slotBegin: { attribute: false },
    round: { attribute: false },
    own: { attribute: false },
    settled: { attribute: false },
    sources: { attribute: false },
  };

  static override readonly styles = [
    MarketTables.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      h4 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .state {
        font-size: 14.5px;
        font-weight: 600;
      }
      .state.traded {
        color: var(--good);
      }
      .state.sharing_key {
        color: var(--warn);
      }
      .scroll {
        max-height: 300px;
      }
      .by {
        margin-bottom: 4px;
      }
      tr.own td {
        background: var(--give-soft);
      }
      .bid {
        color: var(--take);
      }
      .ask {
        color: var(--give);
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      .none {
        color: var(--warn);
      }
      .dispute {
        background: var(--bad-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin-top: 6px;
        font-size: 13px;
        overflow-wrap: anywhere;
      }
      .dispute ul {
        margin: 2px 0 0;
        padding-left: 18px;
      }
      .records {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 8px;
        margin-top: 8px;
      }
      .lists {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr));
        gap: 16px;
      }
      .lists > div {
        min-width: 0;
      }
    `,
  ];

  declare slotBegin: number;
  declare round: Round;
  /** The reader's own flat; null for the manager. */
  declare own: string | null;
  /** What was delivered, for the manager; null before the slot is settled. */
  declare settled: SlotTransfers | null;
  declare sources: Sources;

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { round } = this;
    return html`
      <p class="state ${round.outcome ?? ""}" data-outcome=${round.outcome ?? round.stage}>${this.state()}</p>
      ${
        // What was traded had orders: they are not there any more.
        round.outcome === "traded" && round.orders.length === 0
          ? html`<p class="quiet forgotten">${t.market.forgotten}</p>`
          : html`<order-chart .round=${round}></order-chart>`
      }
      ${
        round.book === null || round.result === null
          ? nothing
          : html`<market-check .slotBegin=${this.slotBegin} .round=${round} .sources=${this.sources}></market-check>`
      }
      <div class="quorum">
        <h4>${t.market.quorum}</h4>
        <p>${t.market.agreed(f.number(round.agreed), f.number(round.voters), f.number(round.needed))}</p>
        ${round.outcome === "traded" && round.why === "rebuilt" ? html`<p class="quiet came-back">${t.market.cameBack}</p>` : nothing}
        ${(round.not_shown ?? []).length === 0 ? nothing : html`<p class="none">${t.market.notShown((round.not_shown ?? []).join(", "))}</p>`}
        ${round.left_out.map((each) => html`<p class="none left-out" data-why=${each.why ?? ""}>${this.leftOut(each)}</p>`)}
        ${round.disputes.map(
          ({ flat, findings }) =>
            html`<div class="dispute" role="alert">
              ${t.market.disputed(flat === null ? t.market.aFlat : t.picture.flat(flat))}
              <ul>
                ${findings.map((each) => html`<li>${each}</li>`)}
              </ul>
            </div>`,
        )}
        <div class="records">
          ${this.record(round.book_index, t.market.bookRecord)}
          ${this.record(round.cleared_index, t.market.clearedRecord)}
        </div>
      </div>
      <div class="lists">
        <div>
          <h4 id="orders">${t.market.orders}</h4>
          ${this.orders(round.orders)}
        </div>
        <div>
          <h4 id="trades">${t.market.trades}</h4>
          ${round.trades.length === 0 ? html`<p class="quiet">${t.market.noTrades}</p>` : this.trades(round.trades)}
          ${round.trades.length > 0 ? html`<p class="quiet">${t.market.agreedOnly}</p>` : nothing}
        </div>
        ${this.own === null ? this.delivered() : nothing}
      </div>
    `;
  }

  private state(): string {
    const { t, f } = this.words;
    const { outcome, why, stage, energy_wh, clearing_price } = this.round;
    if (outcome === "traded") {
      const price = clearing_price === null ? t.market.severalPrices : f.price(clearing_price);
      return energy_wh === null
        ? (t.market.outcomes["traded"] ?? "")
        : t.market.tradedAt(f.wattHours(energy_wh), price);
    }
    if (outcome === "sharing_key") return `${t.market.outcomes.sharing_key}: ${t.market.whys[why ?? ""] ?? why ?? ""}`;
    return t.market.stages[stage] ?? stage;
  }

  private leftOut({ flat, why }: LeftOut): string {
    const { market, picture } = this.words.t;
    const whose = flat === null ? market.aFlat : picture.flat(flat);
    return market.leftOut(whose, market.leftOutWhys[why ?? ""] ?? market.leftOutUnknown);
  }

  private record(index: number | null, name: string): TemplateResult | typeof nothing {
    if (index === null) return nothing;
    return html`<button
      class="record"
      data-index=${index}
      @click=${() => this.dispatchEvent(new CustomEvent("verify-record", { detail: index, bubbles: true, composed: true }))}
    >
      ${this.words.t.market.verifyRecord(name, String(index))}
    </button>`;
  }

  private party(flat: string | null, order: string): TemplateResult {
    const { t } = this.words;
    if (flat === null) return html`<code>${short(order)}</code>`;
    return html`${t.picture.flat(flat)}${flat === this.own ? ` (${t.market.own})` : ""}`;
  }

  private orders(orders: readonly RoundOrder[]): TemplateResult {
    const { t, f } = this.words;
    if (orders.length === 0) return html`<p class="quiet">${t.market.noOrders}</p>`;
    const out = new Set(this.round.left_out.flatMap((each) => each.orders));
    return this.table(
      { by: "orders" },
      [
        { name: t.market.side },
        { name: this.own === null ? t.market.flat : t.market.flatOrBlind },
        { name: t.market.limit, unit: t.slots.yenPerKwh, number: true },
        { name: t.market.amount, unit: "Wh", number: true },
        { name: t.market.filled, unit: "Wh", number: true },
      ],
      orders.map(
        (order) =>
          html`<tr class=${order.flat !== null && order.flat === this.own ? "own" : ""} data-order=${order.id}>
            <td class=${order.side}>${t.market.sides[order.side] ?? order.side}</td>
            <td class="flat">${this.party(order.flat, order.id)}</td>
            <td class="number limit">${f.barePrice(order.limit)}</td>
            <td class="number wh">${f.number(order.wh)}</td>
            <td class="number filled">
              ${out.has(order.id) ? html`<span class="none">${t.market.notCounted}</span>` : f.number(order.filled_wh)}
            </td>
          </tr>`,
      ),
    );
  }

  private trades(trades: readonly RoundTrade[]): TemplateResult {
    const { t, f } = this.words;
    const owns = ({ seller, buyer }: RoundTrade): boolean =>
      this.own !== null && (seller === this.own || buyer === this.own);
    return this.table(
      { by: "trades" },
      [
        { name: t.market.seller },
        { name: t.market.buyer },
        { name: t.market.tradedEnergy, unit: "Wh", number: true },
        { name: t.market.price, unit: t.slots.yenPerKwh, number: true },
      ],
      trades.map(
        (trade) =>
          html`<tr class=${owns(trade) ? "own" : ""}>
            <td class="seller">${this.party(trade.seller, trade.seller_order)}</td>
            <td class="buyer">${this.party(trade.buyer, trade.buyer_order)}</td>
            <td class="number wh">${f.number(trade.wh)}</td>
            <td class="number price">
              ${f.barePrice(trade.price)}${
                trade.seller_price === trade.price ? "" : ` (${t.market.sellerGets(f.price(trade.seller_price))})`
              }
            </td>
          </tr>`,
      ),
    );
  }

  private delivered(): TemplateResult {
    const { t, f } = this.words;
    const { settled } = this;
    return html`<div>
      <h4 id="delivered">${t.market.delivered}</h4>
      ${
        settled === null
          ? html`<p class="quiet">${t.market.notSettled}</p>`
          : html`<p class="quiet by">
                ${t.slots.settledBy[settled.settled_by ?? "unknown"] ?? settled.settled_by}${
                  settled.rent === null || settled.rent === 0 ? "" : ` · ${t.slots.rent} ${f.exactMoney(settled.rent)}`
                }
              </p>
              ${settled.transfers.length === 0 ? html`<p class="quiet">${t.market.nothingMoved}</p>` : this.transfers(settled.transfers)}`
      }
    </div>`;
  }

  private transfers(transfers: readonly Transfer[]): TemplateResult {
    const { t, f } = this.words;
    const party = (name: string | null): string =>
      name === null ? t.unknown : (t.records.parties[name] ?? t.picture.flat(name));
    return this.table(
      { by: "delivered" },
      [
        { name: t.market.seller },
        { name: t.market.buyer },
        { name: t.market.deliveredEnergy, number: true },
        { name: t.market.money, number: true },
      ],
      transfers.map(
        ({ index, sender, receiver, energy_wh, money }) =>
          html`<tr data-index=${index}>
            <td>${party(sender)}</td>
            <td>${party(receiver)}</td>
            <td class="number wh">
              ${energy_wh === 0 ? html`<span class="none">${t.records.notDelivered}</span>` : f.wattHours(energy_wh)}
            </td>
            <td class="number">${f.exactMoney(money)}</td>
          </tr>`,
      ),
    );
  }
}

customElements.define("market-round", MarketRound);
