/** The building at this moment, in a few figures. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import type { State } from "../api/messages";
import { now, type Sum } from "../flow/energy";
import { Localised } from "../i18n/language";
import { shared } from "./styles";

class BuildingNow extends LitElement {
  static override readonly properties = {
    state: { attribute: false },
    slotSeconds: { attribute: false },
    serverNow: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      .first {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        align-items: end;
        margin-bottom: 14px;
      }
      .big {
        font-size: 33px;
        font-weight: 640;
        line-height: 1.15;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      .big.take {
        color: var(--take);
      }
      .big.give {
        color: var(--give);
      }
      .second {
        text-align: right;
      }
      .second .figure {
        font-size: 21px;
        font-weight: 620;
        color: var(--give);
        line-height: 1.2;
      }
      @media (max-width: 420px) {
        .big {
          font-size: 29px;
        }
        .second .figure {
          font-size: 18px;
        }
      }
      dl.rest {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 1px;
        background: var(--line);
        border: 1px solid var(--line);
        border-radius: 10px;
        overflow: hidden;
      }
      .rest > div {
        background: var(--card);
        padding: 7px 12px 8px;
      }
      .rest dd {
        font-size: 16px;
        font-weight: 560;
      }
      .rest small {
        font-weight: 400;
        color: var(--quiet);
        font-size: 12px;
      }
      .badge {
        display: block;
        color: var(--warn);
        font-size: 12.5px;
      }
      .slot {
        margin-top: 14px;
      }
      .slot > div {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin-top: 5px;
        appearance: none;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--line);
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
    `,
  ];

  declare state: State | null;
  declare slotSeconds: number | null;
  declare serverNow: number | null;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { t, f } = this.words;
    if (this.state === null) {
      return html`<section>
        <h2>${t.now.heading}</h2>
        <p class="quiet">${t.loading}</p>
      </section>`;
    }
    const value = now(this.state);
    const { latency_ms: latency } = this.state;
    const direction = directionOf(value.bulk);
    const titles = { take: t.now.importing, give: t.now.exporting, none: t.now.balanced, unknown: t.now.bulk };
    const battery = directionOf(value.battery.known);
    const batteryWord = { take: t.now.discharging, give: t.now.charging, none: "", unknown: "" }[battery];
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${t.now.heading}</h2>
      <div class="first">
        <div>
          <p class="quiet">${titles[direction]}</p>
          <p class="big ${direction}" data-value="bulk">${f.power(value.bulk)}</p>
        </div>
        <div class="second" title=${t.now.sharedHelp}>
          <p class="quiet">${t.now.shared}</p>
          <p class="figure" data-value="shared">${this.atLeast(value.shared)}</p>
        </div>
      </div>
      <dl class="rest">
        ${this.sum(t.now.pv, value.pv)} ${this.sum(t.now.battery, value.battery, batteryWord)}
        <div>
          <dt>${t.now.common}</dt>
          <dd>${f.power(value.common)}</dd>
        </div>
        <div>
          <dt>${t.now.frequency}</dt>
          <dd>${f.frequency(value.frequency)}</dd>
        </div>
        <div>
          <dt>${t.now.flats}</dt>
          <dd>
            <small>${t.now.online(value.online, value.flats)}</small>
            ${value.islanded > 0 ? html`<span class="badge">${t.now.islanded(value.islanded)}</span>` : nothing}
          </dd>
        </div>
        <div>
          <dt>${t.now.latency}</dt>
          <dd>
            <small
              >${
                latency === null
                  ? t.unknown
                  : t.now.latencyValues(f.milliseconds(latency.p50), f.milliseconds(latency.p99))
              }</small
            >
          </dd>
        </div>
      </dl>
      ${this.progress()}
    </section>`;
  }

  private atLeast({ known, partial }: Sum): string {
    const { t, f } = this.words;
    return known !== null && partial ? t.now.atLeast(f.power(known)) : f.power(known);
  }

  private sum(name: string, { known, partial }: Sum, word = ""): TemplateResult {
    const { t, f } = this.words;
    const aside = known !== null && partial ? html`<br /><small>${t.now.partial}</small>` : nothing;
    return html`<div>
      <dt>${name}</dt>
      <dd>${f.power(known)} <small>${known === null ? nothing : word}</small>${aside}</dd>
    </div>`;
  }

  private progress(): TemplateResult | typeof nothing {
    const { t, f } = this.words;
    if (this.slotSeconds === null || this.slotSeconds === 0 || this.serverNow === null) return nothing;
    const length = this.slotSeconds * 1000;
    const begin = Math.floor(this.serverNow / length) * length;
    const passed = this.serverNow - begin;
    const left = Math.ceil((length - passed) / 1000);
    const words = t.duration(Math.floor(left / 60), String(left % 60).padStart(2, "0"));
    return html`<div class="slot">
      <div>
        <span>${t.now.slot} ${f.slot(begin / 1000, this.slotSeconds, this.serverNow)}</span>
        <span class="quiet">${t.now.slotEnds(words)}</span>
      </div>
      <progress max="1" .value=${passed / length} aria-label=${t.now.slot}></progress>
    </div>`;
  }
}

/** Of a power whose positive sign is towards the flats. */
function directionOf(watt: number | null): "take" | "give" | "none" | "unknown" {
  if (watt === null) return "unknown";
  return watt > 0 ? "take" : watt < 0 ? "give" : "none";
}

customElements.define("building-now", BuildingNow);
