/** The newest energy transfer proofs, and whether the log that was verified here has them. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { EnergyRecord } from "../api/messages";
import { Localised } from "../i18n/language";
import type { LogView } from "../log/watch";
import { shared } from "./styles";

class RecordTable extends LitElement {
  static override readonly properties = {
    records: { attribute: false },
    serverNow: { attribute: false },
    log: { attribute: false },
    holds: { attribute: false },
    all: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      .scroll {
        max-height: 520px;
        overflow-y: auto;
        margin: 0 -18px -18px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
        text-align: start;
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        padding: 6px 8px;
        box-shadow: inset 0 -1px 0 var(--line);
        white-space: nowrap;
      }
      td {
        padding: 7px 8px;
        border-top: 1px solid var(--line);
        white-space: nowrap;
      }
      th:first-child,
      td:first-child {
        padding-left: 18px;
      }
      th:last-child,
      td:last-child {
        padding-right: 18px;
      }
      .number {
        text-align: end;
      }
      .index {
        color: var(--quiet);
      }
      .kind {
        display: inline-block;
        min-width: 52px;
        text-align: center;
        padding: 0 8px;
        border-radius: 6px;
        background: var(--sunken);
        border: 1px solid var(--line);
        font-size: 12.5px;
      }
      .kind.transfer {
        background: var(--give-soft);
        border-color: transparent;
      }
      .kind.gap,
      .kind.exception {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .sources {
        display: flex;
        gap: 5px;
        flex-wrap: wrap;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        border-radius: 99px;
        border: 1px solid var(--line);
        padding: 0 9px 0 7px;
        font-size: 12px;
      }
      .chip i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--quiet);
      }
      .chip.solar i {
        background: var(--solar-fill);
      }
      .chip.grid i {
        background: var(--take);
      }
      .chip.battery i,
      .chip.vehicle i {
        background: var(--battery);
      }
      .chip.wind i,
      .chip.fuel_cell i {
        background: var(--give);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 16px;
      }
      .top label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 13px;
        color: var(--quiet);
        cursor: pointer;
      }
      input {
        accent-color: var(--accent);
        margin: 0;
      }
      button.verify {
        padding: 1px 8px;
        font-size: 12px;
      }
      .held {
        color: var(--good);
        font-weight: 700;
      }
      .bad {
        color: var(--bad);
        font-weight: 700;
      }
      .arrow {
        color: var(--quiet);
        padding: 0 4px;
      }
      tr.fresh td {
        animation: fresh 2.5s ease-out;
      }
      @keyframes fresh {
        from {
          background: var(--good-soft);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        tr.fresh td {
          animation: none;
        }
      }
      @media (max-width: 700px) {
        .scroll {
          margin: 0 -12px -14px;
        }
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: auto minmax(0, 1fr) auto;
          gap: 2px 10px;
          padding: 8px 12px;
          border-top: 1px solid var(--line);
          align-items: center;
        }
        td,
        td:first-child,
        td:last-child {
          display: block;
          padding: 0;
          border: 0;
        }
        td.index {
          grid-area: 2 / 1;
          font-size: 12px;
        }
        td.kinds {
          grid-area: 1 / 1;
        }
        td.route {
          grid-area: 1 / 2;
          overflow: hidden;
          text-overflow: ellipsis;
        }
        td.energy {
          grid-area: 1 / 3;
          font-weight: 600;
        }
        td.slot {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
        td.log {
          grid-area: 2 / 3;
          text-align: end;
        }
        td.colours {
          grid-area: 3 / 1 / auto / 3;
        }
        td.check {
          grid-area: 3 / 3;
        }
        td.hz {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
      }
    `,
  ];

  declare records: readonly EnergyRecord[] | null;
  declare serverNow: number | null;
  /** Rows are rendered anew when the log's view changes: their marks may have. */
  declare log: LogView;
  declare holds: (record: EnergyRecord) => boolean | null;

  /** Whether also records that say that nothing moved are shown: each slot of a meter has one for each direction. */
  declare all: boolean;

  private readonly words = new Localised(this);
  /** The newest record that was there before: what came later is marked for a moment. */
  private seen: number | null = null;
  private newest: number | null = null;

  constructor() {
    super();
    this.all = false;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("records") || this.records === null) return;
    this.seen = this.newest ?? this.records[0]?.index ?? -1;
    this.newest = this.records[0]?.index ?? -1;
  }

  override render(): TemplateResult {
    const { t } = this.words;
    const shown = this.records?.filter((record) => this.all || !saysNothing(record)) ?? [];
    return html`<section aria-labelledby="heading">
      <div class="top">
        <h2 id="heading">${t.records.heading}</h2>
        <label title=${t.records.showAllHelp}>
          <input
            type="checkbox"
            class="all"
            .checked=${this.all}
            @change=${(event: Event) => {
              this.all = (event.target as HTMLInputElement).checked;
            }}
          />${t.records.showAll}
        </label>
      </div>
      ${
        this.records === null
          ? html`<p class="quiet">${t.loading}</p>`
          : shown.length === 0
            ? html`<p class="quiet">${this.records.length === 0 ? t.records.none : t.records.onlyEmpty}</p>`
            : this.table(shown)
      }
    </section>`;
  }

  private table(records: readonly EnergyRecord[]): TemplateResult {
    const { t } = this.words;
    return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="number">${t.records.index}</th>
            <th role="columnheader" scope="col">${t.records.kind}</th>
            <th role="columnheader" scope="col">${t.records.slot}</th>
            <th role="columnheader" scope="col">${t.records.route}</th>
            <th role="columnheader" scope="col" class="number">${t.records.energy}</th>
            <th role="columnheader" scope="col">${t.records.sources}</th>
            <th role="columnheader" scope="col" class="number">${t.records.frequency}</th>
            <th role="columnheader" scope="col" class="number">${t.records.inLog}</th>
            <th role="columnheader" scope="col"><span class="unseen">${t.records.verify}</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(
            records,
            ({ index }) => index,
            (record) => this.row(record),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private row(record: EnergyRecord): TemplateResult {
    const { t, f } = this.words;
    const fresh = this.seen !== null && record.index > this.seen;
    const kind = t.records.kinds[record.kind] ?? record.kind;
    const today = this.serverNow ?? record.time_ms;
    return html`<tr role="row" class=${fresh ? "fresh" : ""} data-index=${record.index}>
      <td role="cell" class="number index">${record.index}</td>
      <td role="cell" class="kinds"><span class="kind ${record.kind}">${kind}</span></td>
      <td role="cell" class="slot">${f.moment(record.slot * 1000, today)}</td>
      <td role="cell" class="route">
        ${this.party(record.sender)}<span class="arrow" aria-label=${t.records.to}>→</span
        >${this.party(record.receiver)}
      </td>
      <td role="cell" class="number energy">
        ${wasNotDelivered(record) ? t.records.notDelivered : f.energy(record.energy_wh)}
      </td>
      <td role="cell" class="colours">${this.sources(record)}</td>
      <td role="cell" class="number hz">${f.frequency(record.frequency_hz)}</td>
      <td role="cell" class="number log">${this.mark(record)}</td>
      <td role="cell" class="number check">
        <button
          class="verify"
          aria-label=${t.records.verifyHelp(record.index)}
          @click=${() => this.verify(record.index)}
        >
          ${t.records.verify}
        </button>
      </td>
    </tr>`;
  }

  private verify(index: number): void {
    this.dispatchEvent(new CustomEvent("verify-record", { detail: index }));
  }

  private party(name: string | null): string {
    const { t } = this.words;
    return name === null ? t.unknown : (t.records.parties[name] ?? name);
  }

  private sources({ sources }: EnergyRecord): TemplateResult | string {
    const { t, f } = this.words;
    const parts = Object.entries(sources ?? {});
    if (parts.length === 0) return t.unknown;
    return html`<span class="sources"
      >${parts.map(
        ([name, wattHours]) =>
          html`<span class="chip ${name}"
            ><i></i
            >${t.records.sourceNames[name] ?? name}${parts.length > 1 ? html` ${f.energy(wattHours)}` : nothing}</span
          >`,
      )}</span
    >`;
  }

  private mark(record: EnergyRecord): TemplateResult {
    const { t } = this.words;
    switch (this.holds(record)) {
      case true:
        return html`<span class="held" role="img" aria-label=${t.records.held} title=${t.records.held}>✓</span>`;
      case false:
        return html`<span class="bad" role="img" aria-label=${t.records.notHeld} title=${t.records.notHeld}>✗</span>`;
      case null:
        return html`<span role="img" aria-label=${t.records.notChecked} title=${t.records.notChecked}
          >${t.unknown}</span
        >`;
    }
  }
}

/** Whether nothing moved: in one direction of a meter, or where a record stands in for a transfer that there was not. */
function saysNothing(record: EnergyRecord): boolean {
  const { kind, energy_wh, sender, receiver } = record;
  // The building's transfers to itself hide how many trades a slot had.
  const filler = kind === "transfer" && sender !== null && sender === receiver;
  return (kind === "interval" || filler) && energy_wh === 0;
}

/** Whether it is the transfer of a trade of which nothing came. */
function wasNotDelivered(record: EnergyRecord): boolean {
  return record.kind === "transfer" && record.energy_wh === 0 && !saysNothing(record);
}

customElements.define("record-table", RecordTable);
