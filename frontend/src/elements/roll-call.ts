/** The roll-call of a drill, flat by flat: who was told, who has acknowledged and after how many minutes, and his turn. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import type { Drill, DrillFlat } from "../api/messages";
import { Localised } from "../i18n/language";
import { shared } from "./styles";

/** How long the living room had no voltage, as a flat's blackout logic writes it. */
const GAP = /^≤ ([0-9.]+) s, sampled each ([0-9.]+) s$/;

class RollCall extends LitElement {
  static override readonly properties = {
    drill: { attribute: false },
    now: { attribute: false },
    busy: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 12px;
        padding-top: 4px;
      }
      h3 {
        margin: 10px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 13px;
      }
      th {
        text-align: left;
        font-weight: 400;
        color: var(--quiet);
        white-space: nowrap;
      }
      th,
      td {
        padding: 5px 12px 5px 0;
        border-bottom: 1px solid var(--line);
        vertical-align: top;
      }
      td.flat {
        font-weight: 650;
        white-space: nowrap;
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--bad);
      }
      .words {
        overflow-wrap: anywhere;
      }
      button {
        padding: 1px 9px;
        font-size: 12.5px;
        white-space: nowrap;
      }
      a {
        color: var(--accent);
      }
    `,
  ];

  declare drill: Drill;
  /** By the coordinator's clock where it is known. */
  declare now: number;
  declare busy: boolean;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { rollCall, safe } = t.blackout;
    const all = f.number(this.drill.flats.length);
    return html`<h3 id="roll-call">${rollCall.heading}</h3>
      <p class="quiet counts">
        ${safe(f.number(this.drill.acknowledged), all)}${t.witnesses.comma}${rollCall.inTime(
          f.number(this.drill.acknowledged_in_time),
          all,
        )}
      </p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="roll-call">
        <table>
          <thead>
            <tr>
              <th scope="col">${rollCall.flat}</th>
              <th scope="col">${rollCall.notified}</th>
              <th scope="col">${rollCall.acknowledged}</th>
              <th scope="col">${rollCall.turn}</th>
            </tr>
          </thead>
          <tbody>
            ${this.drill.flats.map((flat) => this.row(flat))}
          </tbody>
        </table>
      </div>`;
  }

  private row(flat: DrillFlat): TemplateResult {
    const { t, f } = this.words;
    return html`<tr data-name=${flat.flat} data-stage=${flat.stage}>
      <td class="flat">${flat.flat}</td>
      <td class="told">${flat.notified_ms === null ? t.unknown : f.moment(flat.notified_ms, this.now)}</td>
      <td class="seen">${this.acknowledged(flat)}</td>
      <td class="turn">${this.turn(flat)}</td>
    </tr>`;
  }

  private acknowledged(flat: DrillFlat): TemplateResult {
    const { t, f } = this.words;
    const { rollCall } = t.blackout;
    if (flat.acknowledged_ms === null) {
      return html`<button
        class="tick"
        ?disabled=${this.busy}
        @click=${() => this.dispatchEvent(new CustomEvent("tick-off", { detail: flat.flat }))}
      >
        ${rollCall.tick}
      </button>`;
    }
    const minutes = f.lasting((flat.acknowledged_after_s ?? 0) * 1000);
    return html`<span class="good">✓</span> ${rollCall.after(minutes, flat.acknowledged_by ?? t.unknown)}`;
  }

  private gap(told: string): string {
    const [, most, step] = GAP.exec(told) ?? [];
    return most === undefined || step === undefined ? told : this.words.t.blackout.rollCall.gap(most, step);
  }

  private turn(flat: DrillFlat): TemplateResult {
    const { t } = this.words;
    const { rollCall, reasons } = t.blackout;
    const named = flat.reasons.map((reason) => reasons[reason] ?? reason).join(t.witnesses.comma);
    const verdict =
      flat.passed === null
        ? nothing
        : html`<span class=${flat.passed ? "good" : "bad"}>${flat.passed ? rollCall.passed : rollCall.failed}</span>`;
    const path = `api/v1/drills/${this.drill.drill}/flats/${encodeURIComponent(flat.flat)}/report`;
    return html`${this.drill.level === "l1" ? t.unknown : rollCall.stages[flat.stage]} ${verdict}
    ${named === "" ? nothing : html`<span class="reasons quiet">${named}</span>`}
    ${flat.words === null ? nothing : html`<span class="words">「${flat.words}」</span>`}
    ${flat.aborted === null ? nothing : html`<span class="bad">${flat.aborted}</span>`}
    ${flat.transfer === null ? nothing : html`<span class="quiet">${this.gap(flat.transfer)}</span>`}
    ${flat.report === null ? nothing : html`<a href=${path} download>${rollCall.report}</a>`}`;
  }
}

customElements.define("roll-call", RollCall);
