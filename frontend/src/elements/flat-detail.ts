/** All that is known of one flat. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import type { Flat, Slot } from "../api/messages";
import { loadOf } from "../flow/energy";
import { Localised } from "../i18n/language";
import { batteryWord, directionWord } from "./flat-tile";
import type { WalletSource } from "../market/sources";
import { shared } from "./styles";

import "./wallet-view";

class FlatDetail extends LitElement {
  static override readonly properties = {
    flat: { attribute: false },
    lastSlot: { attribute: false },
    silentMs: { attribute: false },
    serverNow: { attribute: false },
    wallet: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      :host {
        background: var(--sunken);
        border: 1px solid var(--line);
        border-radius: 10px;
        padding: 12px 14px;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      h3,
      h4 {
        margin: 0;
        font-size: 15px;
      }
      h4 {
        margin: 12px 0 6px;
        font-size: 13px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(172px, 1fr));
        gap: 8px 16px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      .wide {
        grid-column: 1 / -1;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
    `,
  ];

  declare flat: Flat;
  declare lastSlot: Slot | null;
  declare silentMs: number;
  declare serverNow: number;
  declare wallet: WalletSource;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { flat } = this;
    const grid = flat.grid_w === null ? "" : directionWord(flat.grid_w, t);
    const battery = flat.battery_w === null ? "" : batteryWord(flat.battery_w, t);
    const age = flat.age_ms === null ? null : flat.age_ms + this.silentMs;
    return html`
      <header>
        <h3>${t.picture.flat(flat.flat)}</h3>
        <button @click=${() => this.dispatchEvent(new Event("close"))}>${t.flat.close}</button>
      </header>
      <dl>
        ${this.pair(t.flat.state, flat.islanded === true ? t.flat.islanded : flat.online ? t.flat.online : t.flat.offline)}
        ${this.pair(t.flat.age, f.age(age))} ${this.pair(t.flat.grid, `${f.power(flat.grid_w)} ${grid}`)}
        ${this.pair(t.flat.load, f.power(loadOf(flat)))} ${this.pair(t.flat.pv, f.power(flat.pv_w))}
        ${this.pair(t.flat.battery, `${f.power(flat.battery_w)} ${battery}`)}
        ${this.pair(t.flat.soc, f.percent(flat.soc))} ${this.pair(t.flat.frequency, f.frequency(flat.frequency_hz))}
        ${this.pair(t.flat.registers, `${this.register(flat.import_wh)} / ${this.register(flat.export_wh)}`)}
        <div class="wide">
          <dt>${t.flat.fingerprint}</dt>
          <dd><code>${flat.fingerprint ?? t.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
      ${flat.device === null ? nothing : html`<wallet-view .flat=${flat.flat} .source=${this.wallet} .level=${"inside"}></wallet-view>`}
    `;
  }

  private settled(): TemplateResult | typeof nothing {
    const { t, f } = this.words;
    const slot = this.lastSlot;
    if (slot === null) return nothing;
    const share = slot.flats.find(({ flat }) => flat === this.flat.flat);
    return html`
      <h4>${t.flat.lastSlot(f.slot(slot.slot, slot.seconds, this.serverNow))}</h4>
      ${
        share === undefined
          ? html`<p class="quiet">${t.flat.notInSlot}</p>`
          : html`<dl>
              ${this.pair(t.flat.imported, f.energy(share.import_wh))}
              ${this.pair(t.flat.exported, f.energy(share.export_wh))}
              ${this.pair(t.flat.sharedIn, f.energy(share.shared_in_wh))}
              ${this.pair(t.flat.sharedOut, f.energy(share.shared_out_wh))}
              ${this.pair(t.flat.insideMoney, f.money(share.inside_money))}
              ${this.pair(t.flat.gridMoney, f.money(share.grid_money))}
            </dl>`
      }
    `;
  }

  private register(wattHours: number | null): string {
    const { t, f } = this.words;
    return wattHours === null ? t.unknown : `${f.number(wattHours / 1000, 3)} kWh`;
  }

  private pair(name: string, value: string): TemplateResult {
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  }
}

customElements.define("flat-detail", FlatDetail);
