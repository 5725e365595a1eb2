/** The settled slots as bars: what was shared and what came from the grid above the line, what was left over below it. */

import { css, html, LitElement, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";

import type { Slot } from "../api/messages";
import { insidePrice, slotEnergy, type SlotEnergy } from "../flow/energy";
import { Localised } from "../i18n/language";
import { shared } from "./styles";

const BARS = 48;
const WIDTH = 352;
const HEIGHT = 132;
const AXIS = 16;
/** Width of a written time, and some air. */
const LABEL = 48;
const STEP = WIDTH / BARS;

interface Bar {
  readonly slot: Slot;
  readonly energy: SlotEnergy;
  readonly x: number;
}

class SlotChart extends LitElement {
  static override readonly properties = {
    slots: { attribute: false },
    serverNow: { attribute: false },
    chosen: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      svg {
        display: block;
        width: 100%;
        height: auto;
        touch-action: pan-y;
      }
      .shared {
        fill: var(--give);
        background: var(--give);
      }
      .grid {
        fill: var(--take-soft);
        background: var(--take-soft);
      }
      .surplus {
        fill: var(--solar-fill);
        background: var(--solar-fill);
      }
      .zero {
        stroke: var(--quiet);
        stroke-width: 1;
      }
      .guide {
        stroke: var(--line);
        stroke-width: 1;
      }
      text {
        fill: var(--quiet);
        font-size: 10.5px;
      }
      .hit {
        fill: transparent;
      }
      .hit.chosen {
        fill: var(--quiet);
        opacity: 0.14;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 8px 0 0;
        padding: 0;
        font-size: 13px;
      }
      ul i {
        display: inline-block;
        width: 10px;
        height: 10px;
        border-radius: 3px;
        margin-right: 6px;
      }
      .one {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 4px 16px;
        margin-top: 10px;
        padding-top: 10px;
        border-top: 1px solid var(--line);
      }
      .one > div {
        display: flex;
        justify-content: space-between;
        gap: 8px;
      }
      .one dd {
        white-space: nowrap;
      }
      @media (max-width: 420px) {
        .one {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .one .whole {
        grid-column: 1 / -1;
      }
      .missing {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
      }
    `,
  ];

  declare slots: readonly Slot[] | null;
  declare serverNow: number | null;
  /** The slot whose figures are shown; null for the newest. */
  declare chosen: number | null;

  private readonly words = new Localised(this);

  constructor() {
    super();
    this.chosen = null;
  }

  override render(): TemplateResult {
    const { t } = this.words;
    const newest = this.slots?.[0];
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${t.slots.heading}</h2>
      ${
        this.slots === null
          ? html`<p class="quiet">${t.loading}</p>`
          : newest === undefined
            ? html`<p class="quiet">${t.slots.none}</p>`
            : this.filled(this.slots, newest)
      }
    </section>`;
  }

  private filled(slots: readonly Slot[], newest: Slot): TemplateResult {
    const { t } = this.words;
    const bars = barsOf(slots, newest);
    const shown = bars.find(({ slot }) => slot.slot === this.chosen) ?? bars[0];
    return html`
      ${this.chart(bars, shown)}
      <ul>
        <li><i class="shared"></i>${t.slots.shared}</li>
        <li><i class="grid"></i>${t.slots.fromGrid}</li>
        <li><i class="surplus"></i>${t.slots.surplus}</li>
      </ul>
      ${shown === undefined ? nothing : this.figures(shown)} ${this.table(bars)}
    `;
  }

  private chart(bars: readonly Bar[], shown: Bar | undefined): TemplateResult {
    const { t, f } = this.words;
    const up = Math.max(1, ...bars.map(({ energy }) => energy.shared + energy.fromGrid));
    const down = Math.max(0, ...bars.map(({ energy }) => energy.surplus));
    const scale = (HEIGHT - AXIS - 14) / (up + down);
    const zero = 14 + up * scale;
    const times = apart([bars[0], bars.at(-1), bars[Math.floor(bars.length / 2)]]);
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t.slots.label(bars.length)}>
      <path class="guide" d="M0 ${(14).toFixed(1)}H${WIDTH}" />
      <text x="0" y="10">${f.energy(up)}</text>
      ${bars.map((bar) => this.bar(bar, zero, scale, bar === shown))}
      <path class="zero" d="M0 ${zero.toFixed(1)}H${WIDTH}" />
      ${times.map(({ x, slot }) => {
        const anchor = x < 30 ? "start" : x > WIDTH - 30 ? "end" : "middle";
        const at = anchor === "start" ? x : anchor === "end" ? x + STEP : x + STEP / 2;
        return svg`<text x=${at.toFixed(1)} y=${HEIGHT - 3} text-anchor=${anchor}>${f.time(slot.slot * 1000)}</text>`;
      })}
    </svg>`;
  }

  private bar({ slot, energy, x }: Bar, zero: number, scale: number, chosen: boolean): SVGTemplateResult {
    const width = (STEP - 1.4).toFixed(2);
    const [sharedHeight, gridHeight, surplusHeight] = [energy.shared, energy.fromGrid, energy.surplus].map(
      (wattHours) => wattHours * scale,
    ) as [number, number, number];
    return svg`<g data-slot=${slot.slot}>
      <rect class="grid" x=${x.toFixed(2)} y=${(zero - sharedHeight - gridHeight).toFixed(2)} width=${width} height=${gridHeight.toFixed(2)} />
      <rect class="shared" x=${x.toFixed(2)} y=${(zero - sharedHeight).toFixed(2)} width=${width} height=${sharedHeight.toFixed(2)} />
      <rect class="surplus" x=${x.toFixed(2)} y=${zero.toFixed(2)} width=${width} height=${surplusHeight.toFixed(2)} />
      <rect class="hit ${chosen ? "chosen" : ""}" x=${(x - 0.7).toFixed(2)} y="0" width=${STEP.toFixed(2)} height=${HEIGHT - AXIS}
        @pointerenter=${() => this.choose(slot)} @click=${() => this.choose(slot)} />
    </g>`;
  }

  private choose(slot: Slot): void {
    this.chosen = slot === this.slots?.[0] ? null : slot.slot;
  }

  private figures({ slot, energy }: Bar): TemplateResult {
    const { t, f } = this.words;
    const used = energy.shared + energy.fromGrid;
    const ratio = used === 0 ? null : (energy.shared / used) * 100;
    const pair = (name: string, value: string): TemplateResult =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
    return html`
      <dl class="one">
        <div class="whole">
          <dt>${t.slots.time}</dt>
          <dd>${f.slot(slot.slot, slot.seconds, this.serverNow ?? slot.settled_ms)}</dd>
        </div>
        ${pair(t.slots.shared, f.energy(energy.shared))} ${pair(t.slots.price, f.price(insidePrice(slot)))}
        ${pair(t.slots.fromGrid, f.energy(energy.fromGrid))} ${pair(t.slots.surplus, f.energy(energy.surplus))}
        ${pair(t.slots.common, f.energy(slot.common_wh))} ${pair(t.slots.loss, f.energy(slot.loss_wh))}
        ${
          slot.settled_by === null
            ? nothing
            : html`<div class="whole">
                <dt>${t.slots.settlement}</dt>
                <dd class="settled-by">${t.slots.settledBy[slot.settled_by] ?? slot.settled_by}</dd>
              </div>`
        }
        ${
          slot.rent === null || slot.rent === 0
            ? nothing
            : html`<div class="whole rent" title=${t.slots.rentHelp}>
                <dt>${t.slots.rent}</dt>
                <dd>${f.exactMoney(slot.rent)}</dd>
              </div>`
        }
        <div class="whole">
          <dt>${t.slots.ratio}</dt>
          <dd>${f.percent(ratio)}</dd>
        </div>
      </dl>
      ${slot.missing.length === 0 ? nothing : html`<p class="missing">${t.slots.missing(slot.missing.join(", "))}</p>`}
    `;
  }

  /** The same for those who do not see the bars. */
  private table(bars: readonly Bar[]): TemplateResult {
    const { t, f } = this.words;
    return html`<div class="unseen">
      <table>
        <caption>
          ${t.slots.label(bars.length)}
        </caption>
        <tr>
          <th scope="col">${t.slots.time}</th>
          <th scope="col">${t.slots.shared}</th>
          <th scope="col">${t.slots.fromGrid}</th>
          <th scope="col">${t.slots.surplus}</th>
        </tr>
        ${bars.map(
          ({ slot, energy }) =>
            html`<tr>
              <th scope="row">${f.slot(slot.slot, slot.seconds, this.serverNow ?? slot.settled_ms)}</th>
              <td>${f.energy(energy.shared)}</td>
              <td>${f.energy(energy.fromGrid)}</td>
              <td>${f.energy(energy.surplus)}</td>
            </tr>`,
        )}
      </table>
    </div>`;
  }
}

/** The bars whose times can be written without touching; of two that are too near, the first one given. */
function apart(bars: readonly (Bar | undefined)[]): Bar[] {
  const kept: Bar[] = [];
  for (const bar of bars) {
    if (bar !== undefined && kept.every(({ x }) => Math.abs(x - bar.x) >= LABEL)) kept.push(bar);
  }
  return kept;
}

/** By time, not by order: a slot that is not settled leaves a gap. */
function barsOf(slots: readonly Slot[], newest: Slot): Bar[] {
  return slots
    .map((slot) => ({ slot, energy: slotEnergy(slot), behind: Math.round((newest.slot - slot.slot) / newest.seconds) }))
    .filter(({ behind }) => behind < BARS)
    .map(({ slot, energy, behind }) => ({ slot, energy, x: (BARS - 1 - behind) * STEP + 0.7 }));
}

customElements.define("slot-chart", SlotChart);
